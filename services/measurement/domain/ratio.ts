/** A figure before it is shown: two integers, divided only for the reader. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/**
 * A ratio of safe integers for two integers of any size: reduced only when one of them is not a safe integer, and when
 * that does not help, both are shortened by the same power of two (relative error below one in the smaller of them).
 * @param denominator greater than zero
 */
export function ratioOf(numerator: bigint, denominator: bigint): Ratio {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  const tooLarge = (n: bigint, d: bigint): boolean => n > limit || n < -limit || d > limit;
  if (!tooLarge(numerator, denominator))
    return { numerator: Number(numerator), denominator: Number(denominator) };
  const divisor = greatestCommonDivisor(numerator, denominator);
  let [n, d] = [numerator / divisor, denominator / divisor];
  while (tooLarge(n, d) && d > 1n) [n, d] = [n / 2n, d / 2n];
  return { numerator: Number(n), denominator: Number(d) };
}

/**
 * `ratioOf` of two products, worked out in plain numbers where these hold them exactly.
 * @param numerator,denominator two whole numbers each; the denominator's product is greater than zero
 */
export function ratioOfProducts(
  numerator: readonly [number, number],
  denominator: readonly [number, number],
): Ratio {
  const [n, d] = [numerator[0] * numerator[1], denominator[0] * denominator[1]];
  if (Number.isSafeInteger(n) && Number.isSafeInteger(d)) return { numerator: n, denominator: d };
  return ratioOf(
    BigInt(numerator[0]) * BigInt(numerator[1]),
    BigInt(denominator[0]) * BigInt(denominator[1]),
  );
}

/** Half away from zero. */
export function roundedQuotient(numerator: bigint, denominator: bigint): number {
  const twice = 2n * (numerator < 0n ? -numerator : numerator) + denominator;
  const magnitude = Number(twice / (2n * denominator));
  return numerator < 0n ? -magnitude : magnitude;
}

/** The value shown; null for a missing figure. */
export function shownValue(ratio: { numerator: number | null; denominator: number | null }): number | null {
  if (ratio.numerator === null || ratio.denominator === null || ratio.denominator === 0) return null;
  return ratio.numerator / ratio.denominator;
}

/**
 * after ÷ before − 1; null where either is missing, or before is not above zero: of a negative one the quotient says the
 * opposite of what happened (−10 → −20 days would be +100 %).
 */
export function changeOf(before: number | null, after: number | null): number | null {
  return before === null || after === null || before <= 0 ? null : after / before - 1;
}
