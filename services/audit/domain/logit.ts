import { cholesky, choleskySolve, type SquareMatrix, squareMatrix } from './linearAlgebra.ts';

export interface LogitFit {
  readonly scores: Float64Array;
  /** Cholesky factor of Σ p(1 − p) x xᵀ at the estimate. */
  readonly hessianFactor: SquareMatrix;
}

const MOST_ITERATIONS = 60;
/** Fisher scoring converges quadratically: a step this small leaves an error at the rounding level. */
const STEP_TOLERANCE = 1e-10;

/**
 * Maximum-likelihood logit by Newton's method. `design` is in row order, `size` × `width`. Null where it does not
 * converge: the outcome is separated by the design, or the design is singular.
 */
export function fitLogit(
  design: Float64Array,
  outcome: Uint8Array,
  size: number,
  width: number,
): LogitFit | null {
  const coefficients = new Float64Array(width);
  const scores = new Float64Array(size);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const hessian = squareMatrix(width);
    const gradient = new Float64Array(width);
    for (let row = 0; row < size; row++) {
      let index = 0;
      for (let k = 0; k < width; k++) index += design[row * width + k]! * coefficients[k]!;
      const score = 1 / (1 + Math.exp(-index));
      scores[row] = score;
      const spread = score * (1 - score);
      for (let a = 0; a < width; a++) {
        const x = design[row * width + a]!;
        gradient[a]! += x * (outcome[row]! - score);
        for (let b = 0; b <= a; b++) hessian.values[a * width + b]! += spread * x * design[row * width + b]!;
      }
    }
    const factor = cholesky(hessian);
    if (factor === null) return null;
    const step = choleskySolve(factor, gradient);
    let largest = 0;
    for (let k = 0; k < width; k++)
      largest = Math.max(largest, Math.abs(step[k]!) / (1 + Math.abs(coefficients[k]!)));
    if (largest < STEP_TOLERANCE) return { scores, hessianFactor: factor };
    if (!Number.isFinite(largest)) return null;
    for (let k = 0; k < width; k++) coefficients[k]! += step[k]!;
  }
  return null;
}
