import type { Panel } from './panel.ts';

/** Below this share of the outcome's magnitude a standard error is rounding noise, not a measure of anything. */
const ROUNDING_SHARE = 1e-13;

/** Sums of a unit-level influence over clusters; the input itself where every unit is its own cluster. */
export function sumByCluster(panel: Panel, influence: Float64Array): Float64Array {
  if (panel.cluster === null) return influence;
  const sums = new Float64Array(panel.clusters);
  const { cluster } = panel;
  for (let unit = 0; unit < influence.length; unit++) sums[cluster[unit]!]! += influence[unit]!;
  return sums;
}

/** √(Σ over clusters of (Σψ)²) / n, without small-sample factor, from influence already summed by cluster. */
export function standardErrorOf(byCluster: Float64Array, units: number): number {
  let sum = 0;
  for (let row = 0; row < byCluster.length; row++) sum += byCluster[row]! * byCluster[row]!;
  return Math.sqrt(sum) / units;
}

/** The standard error below which, for this panel, a value counts as zero. */
export const roundingFloor = (panel: Panel): number => panel.magnitude * ROUNDING_SHARE;
