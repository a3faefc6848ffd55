import { logChoose } from './distributions.ts';

export interface Extrapolation {
  /** Bad files estimated in the population, and the bounds of an exact interval. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * From `bad` among `drawn` files of a `population` to the number bad in all of it: exact (Clopper–Pearson type) interval by
 * inverting the hypergeometric distribution; every number of bad files inside it would give a result as extreme as this with
 * probability above (1 − confidence) / 2 on either side.
 */
export function extrapolate(
  population: number,
  drawn: number,
  bad: number,
  confidence = 0.95,
): Extrapolation {
  const tail = (1 - confidence) / 2;
  const least = bad;
  const most = population - (drawn - bad);
  let low = least;
  while (low < most && upperTail(population, low, drawn, bad) <= tail) low++;
  let high = most;
  while (high > low && 1 - upperTail(population, high, drawn, bad + 1) <= tail) high--;
  return { estimate: drawn === 0 ? 0 : (bad / drawn) * population, low, high, confidence };
}

/** P(at least `found` bad in the draw), hypergeometric. */
function upperTail(population: number, bad: number, drawn: number, found: number): number {
  const most = Math.min(bad, drawn);
  let total = 0;
  for (let count = Math.max(found, drawn - (population - bad), 0); count <= most; count++) {
    total += Math.exp(
      logChoose(bad, count) + logChoose(population - bad, drawn - count) - logChoose(population, drawn),
    );
  }
  return Math.min(1, total);
}
