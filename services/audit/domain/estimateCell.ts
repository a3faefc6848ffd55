import { type CellEstimate, meanDifference } from './cellEstimate.ts';
import type { Cell } from './cells.ts';
import { doublyRobust } from './doublyRobust.ts';
import type { Panel } from './panel.ts';

/** Estimates one cell, with covariates where the panel has them. See `meanDifference` for what `influence` receives. */
export function estimateCell(panel: Panel, cell: Cell, influence: Float64Array): CellEstimate {
  return panel.covariates.length === 0
    ? meanDifference(panel, cell, influence)
    : doublyRobust(panel, cell, influence);
}
