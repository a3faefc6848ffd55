import { largestRatios, quantile, signedSums } from './bootstrap.ts';
import { type Panel, sizeOf, type UnitRange } from './panel.ts';
import type { RandomStream } from './random.ts';
import { standardErrorOf, sumByCluster } from './standardError.ts';

/**
 * Wild cluster bootstrap of the largest |t| over some estimates under the null that all are zero. Each draw flips the sign of
 * every cluster's influence (Rademacher), takes each cohort's mean out again, as the estimator would, and studentises with the
 * standard error of the flipped sample: the draw's t has the same small-sample excess as the sample's own.
 * `influence` is by unit, one column per estimate.
 */
export function wildLargestRatios(
  panel: Panel,
  influence: readonly Float64Array[],
  draws: number,
  random: RandomStream,
): Float64Array {
  const groups: UnitRange[] = [...panel.cohorts, panel.never].filter((range) => sizeOf(range) > 0);
  const moments =
    panel.cluster === null
      ? flippedUnits(groups, influence, draws, random)
      : flippedClusters(panel, panel.cluster, groups, influence, draws, random);
  const largest = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    for (let k = 0; k < influence.length; k++) {
      const variance = moments.variance[draw * influence.length + k]!;
      // All of a draw's variance taken out with the means: it cannot be told apart from an extreme one.
      const ratio =
        variance > 0
          ? Math.abs(moments.sum[draw * influence.length + k]!) / Math.sqrt(variance)
          : Number.POSITIVE_INFINITY;
      if (ratio > largest[draw]!) largest[draw] = ratio;
    }
  }
  return largest;
}

/** Per draw and estimate: Σψ* and Σ(ψ* − group mean)², both in units of n times the estimate. */
interface FlippedMoments {
  readonly sum: Float64Array;
  readonly variance: Float64Array;
}

/** Every unit its own cluster: Σ(ψ* − mean)² = Σψ² − Σ over groups of (Σψ*)² / size. */
function flippedUnits(
  groups: readonly UnitRange[],
  influence: readonly Float64Array[],
  draws: number,
  random: RandomStream,
): FlippedMoments {
  const width = influence.length;
  const sum = new Float64Array(draws * width);
  const variance = new Float64Array(draws * width);
  for (const group of groups) {
    const columns = influence.map((column) => column.subarray(group.start, group.end));
    const squares = columns.map((column) => column.reduce((total, value) => total + value * value, 0));
    const flipped = signedSums(columns, draws, random);
    for (let index = 0; index < flipped.length; index++) {
      sum[index]! += flipped[index]!;
      variance[index]! += squares[index % width]! - (flipped[index]! * flipped[index]!) / sizeOf(group);
    }
  }
  return { sum, variance };
}

/** One cluster's units in one group: most clusters lie in one group, some in several. */
interface Share {
  readonly cluster: number;
  readonly units: number;
  /** Σψ by estimate. */
  readonly sums: Float64Array;
}

function flippedClusters(
  panel: Panel,
  cluster: Int32Array,
  groups: readonly UnitRange[],
  influence: readonly Float64Array[],
  draws: number,
  random: RandomStream,
): FlippedMoments {
  const width = influence.length;
  const shares = groups.map((group) => sharesOf(group, cluster, influence));
  const sum = new Float64Array(draws * width);
  const variance = new Float64Array(draws * width);
  const sign = new Int8Array(panel.clusters);
  const centred = new Float64Array(panel.clusters);
  for (let draw = 0; draw < draws; draw++) {
    for (let c = 0; c < sign.length; c++) sign[c] = random.uint32() & 1 ? 1 : -1;
    for (let k = 0; k < width; k++) {
      centred.fill(0);
      shares.forEach((own, h) => {
        let total = 0;
        for (const share of own) total += sign[share.cluster]! * share.sums[k]!;
        const mean = total / sizeOf(groups[h]!);
        for (const share of own)
          centred[share.cluster]! += sign[share.cluster]! * share.sums[k]! - mean * share.units;
        sum[draw * width + k]! += total;
      });
      let square = 0;
      for (let c = 0; c < centred.length; c++) square += centred[c]! * centred[c]!;
      variance[draw * width + k] = square;
    }
  }
  return { sum, variance };
}

function sharesOf(group: UnitRange, cluster: Int32Array, influence: readonly Float64Array[]): Share[] {
  const units = new Map<number, number[]>();
  for (let unit = group.start; unit < group.end; unit++) {
    const members = units.get(cluster[unit]!);
    if (members === undefined) units.set(cluster[unit]!, [unit]);
    else members.push(unit);
  }
  return [...units].map(([own, members]) => ({
    cluster: own,
    units: members.length,
    sums: Float64Array.from(influence, (column) => members.reduce((total, unit) => total + column[unit]!, 0)),
  }));
}

/** Fewest clusters in a group from which studentised draws are well behaved, and most that they are worth their time for. */
const FEWEST_IN_GROUP = 5;
const MOST_CLUSTERS = 2_000;

/**
 * Critical value of simultaneous 95 % bands: the 95 % quantile over the draws of the largest |t| (Callaway and Sant'Anna 2021,
 * algorithm 1). Draws are studentised, which widens bands as few clusters require; with fewer than five clusters in some cohort,
 * or very many in all, they are divided by the standard errors of the sample. All columns must vary.
 */
export function bandCriticalValue(
  panel: Panel,
  influence: readonly Float64Array[],
  draws: number,
  random: RandomStream,
): number {
  const groups = [...panel.cohorts, panel.never].filter((range) => sizeOf(range) > 0);
  const { cluster } = panel;
  const fewest = Math.min(
    ...groups.map((group) =>
      cluster === null ? sizeOf(group) : new Set(cluster.subarray(group.start, group.end)).size,
    ),
  );
  if (fewest >= FEWEST_IN_GROUP && (cluster === null || panel.clusters <= MOST_CLUSTERS)) {
    return quantile(wildLargestRatios(panel, influence, draws, random), 0.95);
  }
  const byCluster = influence.map((column) => sumByCluster(panel, column));
  const errors = byCluster.map((column) => standardErrorOf(column, 1));
  return quantile(largestRatios(signedSums(byCluster, draws, random), errors), 0.95);
}
