/**
 * Nearest-rank quantile: the smallest value that at least the share `q` of all values do not exceed. Example: 0.8 of 1 2 3 4 5 is 4.
 * @param q between 0 and 1
 * @returns null for no values
 */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
