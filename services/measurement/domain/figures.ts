import { EMPTY_SET_HASH, xorHashes } from './facts.ts';
import type { FirmMonth, FirmYear } from './firmYear.ts';
import type { Kpi, NullReason } from './kpi.ts';
import {
  bestSlot,
  type ChosenSlot,
  type Grade,
  SLOT_CLASSES,
  type SlotClass,
  type SlotKind,
} from './slots.ts';

/** One figure of one firm and month: integers, or null with a reason. */
export interface MonthFigure {
  readonly period: string;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly reason: NullReason | null;
  /** Source classes it rests on, joined by '+'. */
  readonly sourceClass: string | null;
  /** The worst evidence grade among what it rests on. */
  readonly grade: Grade | null;
  /** Statements it rests on, those superseded by a later one included. */
  readonly events: number;
  readonly superseded: number;
  /** XOR of their content hashes. */
  readonly hash: string;
}

export type MonthsOf = (period: string) => FirmMonth | undefined;

/** Looks months up in a firm's year documents. */
export function monthsOf(years: readonly FirmYear[]): MonthsOf {
  const byYear = new Map(years.map((year) => [String(year.year), year.months]));
  return (period) => byYear.get(period.slice(0, 4))?.[period.slice(5)];
}

/** Of each kind of report that a KPI needs, the statement with the best evidence, or that of the source classes asked for. */
export function chosenSlots(
  kpi: Kpi,
  month: FirmMonth | undefined,
  only?: readonly SlotClass[],
): ReadonlyMap<SlotKind, ChosenSlot> {
  const chosen = new Map<SlotKind, ChosenSlot>();
  for (const kind of kpi.kinds) {
    const option = bestSlot(month?.slots?.[kind], only);
    if (option !== undefined) chosen.set(kind, option);
  }
  return chosen;
}

type Basis = Pick<MonthFigure, 'sourceClass' | 'grade' | 'events' | 'superseded' | 'hash'>;

function basisOf(used: readonly ChosenSlot[]): Basis {
  const [first, ...others] = used;
  if (first === undefined)
    return { sourceClass: null, grade: null, events: 0, superseded: 0, hash: EMPTY_SET_HASH };
  const { sourceClass, grade, slot } = first;
  // Most figures rest on one statement, and every event that comes in asks for several figures.
  if (others.length === 0)
    return { sourceClass, grade, events: slot.n, superseded: slot.n - 1, hash: slot.x };
  return {
    sourceClass: [...new Set(used.map((one) => one.sourceClass))].sort().join('+'),
    grade: others.reduce<Grade>((worst, one) => (one.grade > worst ? one.grade : worst), grade),
    events: used.reduce((sum, one) => sum + one.slot.n, 0),
    superseded: used.reduce((sum, one) => sum + one.slot.n - 1, 0),
    hash: others.reduce((hash, one) => xorHashes(hash, one.slot.x), slot.x),
  };
}

/** The figure of a month; of each kind of report the source class with the best evidence is taken, or the one asked for. */
export function monthFigure(
  kpi: Kpi,
  month: FirmMonth | undefined,
  period: string,
  only?: readonly SlotClass[],
): MonthFigure {
  const chosen = chosenSlots(kpi, month, only);
  const result = kpi.month((kind) => chosen.get(kind)?.slot, period);
  const rests = { period, ...basisOf([...chosen.values()]) };
  const onlyHeld =
    kpi.kinds.includes('inventory') && !chosen.has('inventory') && month?.holdings !== undefined;
  // What rests on the reports comes last: V8 gives an object that is begun by spreading another a description of its own.
  return 'reason' in result
    ? { numerator: null, denominator: null, reason: onlyHeld ? 'CONSIGNMENT_ONLY' : result.reason, ...rests }
    : { numerator: result.numerator, denominator: result.denominator, reason: null, ...rests };
}

/** The same figure by every source class that states all it needs, best evidence first; more than one where sources overlap. */
export function figuresBySource(kpi: Kpi, month: FirmMonth | undefined, period: string): MonthFigure[] {
  return SLOT_CLASSES.map((sourceClass) => monthFigure(kpi, month, period, [sourceClass])).filter(
    (figure) => figure.numerator !== null,
  );
}

/** A figure over several months of one firm, or over several firms. */
export interface WindowFigure {
  readonly months: readonly string[];
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly reason: NullReason | null;
  readonly sourceClass: string | null;
  readonly grade: string | null;
  readonly events: number;
}

/** Combines months that have a value. */
export function windowFigure(kpi: Kpi, figures: readonly MonthFigure[]): WindowFigure {
  const complete = figures.flatMap((figure) =>
    figure.numerator === null || figure.denominator === null
      ? []
      : [{ ...figure, numerator: figure.numerator, denominator: figure.denominator }],
  );
  const combined = complete.length === 0 ? null : kpi.combine(complete);
  const classes = new Set(complete.flatMap((figure) => figure.sourceClass?.split('+') ?? []));
  return {
    months: complete.map((figure) => figure.period),
    numerator: combined?.numerator ?? null,
    denominator: combined?.denominator ?? null,
    reason: combined === null ? 'NO_DATA' : null,
    sourceClass: classes.size === 0 ? null : [...classes].sort().join('+'),
    grade: complete.reduce<string | null>(
      (worst, figure) =>
        figure.grade !== null && (worst === null || figure.grade > worst) ? figure.grade : worst,
      null,
    ),
    events: complete.reduce((sum, figure) => sum + figure.events, 0),
  };
}
