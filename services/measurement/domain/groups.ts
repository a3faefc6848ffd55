import { xorHashes } from './facts.ts';
import { chosenSlots, type MonthFigure, type MonthsOf, monthFigure } from './figures.ts';
import type { Firm } from './firm.ts';
import type { Kpi, NullReason } from './kpi.ts';
import { type Ratio, ratioOf } from './ratio.ts';
import type { Slot, SlotKind } from './slots.ts';

/** Whose figures are taken together. */
export interface Scope {
  /** `chain`: the leader and its suppliers; `suppliers`: without the leader; `leader`: the leader alone. */
  readonly level: 'province' | 'city' | 'district' | 'zone' | 'chain' | 'suppliers' | 'leader';
  /** Region code, zone's name, or the leader's USCC. */
  readonly code: string;
}

const LEADER_LEVELS = ['chain', 'suppliers', 'leader'] as const;

/** Reads `region:<code>`, `zone:<name>`, `chain:<USCC>`, `suppliers:<USCC>` or `leader:<USCC>`; null for anything else. */
export function scopeOf(text: string): Scope | null {
  const cut = text.indexOf(':');
  const [kind, code] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 0 || code === '') return null;
  const level = LEADER_LEVELS.find((candidate) => candidate === kind);
  if (level !== undefined) return { level, code };
  if (kind === 'zone') return { level: 'zone', code };
  if (kind !== 'region' || !/^[1-8]\d{5}$/.test(code)) return null;
  return { level: code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'city' : 'district', code };
}

export const scopeText = ({ level, code }: Scope): string =>
  level === 'province' || level === 'city' || level === 'district' ? `region:${code}` : `${level}:${code}`;

/** First digits that the codes of a region share. */
export const regionPrefix = (code: string): string => code.replace(/(0000|00)$/, '');

/** Whether a firm's nominations or trade put it into a scope. */
export function isWithin(firm: Pick<Firm, '_id' | 'places' | 'chains'>, scope: Scope): boolean {
  switch (scope.level) {
    case 'province':
    case 'city':
    case 'district':
      return firm.places.some((place) => /^\d{6}$/.test(place) && place.startsWith(regionPrefix(scope.code)));
    case 'zone':
      return firm.places.includes(scope.code);
    case 'leader':
      return firm._id === scope.code;
    case 'suppliers':
      return firm._id !== scope.code && firm.chains.includes(scope.code);
    case 'chain':
      return firm._id === scope.code || firm.chains.includes(scope.code);
    default: {
      const unknown: never = scope.level;
      return unknown;
    }
  }
}

/** One KPI of several firms in a month. */
export interface GroupFigure extends MonthFigure {
  /** Firms with a figure, and without one: reason → how many. */
  readonly firms: readonly string[];
  readonly without: Readonly<Partial<Record<NullReason, number>>>;
}

/**
 * Takes a month of several firms together, from sums, never from a mean of ratios. Firms without a figure are left out
 * of both sides and counted.
 */
export function groupFigure(
  kpi: Kpi,
  members: readonly { readonly uscc: string; readonly months: MonthsOf }[],
  period: string,
): GroupFigure {
  const figures = members.map(({ uscc, months }) => ({
    uscc,
    month: months(period),
    figure: monthFigure(kpi, months(period), period),
  }));
  const known = figures.filter(({ figure }) => figure.numerator !== null);
  const without: Partial<Record<NullReason, number>> = {};
  for (const { figure } of figures)
    if (figure.reason !== null) without[figure.reason] = (without[figure.reason] ?? 0) + 1;
  const pooled =
    known.length === 0
      ? null
      : kpi.pool === 'ratio'
        ? sumOfRatios(known.map(({ figure }) => figure))
        : formulaOfSums(
            kpi,
            known.map(({ month }) => month),
            period,
          );
  const [reason] = (Object.entries(without) as [NullReason, number][]).sort((a, b) => b[1] - a[1])[0] ?? [
    'NO_DATA' as const,
  ];
  const classes = new Set(known.flatMap(({ figure }) => figure.sourceClass?.split('+') ?? []));
  return {
    period,
    numerator: pooled?.numerator ?? null,
    denominator: pooled?.denominator ?? null,
    reason: pooled === null ? reason : null,
    sourceClass: classes.size === 0 ? null : [...classes].sort().join('+'),
    grade: known.reduce<MonthFigure['grade']>(
      (worst, { figure }) => (worst === null || (figure.grade ?? 'a') > worst ? figure.grade : worst),
      null,
    ),
    events: known.reduce((sum, { figure }) => sum + figure.events, 0),
    superseded: known.reduce((sum, { figure }) => sum + figure.superseded, 0),
    hash: known.reduce((hash, { figure }) => xorHashes(hash, figure.hash), '0'.repeat(32)),
    firms: known.map(({ uscc }) => uscc),
    without,
  };
}

function sumOfRatios(figures: readonly MonthFigure[]): Ratio {
  let [numerator, denominator] = [0n, 0n];
  for (const figure of figures) {
    numerator += BigInt(figure.numerator ?? 0);
    denominator += BigInt(figure.denominator ?? 0);
  }
  return ratioOf(numerator, denominator);
}

function formulaOfSums(
  kpi: Kpi,
  months: readonly Parameters<typeof chosenSlots>[1][],
  period: string,
): Ratio | null {
  const sums = new Map<SlotKind, Slot>();
  for (const month of months)
    for (const [kind, { slot }] of chosenSlots(kpi, month)) {
      const sum = sums.get(kind);
      const v = slot.v.map((value, index) => (value ?? 0) + (sum?.v[index] ?? 0));
      sums.set(kind, { t: 0, n: 0, x: '', v });
    }
  const result = kpi.month((kind) => sums.get(kind), period);
  return 'reason' in result ? null : result;
}
