import { ChainlightError } from '../../../schemas/errors.ts';

/** A column of texts: `values[codes[row]]`. */
export interface TextColumn {
  readonly name: string;
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** A column of numbers; an empty cell is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** A panel as it is handed in: one row per unit and period, in any order. */
export interface LongPanel {
  readonly rows: number;
  readonly unit: TextColumn;
  readonly time: NumberColumn;
  readonly outcome: NumberColumn;
  /** First treated period; 0 or empty = never treated. */
  readonly cohort: NumberColumn;
  readonly covariates: readonly NumberColumn[];
  readonly cluster: TextColumn | null;
  /** How far up the chain a unit supplies; only to break results down. */
  readonly tier: TextColumn | null;
  /** Definition of the outcome, and source class or evidence grade, of each row: for the refusal rules. */
  readonly definition: TextColumn | null;
  readonly measurement: TextColumn | null;
}

/** What every row of a unit must agree on. */
export interface UnitTraits {
  /** First treated period of each unit, Infinity for never. */
  readonly cohort: Float64Array;
  readonly cluster: Int32Array | null;
}

/** As a spreadsheet counts rows: the header is row 1. */
export const FIRST_DATA_ROW = 2;

/** The row as a spreadsheet counts it: the header is row 1. */
const rowName = (row: number) => `row ${row + FIRST_DATA_ROW}`;

function bad(message: string, details: Record<string, unknown>): ChainlightError {
  return new ChainlightError('BAD_INPUT', message, details);
}

/** First and last period. Throws BAD_INPUT unless times are integers without a gap. */
export function periodSpan(long: LongPanel): { first: number; last: number } {
  const { name, values } = long.time;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < long.rows; row++) {
    const time = values[row]!;
    if (!Number.isSafeInteger(time)) {
      const found = Number.isNaN(time) ? 'empty' : String(time);
      throw bad(`Column "${name}", ${rowName(row)}: the time is ${found}; times must be whole numbers.`, {
        column: name,
        row: row + FIRST_DATA_ROW,
      });
    }
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const missing = long.rows === 0 ? null : firstMissing(values, first, last);
  if (missing !== null) {
    throw bad(
      `Column "${name}": no row has time ${missing}, yet times run from ${first} to ${last}. Number the periods one by one (202312 and 202401 are not neighbours).`,
      { column: name, missing },
    );
  }
  return { first, last };
}

/** The first period that no row has, or null. Without a gap there are at most as many periods as rows. */
function firstMissing(times: Float64Array, first: number, last: number): number | null {
  const seen = new Uint8Array(Math.min(last - first + 1, times.length + 1));
  for (let row = 0; row < times.length; row++) {
    const slot = times[row]! - first;
    if (slot < seen.length) seen[slot] = 1;
  }
  const gap = seen.indexOf(0);
  return gap === -1 ? null : first + gap;
}

/** Cohort and cluster of each unit. Throws BAD_INPUT where they change within a unit or a cohort is not an integer. */
export function unitTraits(long: LongPanel): UnitTraits {
  const units = long.unit.values.length;
  const cohort = new Float64Array(units).fill(Number.NaN);
  const cluster = long.cluster === null ? null : new Int32Array(units).fill(-1);
  for (let row = 0; row < long.rows; row++) {
    const unit = long.unit.codes[row]!;
    const stated = long.cohort.values[row]!;
    if (!Number.isNaN(stated) && !Number.isSafeInteger(stated)) {
      throw bad(
        `Column "${long.cohort.name}", ${rowName(row)}: the first treated period is ${stated}; it must be a whole number, 0 or empty.`,
        {
          column: long.cohort.name,
          row: row + FIRST_DATA_ROW,
        },
      );
    }
    const own = Number.isNaN(stated) || stated === 0 ? Number.POSITIVE_INFINITY : stated;
    const known = cohort[unit]!;
    if (Number.isNaN(known)) cohort[unit] = own;
    else if (known !== own) throw changing(long, long.cohort.name, row);
    if (long.cluster !== null && cluster !== null) {
      const code = long.cluster.codes[row]!;
      if (cluster[unit] === -1) cluster[unit] = code;
      else if (cluster[unit] !== code) throw changing(long, long.cluster.name, row);
    }
  }
  return { cohort, cluster };
}

function changing(long: LongPanel, column: string, row: number): ChainlightError {
  const unit = long.unit.values[long.unit.codes[row]!];
  return bad(
    `Column "${column}", ${rowName(row)}: the value changes within unit "${unit}"; it must be the same in all its rows.`,
    {
      column,
      row: row + FIRST_DATA_ROW,
      unit,
    },
  );
}

/** Throws BAD_INPUT where a unit has two rows for one period. */
export function requireDistinct(long: LongPanel, first: number, last: number): void {
  const units = long.unit.values.length;
  const seen = new Uint8Array(units * (last - first + 1));
  for (let row = 0; row < long.rows; row++) {
    const unit = long.unit.codes[row]!;
    const time = long.time.values[row]!;
    const slot = (time - first) * units + unit;
    if (seen[slot] === 1) {
      const earlier = long.time.values.findIndex(
        (other, at) => other === time && long.unit.codes[at] === unit,
      );
      throw bad(
        `Unit "${long.unit.values[unit]}" has two rows for time ${time}: ${rowName(earlier)} and ${rowName(row)}.`,
        {
          unit: long.unit.values[unit],
          time,
          rows: [earlier + FIRST_DATA_ROW, row + FIRST_DATA_ROW],
        },
      );
    }
    seen[slot] = 1;
  }
}

/** The rows of some units, each with the first treated period given for it (Infinity for never). */
export function withCohorts(
  long: LongPanel,
  cohortOfUnit: Float64Array,
  keepsUnit: (unit: number) => boolean,
): LongPanel {
  const rows: number[] = [];
  for (let row = 0; row < long.rows; row++) if (keepsUnit(long.unit.codes[row]!)) rows.push(row);
  const numbers = (column: NumberColumn): NumberColumn => ({
    name: column.name,
    values: Float64Array.from(rows, (row) => column.values[row]!),
  });
  const texts = (column: TextColumn): TextColumn => ({
    ...column,
    codes: Int32Array.from(rows, (row) => column.codes[row]!),
  });
  return {
    rows: rows.length,
    unit: texts(long.unit),
    time: numbers(long.time),
    outcome: numbers(long.outcome),
    cohort: {
      name: long.cohort.name,
      values: Float64Array.from(rows, (row) => {
        const cohort = cohortOfUnit[long.unit.codes[row]!]!;
        return Number.isFinite(cohort) ? cohort : Number.NaN;
      }),
    },
    covariates: long.covariates.map(numbers),
    cluster: long.cluster === null ? null : texts(long.cluster),
    tier: long.tier === null ? null : texts(long.tier),
    definition: long.definition === null ? null : texts(long.definition),
    measurement: long.measurement === null ? null : texts(long.measurement),
  };
}
