import type { LongPanel, TextColumn } from './longPanel.ts';

/** How the outcome was measured: what a change of source or definition could pass off as an effect. */
export interface MeasurementFacts {
  /** Definitions of the outcome found in the rows used; empty where no such column is given. */
  readonly definitions: readonly string[];
  /** Treated units whose usual source or grade differs before and after treatment, without a period measured both ways. */
  readonly changed: { readonly units: number; readonly share: number } | null;
  /** Share by which treated and never-treated units differ in their usual source or grade, after treatment. */
  readonly differs: number | null;
}

/** A period measured both ways names both, as in `self+platform`. */
const BOTH = '+';

/**
 * Reads the optional columns of definition and measurement (source class or evidence grade). `cohortOf` is each unit's first
 * treated period (Infinity for never); only rows that `uses` accepts count. Controls are "after" in all their rows.
 */
export function measurementFacts(
  long: LongPanel,
  cohortOf: Float64Array,
  anticipation: number,
  uses: (row: number) => boolean,
): MeasurementFacts {
  return {
    definitions: long.definition === null ? [] : labelsUsed(long, long.definition, uses),
    ...(long.measurement === null
      ? { changed: null, differs: null }
      : sourceShift(long, long.measurement, cohortOf, anticipation, uses)),
  };
}

function labelsUsed(long: LongPanel, column: TextColumn, uses: (row: number) => boolean): string[] {
  const codes = new Set<number>();
  for (let row = 0; row < long.rows; row++) if (uses(row)) codes.add(column.codes[row]!);
  return [...codes].map((code) => column.values[code]!).sort();
}

function sourceShift(
  long: LongPanel,
  column: TextColumn,
  cohortOf: Float64Array,
  anticipation: number,
  uses: (row: number) => boolean,
): Pick<MeasurementFacts, 'changed' | 'differs'> {
  const before = new Map<number, Map<string, number>>();
  const after = new Map<number, Map<string, number>>();
  const bridges = new Map<number, string[]>();
  for (let row = 0; row < long.rows; row++) {
    if (!uses(row)) continue;
    const unit = long.unit.codes[row]!;
    const label = column.values[column.codes[row]!]!;
    if (label.includes(BOTH)) {
      bridges.set(unit, [...(bridges.get(unit) ?? []), ...label.split(BOTH)]);
      continue;
    }
    const isBefore =
      Number.isFinite(cohortOf[unit]!) && long.time.values[row]! < cohortOf[unit]! - anticipation;
    const counts = isBefore ? before : after;
    const own = counts.get(unit) ?? new Map<string, number>();
    counts.set(unit, own.set(label, (own.get(label) ?? 0) + 1));
  }
  let treated = 0;
  let changed = 0;
  const treatedLabels = new Map<string, number>();
  const controlLabels = new Map<string, number>();
  for (const [unit, counts] of after) {
    const label = usual(counts);
    const isTreated = Number.isFinite(cohortOf[unit]!);
    const earlier = before.get(unit);
    const bridged =
      earlier !== undefined && [usual(earlier), label].every((name) => bridges.get(unit)?.includes(name));
    if (isTreated && earlier !== undefined) {
      treated++;
      if (usual(earlier) !== label && !bridged) changed++;
    }
    // What an overlap bounds is compared as it was measured before.
    const compared = bridged && earlier !== undefined ? usual(earlier) : label;
    const side = isTreated ? treatedLabels : controlLabels;
    side.set(compared, (side.get(compared) ?? 0) + 1);
  }
  return {
    changed: treated === 0 ? null : { units: changed, share: changed / treated },
    differs: distance(treatedLabels, controlLabels),
  };
}

/** The most frequent label; the first in order among equals. */
function usual(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? '';
}

/** Total variation distance of two distributions of labels: 0 alike, 1 disjoint. Null where one is empty. */
function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number | null {
  const total = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (a.size === 0 || b.size === 0) return null;
  const labels = new Set([...a.keys(), ...b.keys()]);
  let sum = 0;
  for (const label of labels)
    sum += Math.abs((a.get(label) ?? 0) / total(a) - (b.get(label) ?? 0) / total(b));
  return sum / 2;
}
