import type { CellEstimate } from './cellEstimate.ts';
import type { Cell } from './cells.ts';
import { cholesky, choleskySolve, type SquareMatrix, squareMatrix } from './linearAlgebra.ts';
import { fitLogit } from './logit.ts';
import type { Panel, UnitRange } from './panel.ts';

/** Controls whose propensity score reaches this are trimmed, as in the R package DRDID. */
const TRIM_LEVEL = 0.995;
const HIGHEST_SCORE = 1 - 1e-6;

/** The units of a cell that are seen in both periods, with their covariates at the base period. */
interface Sample {
  readonly size: number;
  readonly width: number;
  readonly unit: Int32Array;
  readonly treated: Uint8Array;
  readonly change: Float64Array;
  /** Row order: intercept, then the covariates. */
  readonly design: Float64Array;
  readonly nTreated: number;
}

/**
 * Doubly robust ATT(g,t) on panel data: Sant'Anna and Zhao (2020), eq. 3.1, with logit propensity score, linear outcome
 * regression among the controls and normalised (Hájek) weights; influence function with both first steps estimated, as in
 * the R package DRDID (`drdid_panel`). Covariates are those of the base period.
 */
export function doublyRobust(panel: Panel, cell: Cell, influence: Float64Array): CellEstimate {
  const sample = gather(panel, cell);
  const { size, width, unit, treated, change, design, nTreated } = sample;
  const counts = { nTreated, nControl: size - nTreated };
  if (counts.nTreated === 0)
    return { status: 'missing', reason: 'no treated unit is seen in both periods', ...counts };
  if (counts.nControl === 0)
    return { status: 'missing', reason: 'no control unit is seen in both periods', ...counts };
  const regression = regressControls(sample);
  if (regression === null)
    return { status: 'missing', reason: 'the covariates are collinear among the controls', ...counts };
  const logit = fitLogit(design, treated, size, width);
  if (logit === null) {
    return {
      status: 'missing',
      reason: 'the propensity score does not converge: covariates separate treated from controls',
      ...counts,
    };
  }

  const residual = new Float64Array(size);
  const weight = new Float64Array(size);
  let trimmed = 0;
  let treatedWeight = 0;
  let controlWeight = 0;
  let treatedSum = 0;
  let controlSum = 0;
  for (let row = 0; row < size; row++) {
    residual[row] = change[row]! - dotRow(design, row, width, regression.coefficients);
    const score = Math.min(logit.scores[row]!, HIGHEST_SCORE);
    if (treated[row] === 1) {
      weight[row] = 1;
      treatedWeight += 1;
      treatedSum += residual[row]!;
    } else if (score < TRIM_LEVEL) {
      weight[row] = score / (1 - score);
      controlWeight += weight[row]!;
      controlSum += weight[row]! * residual[row]!;
    } else {
      trimmed++;
    }
  }
  if (!(controlWeight > 0))
    return { status: 'missing', reason: 'no control is left after trimming', ...counts };
  const treatedMean = treatedSum / treatedWeight;
  const controlMean = controlSum / controlWeight;

  // How the treated term, and the control term by way of the regression and of the score, move with the first steps.
  const treatedByRegression = new Float64Array(width);
  const controlByRegression = new Float64Array(width);
  const controlByScore = new Float64Array(width);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < width; k++) {
      const x = design[row * width + k]! * weight[row]!;
      if (treated[row] === 1) {
        treatedByRegression[k]! += x;
      } else {
        controlByRegression[k]! += x;
        controlByScore[k]! += x * (residual[row]! - controlMean);
      }
    }
  }
  const gradient = new Float64Array(width);
  for (let k = 0; k < width; k++)
    gradient[k] = controlByRegression[k]! / controlWeight - treatedByRegression[k]! / treatedWeight;
  const regressionStep = choleskySolve(regression.factor, gradient);
  const scoreStep = choleskySolve(
    logit.hessianFactor,
    controlByScore.map((value) => value / controlWeight),
  );
  for (let row = 0; row < size; row++) {
    const isTreated = treated[row]!;
    const own =
      isTreated === 1
        ? (residual[row]! - treatedMean) / treatedWeight
        : (-weight[row]! * (residual[row]! - controlMean)) / controlWeight;
    const viaRegression = isTreated === 1 ? 0 : residual[row]! * dotRow(design, row, width, regressionStep);
    const viaScore = (isTreated - logit.scores[row]!) * dotRow(design, row, width, scoreStep);
    influence[unit[row]!] = panel.units * (own + viaRegression - viaScore);
  }
  return { status: 'estimated', att: treatedMean - controlMean, ...counts, trimmed };
}

function gather(panel: Panel, cell: Cell): Sample {
  const width = panel.covariates.length + 1;
  const capacity = [cell.cohort, ...cell.controls].reduce((sum, range) => sum + range.end - range.start, 0);
  const unit = new Int32Array(capacity);
  const treated = new Uint8Array(capacity);
  const change = new Float64Array(capacity);
  const design = new Float64Array(capacity * width);
  const at = cell.period * panel.units;
  const from = cell.base * panel.units;
  let size = 0;
  const take = (range: UnitRange, isTreated: 0 | 1) => {
    for (let u = range.start; u < range.end; u++) {
      const difference = panel.outcome[at + u]! - panel.outcome[from + u]!;
      if (Number.isNaN(difference)) continue;
      unit[size] = u;
      treated[size] = isTreated;
      change[size] = difference;
      design[size * width] = 1;
      panel.covariates.forEach((column, k) => {
        design[size * width + k + 1] = column[from + u]!;
      });
      size++;
    }
  };
  take(cell.cohort, 1);
  const nTreated = size;
  for (const range of cell.controls) take(range, 0);
  standardise(design, size, width);
  return { size, width, unit, treated, change, design, nTreated };
}

/** Centres and scales the covariates: the estimate is the same, the equations are well conditioned. */
function standardise(design: Float64Array, size: number, width: number): void {
  for (let k = 1; k < width; k++) {
    let sum = 0;
    for (let row = 0; row < size; row++) sum += design[row * width + k]!;
    const mean = sum / size;
    let square = 0;
    for (let row = 0; row < size; row++) square += (design[row * width + k]! - mean) ** 2;
    const spread = Math.sqrt(square / size) || 1;
    for (let row = 0; row < size; row++) design[row * width + k] = (design[row * width + k]! - mean) / spread;
  }
}

/** Least squares of the change on the design among the controls; null where the design is singular. */
function regressControls(sample: Sample): { coefficients: Float64Array; factor: SquareMatrix } | null {
  const { size, width, treated, change, design, nTreated } = sample;
  const moments = squareMatrix(width);
  const right = new Float64Array(width);
  for (let row = nTreated; row < size; row++) {
    if (treated[row] === 1) continue;
    for (let a = 0; a < width; a++) {
      const x = design[row * width + a]!;
      right[a]! += x * change[row]!;
      for (let b = 0; b <= a; b++) moments.values[a * width + b]! += x * design[row * width + b]!;
    }
  }
  const factor = cholesky(moments);
  return factor === null ? null : { coefficients: choleskySolve(factor, right), factor };
}

function dotRow(design: Float64Array, row: number, width: number, vector: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += design[row * width + k]! * vector[k]!;
  return sum;
}
