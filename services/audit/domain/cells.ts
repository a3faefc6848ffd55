import type { CohortRange, Panel, UnitRange } from './panel.ts';

export type ControlGroup = 'never' | 'notyet';
export type BasePeriod = 'varying' | 'universal';

/**
 * pre: before any effect may show, a placebo · reference: the universal base itself, 0 by construction ·
 * anticipation: from g − δ to g − 1 · post: from g on.
 */
export type CellKind = 'pre' | 'reference' | 'anticipation' | 'post';

/** One comparison of a cohort's change between two periods with that of its controls. */
export interface Cell {
  readonly cohort: CohortRange;
  /** Calendar period. */
  readonly time: number;
  /** Periods since the first treated one; negative before. */
  readonly event: number;
  readonly kind: CellKind;
  /** Period index of `time` and of the period it is compared with. */
  readonly period: number;
  readonly base: number;
  readonly controls: readonly UnitRange[];
}

export interface CellOptions {
  readonly control: ControlGroup;
  readonly base: BasePeriod;
  readonly anticipation: number;
}

/**
 * All cells of a panel, by cohort, then time. Base period: g − 1 − δ from g − δ on; before, the period before
 * (varying) or g − 1 − δ (universal). Not-yet-treated controls are untreated through δ periods after the later of
 * both compared periods.
 */
export function planCells(panel: Panel, options: CellOptions): Cell[] {
  const cells: Cell[] = [];
  for (const cohort of panel.cohorts) {
    const reference = referenceOf(panel, cohort, options);
    for (let period = options.base === 'varying' ? 1 : 0; period < panel.periods; period++) {
      const event = period + panel.firstPeriod - cohort.cohort;
      const isPlacebo = event < -options.anticipation;
      cells.push(
        cellBetween(
          panel,
          cohort,
          period,
          isPlacebo && options.base === 'varying' ? period - 1 : reference,
          options,
        ),
      );
    }
  }
  return cells;
}

/** The last period before any effect of the treatment may show, as an index. */
export const referenceOf = (panel: Panel, cohort: CohortRange, options: CellOptions): number =>
  cohort.cohort - 1 - options.anticipation - panel.firstPeriod;

/** Periods up to the base period in which some unit of the cohort has an outcome. */
export function periodsBefore(panel: Panel, cohort: CohortRange, options: CellOptions): number {
  const reference = Math.min(referenceOf(panel, cohort, options), panel.periods - 1);
  let seen = 0;
  for (let period = 0; period <= reference; period++) {
    const outcomes = panel.outcome.subarray(
      period * panel.units + cohort.start,
      period * panel.units + cohort.end,
    );
    if (outcomes.some((outcome) => !Number.isNaN(outcome))) seen++;
  }
  return seen;
}

/** The comparison of `period` with `base` (both indexes) for one cohort. */
export function cellBetween(
  panel: Panel,
  cohort: CohortRange,
  period: number,
  base: number,
  options: CellOptions,
): Cell {
  const event = period + panel.firstPeriod - cohort.cohort;
  const untreatedThrough = Math.max(period, base) + panel.firstPeriod + options.anticipation;
  return {
    cohort,
    time: period + panel.firstPeriod,
    event,
    kind: kindOf(event, period === base, options),
    period,
    base,
    controls: controlRanges(panel, cohort, options.control, untreatedThrough),
  };
}

function kindOf(event: number, isBase: boolean, options: CellOptions): CellKind {
  if (event >= 0) return 'post';
  if (event >= -options.anticipation) return 'anticipation';
  return isBase ? 'reference' : 'pre';
}

function controlRanges(
  panel: Panel,
  own: CohortRange,
  control: ControlGroup,
  untreatedThrough: number,
): UnitRange[] {
  const first =
    control === 'never' ? undefined : panel.cohorts.find((range) => range.cohort > untreatedThrough);
  const start = first?.start ?? panel.never.start;
  const end = panel.never.end;
  const ranges =
    own.start < start
      ? [{ start, end }]
      : [
          { start, end: own.start },
          { start: own.end, end },
        ];
  return ranges.filter((range) => range.end > range.start);
}
