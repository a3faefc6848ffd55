import type { Cell } from './cells.ts';
import type { Panel, UnitRange } from './panel.ts';

/** Why a cell has no estimate. */
export type CellGap =
  | 'no treated unit is seen in both periods'
  | 'no control unit is seen in both periods'
  | CovariateGap;
export type CovariateGap =
  | 'the covariates are collinear among the controls'
  | 'the propensity score does not converge: covariates separate treated from controls'
  | 'no control is left after trimming';

export type CellEstimate =
  | {
      readonly status: 'estimated';
      readonly att: number;
      readonly nTreated: number;
      readonly nControl: number;
      readonly trimmed: number;
    }
  | {
      readonly status: 'missing';
      readonly reason: CellGap;
      readonly nTreated: number;
      readonly nControl: number;
    };

/** The ranges of units that take part in a cell: the cohort, then its controls. */
export const rangesOf = (cell: Cell): readonly UnitRange[] => [cell.cohort, ...cell.controls];

/**
 * Unconditional ATT(g,t): mean change of the cohort less mean change of its controls, over the units seen in both
 * periods (Callaway and Sant'Anna 2021, eq. 2.4 without covariates). Writes each unit's influence, in units of the
 * outcome and scaled such that the standard error is √(Σψ²)/n over the panel's n units, into `influence`.
 */
export function meanDifference(panel: Panel, cell: Cell, influence: Float64Array): CellEstimate {
  const { outcome, units } = panel;
  const at = cell.period * units;
  const from = cell.base * units;
  const treated = changeOver(outcome, at, from, [cell.cohort]);
  const control = changeOver(outcome, at, from, cell.controls);
  const counts = { nTreated: treated.count, nControl: control.count };
  if (treated.count === 0)
    return { status: 'missing', reason: 'no treated unit is seen in both periods', ...counts };
  if (control.count === 0)
    return { status: 'missing', reason: 'no control unit is seen in both periods', ...counts };
  const treatedMean = treated.sum / treated.count;
  const controlMean = control.sum / control.count;
  writeInfluence(outcome, at, from, cell.cohort, treatedMean, units / treated.count, influence);
  for (const range of cell.controls)
    writeInfluence(outcome, at, from, range, controlMean, -units / control.count, influence);
  return { status: 'estimated', att: treatedMean - controlMean, ...counts, trimmed: 0 };
}

function changeOver(
  outcome: Float64Array,
  at: number,
  from: number,
  ranges: readonly UnitRange[],
): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (const { start, end } of ranges) {
    for (let unit = start; unit < end; unit++) {
      const change = outcome[at + unit]! - outcome[from + unit]!;
      if (!Number.isNaN(change)) {
        sum += change;
        count++;
      }
    }
  }
  return { sum, count };
}

function writeInfluence(
  outcome: Float64Array,
  at: number,
  from: number,
  range: UnitRange,
  mean: number,
  scale: number,
  influence: Float64Array,
): void {
  for (let unit = range.start; unit < range.end; unit++) {
    const change = outcome[at + unit]! - outcome[from + unit]!;
    influence[unit] = !Number.isNaN(change) ? scale * (change - mean) : 0;
  }
}
