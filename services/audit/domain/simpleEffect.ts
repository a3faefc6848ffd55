import { WeightedCells } from './aggregate.ts';
import { rangesOf } from './cellEstimate.ts';
import { type CellOptions, planCells } from './cells.ts';
import { estimateCell } from './estimateCell.ts';
import type { Panel } from './panel.ts';
import { roundingFloor, standardErrorOf, sumByCluster } from './standardError.ts';

/** The simple aggregate alone, for what re-estimates many times; null where no post-treatment cell can be estimated. */
export function simpleEffect(panel: Panel, options: CellOptions): { att: number; se: number } | null {
  const cells = new WeightedCells(panel);
  const influence = new Float64Array(panel.units);
  for (const cell of planCells(panel, options)) {
    if (cell.kind !== 'post') continue;
    const estimate = estimateCell(panel, cell, influence);
    if (estimate.status === 'missing') continue;
    cells.add(cell, estimate.att, influence);
    for (const { start, end } of rangesOf(cell)) influence.fill(0, start, end);
  }
  const aggregate = cells.finish();
  if (aggregate === null) return null;
  const se = standardErrorOf(sumByCluster(panel, aggregate.influence), panel.units);
  return { att: aggregate.att, se: se < roundingFloor(panel) ? 0 : se };
}
