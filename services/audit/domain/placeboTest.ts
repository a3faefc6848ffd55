import type { CalibratedPlacebo } from '../../../schemas/api/audit.ts';
import { quantile } from './bootstrap.ts';
import type { CellOptions } from './cells.ts';
import { detectableSlope } from './detectableSlope.ts';
import { cohortOfUnits, type Panel } from './panel.ts';
import { largestRatio, type PlaceboLead, placeboDistances, placeboLeads } from './placeboLeads.ts';
import { placeboRandomisation } from './placeboRandomisation.ts';
import { randomStream } from './random.ts';
import { exchangeOf, shareAtLeast } from './relabel.ts';
import { wildLargestRatios } from './wildBootstrap.ts';

const DRAWS = 999;
/** Simulated sizes (docs/audit-method.md): below these the bootstrap rejects too often. */
const FEWEST_FREE_TREATED = 6;
const FEWEST_NEVER = 6;
const FEWEST_MIXED = 10;

/**
 * Null hypothesis: before treatment, treated and control units changed alike over each of the tested distances.
 * Statistic: the largest |t| over at most three placebo distances. Its distribution under the null comes from a studentised
 * wild cluster bootstrap, or, with few clusters, from dealing the treatment dates out anew.
 */
export function placeboTest(panel: Panel, options: CellOptions, seed: number): CalibratedPlacebo {
  return hasFewClusters(panel) ? byRandomisation(panel, options, seed) : byBootstrap(panel, options, seed);
}

function byBootstrap(panel: Panel, options: CellOptions, seed: number): CalibratedPlacebo {
  const method = 'wild cluster bootstrap';
  const leads = placeboLeads(panel, options, placeboDistances(panel, options.anticipation));
  if (leads.length === 0) return untested(panel, options, method);
  const ratios = wildLargestRatios(
    panel,
    leads.map((lead) => lead.influence),
    DRAWS,
    randomStream(seed, 'placebo'),
  );
  return {
    method,
    ...described(leads),
    p: shareAtLeast(ratios, largestRatio(leads), false),
    detectableSlope: detectableSlope(leads, panel.units, quantile(ratios, 0.95), seed),
    draws: DRAWS,
  };
}

function byRandomisation(panel: Panel, options: CellOptions, seed: number): CalibratedPlacebo {
  const method = 'randomisation';
  const test = placeboRandomisation(panel, options, seed);
  if (test === null) return untested(panel, options, method);
  const { leads, p, floor, statistics } = test;
  const result = { method, ...described(leads), p, draws: statistics.length } as const;
  if (floor > 0.05)
    return {
      ...result,
      detectableSlope: null,
      reason: `so few clusters that p cannot fall below ${floor.toFixed(3)}`,
    };
  return {
    ...result,
    detectableSlope: detectableSlope(leads, panel.units, quantile(statistics, 0.95), seed),
  };
}

const described = (leads: readonly PlaceboLead[]) => ({
  leads: leads.length,
  distances: leads.map((lead) => lead.distance),
});

function untested(
  panel: Panel,
  options: CellOptions,
  method: CalibratedPlacebo['method'],
): CalibratedPlacebo {
  const reason =
    placeboDistances(panel, options.anticipation).length === 0
      ? 'no cohort has two periods before treatment'
      : 'the placebo comparisons do not vary or have no units';
  return { method, leads: 0, distances: [], p: null, detectableSlope: null, draws: 0, reason };
}

/**
 * Clusters treated as a whole: too few left free once each cohort's mean is taken out, or too few never treated. Clusters
 * treated in part: too few clusters.
 */
function hasFewClusters(panel: Panel): boolean {
  const cohort = cohortOfUnits(panel);
  if (exchangeOf(panel).kind === 'within clusters') return panel.clusters < FEWEST_MIXED;
  const treated = new Set<number>();
  const never = new Set<number>();
  for (let unit = 0; unit < panel.units; unit++)
    (Number.isFinite(cohort[unit]!) ? treated : never).add(panel.cluster?.[unit] ?? unit);
  return (
    treated.size - panel.cohorts.length < FEWEST_FREE_TREATED || (never.size > 0 && never.size < FEWEST_NEVER)
  );
}
