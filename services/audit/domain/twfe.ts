import { cholesky, choleskySolve, type SquareMatrix, squareMatrix } from './linearAlgebra.ts';
import { cohortOfUnits, type Panel } from './panel.ts';
import { roundingFloor, standardErrorOf, sumByCluster } from './standardError.ts';

export interface TwoWayFixedEffects {
  readonly att: number;
  readonly se: number;
}

/**
 * Coefficient of "treated by now" in a regression of the outcome on unit and period effects, standard error clustered
 * without small-sample factor. Biased where effects differ over cohorts or time (Goodman-Bacon 2021): a warning only.
 * Null where it is not identified. By Frisch, Waugh and Lovell: the treatment is residualised on both effects; its residuals
 * add up to zero within each unit, so that unit effects of the outcome drop out.
 */
export function twoWayFixedEffects(panel: Panel): TwoWayFixedEffects | null {
  const { units, periods, outcome } = panel;
  const { counts, means } = unitMeans(panel);
  const system = periodSystem(panel, counts);
  if (system === null) return null;
  const levelOf = periodEffects(system, centredSums(panel, means));
  const cohort = cohortOfUnits(panel);
  const treatment = treatmentEffects(panel, cohort, counts, system);
  const cross = new Float64Array(units);
  const square = new Float64Array(units);
  for (let period = 0; period < periods; period++) {
    const time = period + panel.firstPeriod;
    const treatmentOfPeriod = treatment.ofPeriod[period]!;
    const levelOfPeriod = levelOf[period]!;
    for (let unit = 0, cell = period * units; unit < units; unit++, cell++) {
      const value = outcome[cell]!;
      if (Number.isNaN(value)) continue;
      const rest = (time >= cohort[unit]! ? 1 : 0) - treatment.ofUnit[unit]! - treatmentOfPeriod;
      cross[unit]! += rest * (value - levelOfPeriod);
      square[unit]! += rest * rest;
    }
  }
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const variation = total(square);
  if (!(variation > 1e-9)) return null;
  const att = total(cross) / variation;
  const influence = cross.map((value, unit) => ((value - att * square[unit]!) * units) / variation);
  const se = standardErrorOf(sumByCluster(panel, influence), units);
  return { att, se: se < roundingFloor(panel) ? 0 : se };
}

/** Observed periods and mean outcome of each unit. */
function unitMeans(panel: Panel): { counts: Int32Array; means: Float64Array } {
  const { units, periods, outcome } = panel;
  const counts = new Int32Array(units);
  const means = new Float64Array(units);
  for (let period = 0; period < periods; period++) {
    for (let unit = 0, cell = period * units; unit < units; unit++, cell++) {
      const value = outcome[cell]!;
      if (Number.isNaN(value)) continue;
      counts[unit]!++;
      means[unit]! += value;
    }
  }
  for (let unit = 0; unit < units; unit++) means[unit]! /= Math.max(1, counts[unit]!);
  return { counts, means };
}

/** Σ over the observed units of (outcome − unit mean), by period. */
function centredSums(panel: Panel, means: Float64Array): Float64Array {
  const { units, periods, outcome } = panel;
  const sums = new Float64Array(periods);
  for (let period = 0; period < periods; period++) {
    let sum = 0;
    for (let unit = 0, cell = period * units; unit < units; unit++, cell++) {
      const value = outcome[cell]!;
      if (!Number.isNaN(value)) sum += value - means[unit]!;
    }
    sums[period] = sum;
  }
  return sums;
}

/** Least-squares unit and period effects of the treatment over the observed outcomes. */
function treatmentEffects(panel: Panel, cohort: Float64Array, counts: Int32Array, system: SquareMatrix) {
  const { units, periods, outcome } = panel;
  const ofUnit = new Float64Array(units);
  const sums = new Float64Array(periods);
  const treated = panel.never.start;
  for (let period = 0; period < periods; period++) {
    const time = period + panel.firstPeriod;
    for (let unit = 0, cell = period * units; unit < treated; unit++, cell++) {
      if (time >= cohort[unit]! && !Number.isNaN(outcome[cell]!)) ofUnit[unit]! += 1 / counts[unit]!;
    }
  }
  for (let period = 0; period < periods; period++) {
    const time = period + panel.firstPeriod;
    for (let unit = 0, cell = period * units; unit < treated; unit++, cell++) {
      if (!Number.isNaN(outcome[cell]!)) sums[period]! += (time >= cohort[unit]! ? 1 : 0) - ofUnit[unit]!;
    }
  }
  const ofPeriod = periodEffects(system, sums);
  const mean = ofPeriod.reduce((sum, effect) => sum + effect, 0) / periods;
  for (let unit = 0; unit < units; unit++)
    ofUnit[unit]! -= counts[unit] === periods ? mean : meanObserved(panel, unit, ofPeriod);
  return { ofUnit, ofPeriod };
}

function meanObserved(panel: Panel, unit: number, ofPeriod: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let period = 0; period < panel.periods; period++) {
    if (Number.isNaN(panel.outcome[period * panel.units + unit]!)) continue;
    sum += ofPeriod[period]!;
    count++;
  }
  return sum / count;
}

/** Period effects, 0 in period 0, from the sums of the centred values by period. */
function periodEffects(system: SquareMatrix, sums: Float64Array): Float64Array {
  const effects = new Float64Array(sums.length);
  effects.set(choleskySolve(system, sums.subarray(1)), 1);
  return effects;
}

/** Normal equations of the period effects once the unit effects are concentrated out, factored; null where singular. */
function periodSystem(panel: Panel, counts: Int32Array): SquareMatrix | null {
  const { units, periods, outcome } = panel;
  const size = periods - 1;
  if (size < 1 || units === 0) return null;
  const matrix = squareMatrix(size);
  const seen = new Int32Array(periods);
  let complete = 0;
  for (let unit = 0; unit < units; unit++) {
    const count = counts[unit]!;
    if (count === periods) {
      complete++;
      continue;
    }
    for (let period = 0, at = 0; period < periods; period++)
      if (!Number.isNaN(outcome[period * units + unit]!)) seen[at++] = period;
    for (let a = 0; a < count; a++) {
      const row = seen[a]! - 1;
      if (row < 0) continue;
      matrix.values[row * size + row]! += 1;
      for (let b = 0; b < count; b++)
        if (seen[b]! > 0) matrix.values[row * size + seen[b]! - 1]! -= 1 / count;
    }
  }
  for (let row = 0; row < size; row++) {
    matrix.values[row * size + row]! += complete;
    for (let column = 0; column < size; column++) matrix.values[row * size + column]! -= complete / periods;
  }
  return cholesky(matrix);
}
