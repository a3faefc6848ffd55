import { type RandomStream, standardNormal } from '../../services/audit/domain/random.ts';
import type { LongPanel } from '../../services/audit/index.ts';

export interface SimulatedUnit {
  /** First treated period, 0 for never. */
  readonly cohort: number;
  /** Cluster, where the design has them. */
  readonly cluster?: number;
  /** Added to the outcome of each period. */
  readonly effect?: (time: number) => number;
}

export interface Noise {
  /** Standard deviation of the shock of each period, of its random walk, and of the cluster's random walk. */
  readonly shock: number;
  readonly walk: number;
  readonly clusterWalk?: number;
  /** Multiplies shock and walk of treated units. */
  readonly treatedScale?: number;
}

/** Outcomes with unit levels, a common trend, shocks and random walks; times 1 to `periods`. */
export function simulatePanel(
  units: readonly SimulatedUnit[],
  periods: number,
  noise: Noise,
  random: RandomStream,
): LongPanel {
  const rows = units.length * periods;
  const outcome = new Float64Array(rows);
  const clusters = 1 + Math.max(0, ...units.map((unit) => unit.cluster ?? 0));
  const clusterPath = Array.from({ length: clusters }, () => walk(periods, noise.clusterWalk ?? 0, random));
  units.forEach((unit, index) => {
    const scale = unit.cohort > 0 ? (noise.treatedScale ?? 1) : 1;
    const level = 5 + standardNormal(random);
    const path = walk(periods, noise.walk * scale, random);
    for (let period = 0; period < periods; period++) {
      outcome[index * periods + period] =
        level +
        0.05 * period +
        (path[period] ?? 0) +
        (clusterPath[unit.cluster ?? 0]?.[period] ?? 0) +
        noise.shock * scale * standardNormal(random) +
        (unit.effect?.(period + 1) ?? 0);
    }
  });
  const perRow = (value: (unit: SimulatedUnit, period: number, index: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => {
      const index = Math.floor(row / periods);
      return value(units[index]!, row % periods, index);
    });
  return {
    rows,
    unit: {
      name: 'unit',
      codes: Int32Array.from(perRow((_, __, index) => index)),
      values: units.map((_, index) => `u${index}`),
    },
    time: { name: 'time', values: perRow((_, period) => period + 1) },
    outcome: { name: 'outcome', values: outcome },
    cohort: { name: 'cohort', values: perRow((unit) => unit.cohort) },
    covariates: [],
    cluster: units.some((unit) => unit.cluster !== undefined)
      ? {
          name: 'cluster',
          codes: Int32Array.from(perRow((unit) => unit.cluster ?? 0)),
          values: Array.from({ length: clusters }, (_, index) => `c${index}`),
        }
      : null,
    tier: null,
    definition: null,
    measurement: null,
  };
}

function walk(periods: number, deviation: number, random: RandomStream): Float64Array {
  const path = new Float64Array(periods);
  if (deviation > 0)
    for (let period = 1; period < periods; period++)
      path[period] = path[period - 1]! + deviation * standardNormal(random);
  return path;
}

/** `sizes` as [first treated period, number of units]; without clusters. */
export function unitsOf(
  sizes: readonly (readonly [cohort: number, count: number])[],
  effect?: (cohort: number, time: number) => number,
): SimulatedUnit[] {
  return sizes.flatMap(([cohort, count]) =>
    Array.from({ length: count }, () => ({
      cohort,
      effect: effect && cohort > 0 ? (time: number) => effect(cohort, time) : undefined,
    })),
  );
}
