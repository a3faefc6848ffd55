import { ChainlightError } from '../../../schemas/errors.ts';
import { FIRST_DATA_ROW, type LongPanel, periodSpan, requireDistinct, unitTraits } from './longPanel.ts';
import { type MeasurementFacts, measurementFacts } from './measurement.ts';
import type { CohortRange, Panel } from './panel.ts';

export type UnbalancedPolicy = 'pairwise' | 'balanced';

export interface PanelOptions {
  /** Periods before treatment in which an effect may already show. */
  readonly anticipation: number;
  readonly unbalanced: UnbalancedPolicy;
}

export interface BuiltPanel {
  readonly panel: Panel;
  readonly dropped: {
    /** Units without an untreated period before their first treated one (less the anticipation). */
    readonly alwaysTreated: number;
    /** Rows without an outcome. */
    readonly emptyOutcome: number;
    /** Rows with an outcome but without some covariate. */
    readonly emptyCovariate: number;
  };
  readonly unbalanced: {
    readonly policy: UnbalancedPolicy;
    readonly droppedUnits: number;
    readonly droppedRows: number;
  };
  /** Units kept that are not observed in every period. */
  readonly incompleteUnits: number;
  /** Units whose first treated period lies after the panel: they serve as never treated. */
  readonly treatedAfterPanel: number;
  readonly measurement: MeasurementFacts;
}

/**
 * Validates a long panel and lays it out by cohort. Order of rows does not matter: units are sorted by cohort, then by id.
 * `span` is given where the rows are part of a larger panel. Throws BAD_INPUT on times that are not whole or have gaps, duplicates, and traits that change within a unit.
 */
export function buildPanel(long: LongPanel, options: PanelOptions, span = periodSpan(long)): BuiltPanel {
  const { first, last } = span;
  const periods = long.rows === 0 ? 0 : last - first + 1;
  const traits = unitTraits(long);
  requireDistinct(long, first, last);
  const allUnits = long.unit.values.length;
  requireScale(long);
  const { usable, magnitude, emptyOutcome, emptyCovariate } = usableRows(long);
  const seen = new Int32Array(allUnits);
  for (let row = 0; row < long.rows; row++) if (usable[row] === 1) seen[long.unit.codes[row]!]!++;

  let alwaysTreated = 0;
  let treatedAfterPanel = 0;
  let droppedUnits = 0;
  let droppedRows = 0;
  let incompleteUnits = 0;
  const cohortOf = traits.cohort;
  const kept: number[] = [];
  for (let unit = 0; unit < allUnits; unit++) {
    const cohort = cohortOf[unit]!;
    if (cohort - options.anticipation <= first) {
      alwaysTreated++;
      continue;
    }
    if (seen[unit] === 0) continue;
    if (seen[unit]! < periods) {
      if (options.unbalanced === 'balanced') {
        droppedUnits++;
        droppedRows += seen[unit]!;
        continue;
      }
      incompleteUnits++;
    }
    if (cohort > last + options.anticipation && Number.isFinite(cohort)) {
      treatedAfterPanel++;
      cohortOf[unit] = Number.POSITIVE_INFINITY;
    }
    kept.push(unit);
  }
  const ids = long.unit.values;
  kept.sort((a, b) => compare(cohortOf[a]!, cohortOf[b]!) || compare(ids[a]!, ids[b]!));

  const position = new Int32Array(allUnits).fill(-1);
  kept.forEach((unit, index) => {
    position[unit] = index;
  });
  const spread = (values: Float64Array) => {
    const wide = new Float64Array(kept.length * periods).fill(Number.NaN);
    for (let row = 0; row < long.rows; row++) {
      const index = position[long.unit.codes[row]!]!;
      if (index !== -1 && usable[row] === 1)
        wide[(long.time.values[row]! - first) * kept.length + index] = values[row]!;
    }
    return wide;
  };
  const keptCohorts = Float64Array.from(kept, (unit) => cohortOf[unit]!);
  const clusters = renumber(kept, traits.cluster, long.cluster?.values ?? []);
  const panel: Panel = {
    units: kept.length,
    periods,
    firstPeriod: periods === 0 ? 0 : first,
    unitIds: kept.map((unit) => ids[unit]!),
    outcome: spread(long.outcome.values),
    magnitude,
    covariates: long.covariates.map((column) => spread(column.values)),
    ...cohortRanges(keptCohorts),
    cluster: clusters.cluster,
    clusterNames: clusters.names,
    clusters: clusters.cluster === null ? kept.length : clusters.names.length,
  };
  return {
    panel,
    dropped: { alwaysTreated, emptyOutcome, emptyCovariate },
    unbalanced: { policy: options.unbalanced, droppedUnits, droppedRows },
    incompleteUnits,
    treatedAfterPanel,
    measurement: measurementFacts(
      long,
      cohortOf,
      options.anticipation,
      (row) => usable[row] === 1 && position[long.unit.codes[row]!] !== -1,
    ),
  };
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Squares of numbers outside this range overflow or vanish, and errors with them. */
const LARGEST = 1e100;

/** Throws BAD_INPUT, naming row and column, where outcome or covariates are on no scale that can be computed with. */
function requireScale(long: LongPanel): void {
  for (const { name, values } of [long.outcome, ...long.covariates]) {
    let largest = 0;
    for (let row = 0; row < long.rows; row++) {
      const size = Math.abs(values[row]!);
      if (size > LARGEST) throw offScale(name, row, values[row]!);
      if (size > largest) largest = size;
    }
    if (largest > 0 && largest < 1 / LARGEST)
      throw offScale(
        name,
        values.findIndex((value) => Math.abs(value) === largest),
        largest,
      );
  }
}

const offScale = (column: string, row: number, value: number) =>
  new ChainlightError(
    'BAD_INPUT',
    `Column "${column}", row ${row + FIRST_DATA_ROW}: ${value} is too ${Math.abs(value) > 1 ? 'large' : 'small'} to compute with; choose another unit of measurement.`,
    { column, row: row + FIRST_DATA_ROW },
  );

function usableRows(long: LongPanel) {
  const usable = new Uint8Array(long.rows);
  let emptyOutcome = 0;
  let emptyCovariate = 0;
  let magnitude = 0;
  for (let row = 0; row < long.rows; row++) {
    const outcome = long.outcome.values[row]!;
    if (Number.isNaN(outcome)) {
      emptyOutcome++;
    } else if (
      long.covariates.length > 0 &&
      long.covariates.some((column) => Number.isNaN(column.values[row]!))
    ) {
      emptyCovariate++;
    } else {
      usable[row] = 1;
      magnitude = Math.max(magnitude, Math.abs(outcome));
    }
  }
  return { usable, magnitude, emptyOutcome, emptyCovariate };
}

function cohortRanges(cohortOfUnit: Float64Array): Pick<Panel, 'cohorts' | 'never'> {
  const cohorts: CohortRange[] = [];
  let start = 0;
  while (start < cohortOfUnit.length && Number.isFinite(cohortOfUnit[start]!)) {
    const cohort = cohortOfUnit[start]!;
    let end = start;
    while (end < cohortOfUnit.length && cohortOfUnit[end] === cohort) end++;
    cohorts.push({ cohort, start, end });
    start = end;
  }
  return { cohorts, never: { start, end: cohortOfUnit.length } };
}

/** Numbers the clusters of the kept units from 0, in the order of their names; null where every unit is alone in its cluster. */
function renumber(kept: readonly number[], cluster: Int32Array | null, names: readonly string[]) {
  if (cluster === null) return { cluster: null, names: [] };
  const used = [...new Set(kept.map((unit) => cluster[unit]!))].sort((a, b) => compare(names[a]!, names[b]!));
  const position = new Map(used.map((code, index) => [code, index]));
  return {
    cluster: Int32Array.from(kept, (unit) => position.get(cluster[unit]!) ?? 0),
    names: used.map((code) => names[code]!),
  };
}
