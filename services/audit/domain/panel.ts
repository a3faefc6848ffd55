/** Units `start` to `end` − 1 of a panel. */
export interface UnitRange {
  readonly start: number;
  readonly end: number;
}

export interface CohortRange extends UnitRange {
  /** First treated period. */
  readonly cohort: number;
}

/**
 * A panel as the estimators read it: units sorted by cohort, never-treated last, so that every cohort and every control
 * group is one or two contiguous ranges. Period `p` of unit `u` is at `p * units + u`; a missing value is NaN.
 */
export interface Panel {
  readonly units: number;
  readonly periods: number;
  /** Calendar value of period 0; later periods follow without gaps. */
  readonly firstPeriod: number;
  readonly unitIds: readonly string[];
  readonly outcome: Float64Array;
  /** Largest absolute outcome. */
  readonly magnitude: number;
  readonly covariates: readonly Float64Array[];
  /** Treated cohorts, ascending. */
  readonly cohorts: readonly CohortRange[];
  readonly never: UnitRange;
  /** Cluster of each unit, or null where every unit is its own cluster. */
  readonly cluster: Int32Array | null;
  readonly clusterNames: readonly string[];
  readonly clusters: number;
}

export const sizeOf = (range: UnitRange): number => range.end - range.start;

/** First treated period of each unit, Infinity for never. */
export function cohortOfUnits(panel: Panel): Float64Array {
  const cohorts = new Float64Array(panel.units).fill(Number.POSITIVE_INFINITY);
  for (const range of panel.cohorts) cohorts.fill(range.cohort, range.start, range.end);
  return cohorts;
}

/** Clusters with a treated unit, or with a never-treated one: the smaller count; of the treated where none is never treated. */
export function fewerSide(panel: Panel): number {
  const cohort = cohortOfUnits(panel);
  const treated = new Set<number>();
  const never = new Set<number>();
  for (let unit = 0; unit < panel.units; unit++)
    (Number.isFinite(cohort[unit]!) ? treated : never).add(panel.cluster?.[unit] ?? unit);
  return never.size === 0 ? treated.size : Math.min(treated.size, never.size);
}

/** The same panel with every unit as its own cluster. */
export const withoutClusters = (panel: Panel): Panel => ({
  ...panel,
  cluster: null,
  clusterNames: [],
  clusters: panel.units,
});

/** The panel of some of the units, in the same order. */
export function subsetPanel(panel: Panel, keep: (unit: number) => boolean): Panel {
  const kept: number[] = [];
  for (let unit = 0; unit < panel.units; unit++) if (keep(unit)) kept.push(unit);
  const newStart = (unit: number) => kept.findIndex((old) => old >= unit);
  const range = ({ start, end }: UnitRange): UnitRange => {
    const from = newStart(start);
    const to = newStart(end);
    return { start: from === -1 ? kept.length : from, end: to === -1 ? kept.length : to };
  };
  const pick = (source: Float64Array) => {
    const target = new Float64Array(kept.length * panel.periods);
    for (let period = 0; period < panel.periods; period++) {
      for (let position = 0; position < kept.length; position++) {
        target[period * kept.length + position] = source[period * panel.units + kept[position]!]!;
      }
    }
    return target;
  };
  return {
    ...panel,
    units: kept.length,
    unitIds: kept.map((unit) => panel.unitIds[unit]!),
    outcome: pick(panel.outcome),
    covariates: panel.covariates.map(pick),
    cohorts: panel.cohorts
      .map((cohort) => ({ ...range(cohort), cohort: cohort.cohort }))
      .filter((cohort) => sizeOf(cohort) > 0),
    never: range(panel.never),
    cluster: panel.cluster === null ? null : Int32Array.from(kept, (unit) => panel.cluster?.[unit] ?? 0),
    clusters: panel.cluster === null ? kept.length : panel.clusters,
  };
}
