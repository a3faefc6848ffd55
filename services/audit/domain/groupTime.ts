import type { GroupTimeCell } from '../../../schemas/api/audit.ts';
import { type Aggregate, WeightedCells } from './aggregate.ts';
import { rangesOf } from './cellEstimate.ts';
import type { Cell } from './cells.ts';
import { estimateCell } from './estimateCell.ts';
import type { Panel } from './panel.ts';
import { standardErrorOf, sumByCluster } from './standardError.ts';
import { PlaceboCells } from './wald.ts';

/** All cells of a panel, estimated, and what the aggregates and tests need of them. */
export interface GroupTimeEstimates {
  readonly cells: readonly GroupTimeCell[];
  readonly simple: Aggregate | null;
  readonly byEvent: ReadonlyMap<number, Aggregate | 'reference'>;
  readonly byCohort: ReadonlyMap<number, Aggregate>;
  readonly byTime: ReadonlyMap<number, Aggregate>;
  readonly placebo: PlaceboCells;
  /** Control observations trimmed for lack of overlap, and cells with any. */
  readonly trimmed: { readonly controls: number; readonly cells: number };
  /** Cohorts (first treated periods) with an estimated post-treatment cell. */
  readonly estimatedCohorts: ReadonlySet<number>;
}

/** Estimates every planned cell once and folds its influence into each aggregate that it belongs to. */
export function estimateGroupTimes(panel: Panel, plan: readonly Cell[]): GroupTimeEstimates {
  const cells: GroupTimeCell[] = [];
  const byEvent = new Map<number, WeightedCells>();
  const byCohort = new Map<number, WeightedCells>();
  const byTime = new Map<number, WeightedCells>();
  const references = new Set<number>();
  const placebo = new PlaceboCells(panel);
  const trimmed = { controls: 0, cells: 0 };
  const influence = new Float64Array(panel.units);
  for (const cell of plan) {
    const estimate = estimateCell(panel, cell, influence);
    const { nTreated, nControl } = estimate;
    const row = { group: cell.cohort.cohort, time: cell.time, nTreated, nControl, kind: cell.kind };
    if (cell.kind === 'reference') {
      references.add(cell.event);
      cells.push({ ...row, att: 0, se: null });
    } else if (estimate.status === 'missing') {
      cells.push({ ...row, att: null, se: null, reason: estimate.reason });
    } else {
      cells.push({
        ...row,
        att: estimate.att,
        se: cellError(panel, cell, influence),
      });
      const targets = [weighted(byEvent, cell.event, panel)];
      if (cell.kind === 'post')
        targets.push(weighted(byCohort, cell.cohort.cohort, panel), weighted(byTime, cell.time, panel));
      for (const target of targets) target.add(cell, estimate.att, influence);
      if (cell.kind === 'pre') placebo.add(cell, estimate.att, influence);
      if (estimate.trimmed > 0) {
        trimmed.controls += estimate.trimmed;
        trimmed.cells++;
      }
    }
    for (const { start, end } of rangesOf(cell)) influence.fill(0, start, end);
  }
  const events = new Map<number, Aggregate | 'reference'>(finished(byEvent));
  for (const event of references) if (!events.has(event)) events.set(event, 'reference');
  const simple = new WeightedCells(panel);
  for (const cohort of byCohort.values()) simple.addAll(cohort);
  const cohorts = finished(byCohort);
  return {
    cells,
    simple: simple.finish(),
    byEvent: new Map([...events].sort(([a], [b]) => a - b)),
    byCohort: cohorts,
    byTime: finished(byTime),
    placebo,
    trimmed,
    estimatedCohorts: new Set(cohorts.keys()),
  };
}

function cellError(panel: Panel, cell: Cell, influence: Float64Array): number {
  if (panel.cluster !== null) return standardErrorOf(sumByCluster(panel, influence), panel.units);
  let square = 0;
  for (const { start, end } of rangesOf(cell)) {
    for (let unit = start; unit < end; unit++) square += influence[unit]! * influence[unit]!;
  }
  return Math.sqrt(square) / panel.units;
}

function weighted(map: Map<number, WeightedCells>, key: number, panel: Panel): WeightedCells {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new WeightedCells(panel);
  map.set(key, made);
  return made;
}

function finished(map: ReadonlyMap<number, WeightedCells>): Map<number, Aggregate> {
  const done = new Map<number, Aggregate>();
  for (const key of [...map.keys()].sort((a, b) => a - b)) {
    const aggregate = map.get(key)?.finish();
    if (aggregate) done.set(key, aggregate);
  }
  return done;
}
