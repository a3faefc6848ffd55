import { rangesOf } from './cellEstimate.ts';
import { type CellOptions, cellBetween, referenceOf } from './cells.ts';
import { estimateCell } from './estimateCell.ts';
import { type Panel, sizeOf } from './panel.ts';
import { roundingFloor, standardErrorOf, sumByCluster } from './standardError.ts';

/** The longest placebo comparison, in periods: a year of months. */
const LONGEST_DISTANCE = 12;

/** A placebo estimate over one distance: the change from `distance` periods before the base period to the base period. */
export interface PlaceboLead {
  readonly distance: number;
  /** Cohorts' estimates averaged with their shares of units; zero under parallel trends. */
  readonly estimate: number;
  readonly se: number;
  /** Influence of every unit, and summed by cluster. */
  readonly influence: Float64Array;
  readonly byCluster: Float64Array;
}

/**
 * Up to three distances: the shortest, the middle and the longest one that cohorts with at least half of the testable
 * treated units have before their base period. Long distances, for a diverging trend shows best over a long time.
 */
export function placeboDistances(panel: Panel, anticipation: number): number[] {
  const room = panel.cohorts
    .map((cohort) => ({
      periods: cohort.cohort - 1 - anticipation - panel.firstPeriod,
      units: sizeOf(cohort),
    }))
    .filter(({ periods }) => periods >= 1)
    .sort((a, b) => b.periods - a.periods);
  const half = room.reduce((sum, { units }) => sum + units, 0) / 2;
  let covered = 0;
  const median = room.find(({ units }) => {
    covered += units;
    return covered >= half;
  });
  if (median === undefined) return [];
  return spread(median.periods);
}

/** The shortest, the middle and the longest distance, each once. */
export function spread(longest: number): number[] {
  const reach = Math.min(longest, LONGEST_DISTANCE);
  return [...new Set([1, Math.round((1 + reach) / 2), reach])];
}

/**
 * Placebo estimates over the given distances; those that cannot be estimated or do not vary are left out. Each cohort is
 * compared up to its own base period, or up to `commonBase` (an index) where that is given.
 */
export function placeboLeads(
  panel: Panel,
  options: CellOptions,
  distances: readonly number[],
  commonBase?: number,
): PlaceboLead[] {
  const floor = roundingFloor(panel);
  const leads: PlaceboLead[] = [];
  const scratch = new Float64Array(panel.units);
  for (const distance of distances) {
    const influence = new Float64Array(panel.units);
    let total = 0;
    let weighted = 0;
    for (const cohort of panel.cohorts) {
      const base = commonBase ?? referenceOf(panel, cohort, options);
      if (base - distance < 0 || base >= panel.periods) continue;
      // From the base back, then negated: the covariates are those of the base period.
      const cell = cellBetween(panel, cohort, base - distance, base, options);
      const estimate = estimateCell(panel, cell, scratch);
      if (estimate.status === 'missing') continue;
      const share = sizeOf(cohort);
      total += share;
      weighted -= share * estimate.att;
      for (const { start, end } of rangesOf(cell)) {
        for (let unit = start; unit < end; unit++) influence[unit]! -= share * scratch[unit]!;
        scratch.fill(0, start, end);
      }
    }
    if (total === 0) continue;
    for (let unit = 0; unit < panel.units; unit++) influence[unit]! /= total;
    const byCluster = sumByCluster(panel, influence);
    const se = standardErrorOf(byCluster, panel.units);
    if (se > floor) leads.push({ distance, estimate: weighted / total, se, influence, byCluster });
  }
  return leads;
}

/** The largest |t|: the statistic of the placebo test. */
export const largestRatio = (leads: readonly PlaceboLead[]): number =>
  leads.reduce((most, lead) => Math.max(most, Math.abs(lead.estimate) / lead.se), 0);
