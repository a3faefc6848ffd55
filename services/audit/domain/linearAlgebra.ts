/** A square matrix in row order. */
export interface SquareMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

export const squareMatrix = (size: number): SquareMatrix => ({ size, values: new Float64Array(size * size) });

/** A pivot below this share of its diagonal element means that the matrix is singular to working precision. */
const SINGULAR_SHARE = 1e-11;

/**
 * Lower Cholesky factor of a symmetric positive definite matrix (only its lower triangle is read), or null where it is
 * singular to working precision.
 */
export function cholesky(matrix: SquareMatrix): SquareMatrix | null {
  const { size, values } = matrix;
  const factor = squareMatrix(size);
  const lower = factor.values;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = values[row * size + column]!;
      for (let k = 0; k < column; k++) rest -= lower[row * size + k]! * lower[column * size + k]!;
      if (row === column) {
        const diagonal = values[row * size + row]!;
        if (!(diagonal > 0) || !(rest > SINGULAR_SHARE * diagonal)) return null;
        lower[row * size + row] = Math.sqrt(rest);
      } else {
        lower[row * size + column] = rest / lower[column * size + column]!;
      }
    }
  }
  return factor;
}

/** Solves L Lᵀ x = b. */
export function choleskySolve(factor: SquareMatrix, right: ArrayLike<number>): Float64Array {
  const { size, values: lower } = factor;
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let rest = solution[row]!;
    for (let k = 0; k < row; k++) rest -= lower[row * size + k]! * solution[k]!;
    solution[row] = rest / lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let rest = solution[row]!;
    for (let k = row + 1; k < size; k++) rest -= lower[k * size + row]! * solution[k]!;
    solution[row] = rest / lower[row * size + row]!;
  }
  return solution;
}

/** aᵀ M⁻¹ a for symmetric positive definite M, or null where M is singular. */
export function quadraticFormInverse(matrix: SquareMatrix, vector: ArrayLike<number>): number | null {
  const factor = cholesky(matrix);
  if (factor === null) return null;
  const solved = choleskySolve(factor, vector);
  let total = 0;
  for (let index = 0; index < solved.length; index++) total += solved[index]! * vector[index]!;
  return total;
}
