import type { RandomisationTest } from '../../../schemas/api/audit.ts';
import type { CellOptions } from './cells.ts';
import { fewerSide, type Panel, withoutClusters } from './panel.ts';
import { randomStream } from './random.ts';
import { affordableDraws, exchangeOf, reassignments, relabel, shareAtLeast, smallestP } from './relabel.ts';
import { simpleEffect } from './simpleEffect.ts';

/** With fewer treated or untreated clusters than this, normal intervals are too short and permutations decide. */
const FEW_CLUSTERS = 10;

/**
 * Sharp null hypothesis: treatment changed no unit's outcome. Statistic: |t| of the simple aggregate. Treatment dates are
 * dealt out anew among the clusters (or among the units of each cluster, where dates differ within clusters). Null where
 * there are enough clusters for normal inference, or where the statistic does not exist.
 */
export function randomisationTest(
  panel: Panel,
  options: CellOptions,
  seed: number,
): RandomisationTest | null {
  if (panel.cohorts.length === 0 || fewerSide(panel) >= FEW_CLUSTERS) return null;
  return permutationTest(panel, options, seed, (dealt) => dealt);
}

/**
 * The same test with treatment dates dealt out within strata (the panel's clusters, leaders for instance), and errors by
 * unit: for panels in which dates differ within the strata, whatever their number.
 */
export function stratifiedRandomisation(
  panel: Panel,
  options: CellOptions,
  seed: number,
): RandomisationTest | null {
  return panel.cohorts.length === 0 ? null : permutationTest(panel, options, seed, withoutClusters);
}

function permutationTest(
  panel: Panel,
  options: CellOptions,
  seed: number,
  asEstimated: (panel: Panel) => Panel,
): RandomisationTest | null {
  const observed = ratioOf(asEstimated(panel), options);
  if (observed === null) return null;
  const exchange = exchangeOf(panel);
  const dealt = reassignments(panel, exchange, affordableDraws(panel), randomStream(seed, 'randomisation'));
  const statistics: number[] = [];
  for (const labels of dealt.labels) {
    const relabelled = asEstimated(relabel(panel, exchange, labels, null));
    // A reassignment without a statistic counts as extreme: the test errs to the safe side.
    statistics.push(ratioOf(relabelled, options) ?? Number.POSITIVE_INFINITY);
  }
  const all = Float64Array.from(statistics);
  const highest = all.reduce((most, value) => Math.max(most, value), 0);
  const floor = dealt.exhaustive ? shareAtLeast(all, highest, true) : smallestP(dealt, all.length);
  return {
    exchanged: exchange.kind,
    permutations: all.length,
    exhaustive: dealt.exhaustive,
    floor,
    p: Math.max(floor, shareAtLeast(all, observed, dealt.exhaustive)),
  };
}

function ratioOf(panel: Panel, options: CellOptions): number | null {
  const effect = simpleEffect(panel, options);
  return effect === null || effect.se === 0 ? null : Math.abs(effect.att) / effect.se;
}
