import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { EMPTY_SET_HASH } from './facts.ts';
import { type MonthFigure, type MonthsOf, monthFigure, type WindowFigure, windowFigure } from './figures.ts';
import type { Kpi, NullReason } from './kpi.ts';
import { KPIS } from './kpis.ts';
import { changeOf, shownValue } from './ratio.ts';
import type { Frozen, FrozenFigure } from './records.ts';

export const BASELINE_MONTHS = 12;
export const BASELINE_MIN_MONTHS = 4;
/** Months before the contract that are searched for complete ones. */
const BASELINE_REACH = 24;
export const WINDOW_MONTHS = 12;
export const WINDOW_MIN_MONTHS = 6;

/** The latest 12 complete months of a KPI before the contract month, in rising order. */
export function baselineMonths(kpi: Kpi, months: MonthsOf, contractMonth: string): MonthFigure[] {
  return periodsBetween(addMonths(contractMonth, -BASELINE_REACH), addMonths(contractMonth, -1))
    .map((period) => monthFigure(kpi, months(period), period))
    .filter((figure) => figure.numerator !== null)
    .slice(-BASELINE_MONTHS);
}

export interface BaselineContent {
  readonly months: readonly string[];
  readonly figures: Readonly<Record<string, FrozenFigure>>;
  readonly eventCount: number;
}

/** `<KPI id>@<month>`: one month of a frozen baseline. */
export const frozenMonthKey = (kpi: Kpi, period: string): string => `${kpi.id}@${period}`;

/**
 * The baseline of a firm: of every KPI the figure of its latest 12 complete months before the contract, null with
 * BASELINE_SHORT below 4, and each of those months by itself. `months` are those of inventory turns or, without stock
 * ledgers, of whatever was reported.
 * @param months what was known at the time of the contract
 */
export function freezeBaseline(months: MonthsOf, contractMonth: string): BaselineContent {
  const figures: Record<string, FrozenFigure> = {};
  const reported = new Set<string>();
  let eventCount = 0;
  for (const kpi of KPIS) {
    const complete = baselineMonths(kpi, months, contractMonth);
    for (const figure of complete) {
      figures[frozenMonthKey(kpi, figure.period)] = {
        numerator: figure.numerator,
        denominator: figure.denominator,
        months: 1,
        ...(figure.sourceClass ? { sourceClass: figure.sourceClass } : {}),
        ...(figure.grade ? { grade: figure.grade } : {}),
      };
      reported.add(figure.period);
      eventCount += figure.events;
    }
    const whole = windowFigure(kpi, complete);
    const short: NullReason | null =
      complete.length === 0 ? 'NO_DATA' : complete.length < BASELINE_MIN_MONTHS ? 'BASELINE_SHORT' : null;
    figures[kpi.id] = {
      numerator: short ? null : whole.numerator,
      denominator: short ? null : whole.denominator,
      months: complete.length,
      ...(short ? { reason: short } : {}),
      ...(whole.sourceClass ? { sourceClass: whole.sourceClass } : {}),
      ...(whole.grade ? { grade: whole.grade } : {}),
      version: kpi.version,
    };
  }
  return { months: [...reported].sort().slice(-BASELINE_MONTHS), figures, eventCount };
}

export interface Improvement {
  readonly kpi: string;
  readonly before: WindowFigure;
  readonly after: WindowFigure;
  /** after ÷ before − 1 */
  readonly change: number | null;
  readonly reason: NullReason | null;
  /** Whether before and after are the same months of the year. */
  readonly seasonMatched: boolean;
  /** Whether the source class or evidence grade differs before and after. */
  readonly measurementChanged: boolean;
}

/** Whether both sides are known: so they may be where no change in per cent follows from them. */
export const isCompared = ({ change, reason }: Improvement): boolean =>
  change !== null || reason === 'BASE_NOT_POSITIVE';

const EMPTY: WindowFigure = {
  months: [],
  numerator: null,
  denominator: null,
  reason: 'NO_DATA',
  sourceClass: null,
  grade: null,
  events: 0,
};

/** A frozen month as a figure. */
function frozenMonth(frozen: Frozen, kpi: Kpi, period: string): MonthFigure | null {
  const figure = frozen.figures[frozenMonthKey(kpi, period)];
  if (figure === undefined || figure.numerator === null || figure.denominator === null) return null;
  return {
    period,
    numerator: figure.numerator,
    denominator: figure.denominator,
    reason: null,
    sourceClass: figure.sourceClass ?? null,
    grade: (figure.grade as MonthFigure['grade']) ?? null,
    events: 0,
    superseded: 0,
    hash: EMPTY_SET_HASH,
  };
}

/** Version of the definition that a KPI was frozen under. */
export const frozenVersion = (frozen: Frozen, kpi: Kpi): number => frozen.figures[kpi.id]?.version ?? 1;

/** The months of a KPI; none where it was frozen under another definition, since such figures are not to be compared. */
export function frozenMonths(frozen: Frozen, kpi: Kpi): MonthFigure[] {
  if (frozenVersion(frozen, kpi) !== kpi.version) return [];
  const prefix = `${kpi.id}@`;
  return Object.keys(frozen.figures)
    .filter((key) => key.startsWith(prefix))
    .sort()
    .flatMap((key) => frozenMonth(frozen, kpi, key.slice(prefix.length)) ?? []);
}

/** The figure of one KPI of one firm in a month. */
export type FigureOf = (period: string) => MonthFigure;

/** Latest 12 complete months from `first` to `last`. */
function afterMonths(figureOf: FigureOf, first: string, last: string): MonthFigure[] {
  return periodsBetween(first, last)
    .map(figureOf)
    .filter((figure) => figure.numerator !== null)
    .slice(-WINDOW_MONTHS);
}

/**
 * What a KPI changed against the frozen baseline, under the same definition. After = the latest 12 complete months since the
 * month after going live, at least 6. The same months of the year are compared, each once: at least 6 of them, or all of
 * a baseline that has 4 or 5; with fewer there is no figure.
 */
export function improvementOf(
  kpi: Kpi,
  frozen: Frozen | undefined,
  figureOf: FigureOf,
  first: string,
  last: string,
): Improvement {
  const none = (reason: NullReason, after: WindowFigure = EMPTY): Improvement => ({
    kpi: kpi.id,
    before: EMPTY,
    after,
    change: null,
    reason,
    seasonMatched: false,
    measurementChanged: false,
  });
  const complete = afterMonths(figureOf, first, last);
  const whole = windowFigure(kpi, complete);
  if (frozen === undefined) return none('BASELINE_MISSING', whole);
  if (frozenVersion(frozen, kpi) !== kpi.version) return none('DEFINITION_CHANGED', whole);
  const base = frozenMonths(frozen, kpi);
  if (base.length < BASELINE_MIN_MONTHS) return none('BASELINE_SHORT', whole);
  if (complete.length < WINDOW_MIN_MONTHS) return none('WINDOW_SHORT', whole);
  const [before, after] = seasonPairs(base, complete);
  if (after.length < Math.min(WINDOW_MIN_MONTHS, base.length)) return none('SEASON_UNMATCHED', whole);
  const beforeFigure = windowFigure(kpi, before);
  const afterFigure = windowFigure(kpi, after);
  const change = changeOf(shownValue(beforeFigure), shownValue(afterFigure));
  return {
    kpi: kpi.id,
    before: beforeFigure,
    after: afterFigure,
    change,
    reason: change === null ? 'BASE_NOT_POSITIVE' : null,
    seasonMatched: true,
    measurementChanged:
      beforeFigure.sourceClass !== afterFigure.sourceClass || beforeFigure.grade !== afterFigure.grade,
  };
}

/** Months of the year that both sides have, each once: where gaps make a side reach over more than a year, its latest. */
function seasonPairs(
  before: readonly MonthFigure[],
  after: readonly MonthFigure[],
): readonly [MonthFigure[], MonthFigure[]] {
  const latestOf = (figures: readonly MonthFigure[]) =>
    new Map(figures.map((figure) => [figure.period.slice(5), figure]));
  const [earlier, later] = [latestOf(before), latestOf(after)];
  const matched = [...later.values()]
    .filter(({ period }) => earlier.has(period.slice(5)))
    .sort((a, b) => (a.period < b.period ? -1 : 1));
  return [matched.flatMap(({ period }) => earlier.get(period.slice(5)) ?? []), matched];
}
