import { cohortOfUnits, type Panel, type UnitRange } from './panel.ts';
import { type RandomStream, shuffle } from './random.ts';

/**
 * How treatment dates can be dealt out anew under the null: whole clusters swap their dates where each cluster has one,
 * or else units swap within their cluster.
 */
export type Exchange =
  | { readonly kind: 'between clusters'; readonly labels: Float64Array }
  | { readonly kind: 'within clusters'; readonly labels: Float64Array };

/** Labels are first treated periods, Infinity for never: one per cluster, or one per unit. */
export function exchangeOf(panel: Panel): Exchange {
  const ofUnit = cohortOfUnits(panel);
  if (panel.cluster === null) return { kind: 'between clusters', labels: ofUnit };
  const ofCluster = new Float64Array(panel.clusters).fill(Number.NaN);
  for (let unit = 0; unit < panel.units; unit++) {
    const cluster = panel.cluster[unit]!;
    if (Number.isNaN(ofCluster[cluster]!)) ofCluster[cluster] = ofUnit[unit]!;
    else if (ofCluster[cluster] !== ofUnit[unit]) return { kind: 'within clusters', labels: ofUnit };
  }
  return { kind: 'between clusters', labels: ofCluster };
}

/** The clusters, or units within one, whose labels may be swapped with one another. */
function strata(panel: Panel, exchange: Exchange): number[][] {
  if (exchange.kind === 'between clusters') return [[...exchange.labels.keys()]];
  const members: number[][] = Array.from({ length: panel.clusters }, () => []);
  for (let unit = 0; unit < panel.units; unit++) members[panel.cluster?.[unit] ?? 0]?.push(unit);
  return members;
}

export interface Reassignments {
  /** Distinct ways to deal the labels out, the actual one included; Infinity beyond 1e15. */
  readonly distinct: number;
  /** True where all of them are listed, false for a random draw (with replacement, without the actual one). */
  readonly exhaustive: boolean;
  readonly labels: Iterable<Float64Array>;
}

const MOST_DRAWS = 999;
const FEWEST_DRAWS = 199;
/** Panel values to recompute in one test: some ten seconds' worth. */
const WORK = 1e9;

/** How many reassignments to try: 999, fewer on very large panels. */
export function affordableDraws(panel: Panel): number {
  const work = panel.units * panel.periods * Math.max(1, panel.cohorts.length);
  return Math.max(FEWEST_DRAWS, Math.min(MOST_DRAWS, Math.floor(WORK / work)));
}

/** All distinct reassignments if there are at most `most`, else `most` random ones. */
export function reassignments(
  panel: Panel,
  exchange: Exchange,
  most: number,
  random: RandomStream,
): Reassignments {
  const groups = strata(panel, exchange);
  const distinct = groups.reduce(
    (product, group) =>
      product *
      arrangements(
        group.map((index) => exchange.labels[index]!),
        1e15,
      ),
    1,
  );
  if (distinct <= most && groups.length === 1)
    return { distinct, exhaustive: true, labels: everyArrangement(exchange.labels) };
  return {
    distinct: distinct > 1e15 ? Number.POSITIVE_INFINITY : distinct,
    exhaustive: false,
    labels: randomArrangements(),
  };

  function* randomArrangements(): Iterable<Float64Array> {
    for (let draw = 0; draw < most; draw++) {
      const labels = Float64Array.from(exchange.labels);
      for (const group of groups) {
        const shuffled = shuffle(
          group.map((index) => exchange.labels[index]!),
          random,
        );
        group.forEach((index, position) => {
          labels[index] = shuffled[position]!;
        });
      }
      yield labels;
    }
  }
}

/** The smallest p that so many reassignments can give. */
export const smallestP = (dealt: Reassignments, tried: number): number =>
  Math.max(1 / dealt.distinct, dealt.exhaustive ? 0 : 1 / (1 + tried));

/** p value: share of the statistics that reach the observed one; a random draw counts the observed one in. */
export function shareAtLeast(statistics: Float64Array, observed: number, exhaustive: boolean): number {
  // Reassignments that mirror the actual one reach its statistic only up to rounding.
  const least = observed * (1 - 1e-9);
  const reached = statistics.reduce((count, statistic) => count + (statistic >= least ? 1 : 0), 0);
  return exhaustive ? reached / statistics.length : (1 + reached) / (1 + statistics.length);
}

/** Number of distinct orders of a list with repeated values; anything above `cap` is returned as some number above it. */
function arrangements(labels: readonly number[], cap: number): number {
  const counts = new Map<number, number>();
  let total = 1;
  let placed = 0;
  for (const label of labels) {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    placed++;
    total = (total * placed) / count;
    if (total > cap * 1e3) return Number.POSITIVE_INFINITY;
  }
  return Math.round(total);
}

/** Every distinct order of the labels, by smallest next label first. */
function* everyArrangement(labels: Float64Array): Iterable<Float64Array> {
  const sorted = [...labels].sort((a, b) => a - b);
  const used = new Array<boolean>(sorted.length).fill(false);
  const current = new Float64Array(sorted.length);
  function* place(position: number): Iterable<Float64Array> {
    if (position === sorted.length) {
      yield Float64Array.from(current);
      return;
    }
    for (let index = 0; index < sorted.length; index++) {
      if (used[index] || (index > 0 && sorted[index] === sorted[index - 1] && !used[index - 1])) continue;
      used[index] = true;
      current[position] = sorted[index]!;
      yield* place(position + 1);
      used[index] = false;
    }
  }
  yield* place(0);
}

/**
 * The same panel with other treatment dates, laid out anew by cohort. With `maskFrom` given, outcomes from each unit's
 * actual first treated period less that anticipation on are hidden, so that only untreated outcomes are compared.
 */
export function relabel(
  panel: Panel,
  exchange: Exchange,
  labels: Float64Array,
  maskFrom: { anticipation: number } | null,
): Panel {
  const { units, periods } = panel;
  const actual = cohortOfUnits(panel);
  const labelOf = (unit: number) =>
    exchange.kind === 'between clusters' && panel.cluster !== null
      ? labels[panel.cluster[unit]!]!
      : labels[unit]!;
  const byLabel = new Map<number, number[]>();
  for (let unit = 0; unit < units; unit++) {
    const label = labelOf(unit);
    const members = byLabel.get(label);
    if (members === undefined) byLabel.set(label, [unit]);
    else members.push(unit);
  }
  const order: number[] = [];
  const cohorts: (UnitRange & { cohort: number })[] = [];
  for (const label of [...byLabel.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const members = byLabel.get(label) ?? [];
    if (Number.isFinite(label))
      cohorts.push({ cohort: label, start: order.length, end: order.length + members.length });
    for (const unit of members) order.push(unit);
  }
  const never = { start: cohorts.at(-1)?.end ?? 0, end: units };
  const arrange = (source: Float64Array, hidden: boolean) => {
    const target = new Float64Array(source.length);
    for (let period = 0; period < periods; period++) {
      const time = period + panel.firstPeriod;
      for (let position = 0; position < units; position++) {
        const unit = order[position]!;
        const isHidden = hidden && maskFrom !== null && time >= actual[unit]! - maskFrom.anticipation;
        target[period * units + position] = isHidden ? Number.NaN : source[period * units + unit]!;
      }
    }
    return target;
  };
  return {
    ...panel,
    unitIds: order.map((unit) => panel.unitIds[unit]!),
    outcome: arrange(panel.outcome, true),
    covariates: panel.covariates.map((column) => arrange(column, false)),
    cohorts,
    never,
    cluster: panel.cluster === null ? null : Int32Array.from(order, (unit) => panel.cluster?.[unit] ?? 0),
  };
}
