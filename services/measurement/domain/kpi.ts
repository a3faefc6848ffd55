import { daysInPeriod } from '../../../schemas/time.ts';
import { type Ratio, ratioOfProducts } from './ratio.ts';
import { SLOT_FIELDS, type Slot, type SlotKind } from './slots.ts';

/** Why a figure is missing. A missing figure is never zero. */
export const NULL_REASONS = {
  NO_DATA: 'nothing was reported for this month',
  CONSIGNMENT_ONLY: 'only stock that others hold on consignment was reported; the own ledger is missing',
  NO_COGS: 'the stock ledger was closed without cost of goods sold',
  ZERO_COGS: 'no goods were sold',
  ZERO_STOCK: 'opening and closing stock are both zero',
  ZERO_HOURS: 'no working hours were reported',
  ZERO_REVENUE: 'no revenue was reported',
  ZERO_UNITS: 'no units were reported',
  ZERO_HEADCOUNT: 'no staff were reported',
  CURRENCY: 'stated in another currency than CNY',
  NO_APPROVALS: 'no approval was decided in this month',
  NO_CONTRACT: 'no contract was signed',
  BASELINE_MISSING: 'no baseline was frozen before the contract',
  BASELINE_SHORT: 'fewer than 4 complete months before the contract',
  WINDOW_SHORT: 'fewer than 6 complete months since going live',
  SEASON_UNMATCHED: 'the baseline lacks the same months of the year',
  BASE_NOT_POSITIVE: 'the figure before is zero or below, so a change in per cent means nothing',
  NOTHING_SAVED: 'cost did not fall, so nothing is paid back',
  PAYBACK_UNKNOWN: 'outlay, or cost before and after, is not known in CNY',
  DEFINITION_CHANGED: 'the baseline was frozen under another definition',
} as const;
export type NullReason = keyof typeof NULL_REASONS;
export type MonthResult = Ratio | { readonly reason: NullReason };

/** Values of one kind in a month, by field name. */
export type Values<Kind extends SlotKind> = {
  readonly [Field in (typeof SLOT_FIELDS)[Kind][number]]: number;
};
/** Looks up the statement that stands for a kind. */
export type SlotLookup = (kind: SlotKind) => Slot | undefined;

/** What a KPI is, in Chinese. */
export interface KpiWordsZh {
  readonly name: string;
  readonly definition: string;
  readonly formula: string;
}

export interface Kpi {
  readonly id: string;
  /** As it stands in figure ids. */
  readonly slug: string;
  readonly version: number;
  readonly definition: string;
  readonly formula: string;
  readonly zh: KpiWordsZh;
  /** Where the formula comes from. */
  readonly source: string;
  readonly unit: string;
  /** Which way is better. */
  readonly direction: 'up' | 'down';
  readonly kinds: readonly SlotKind[];
  readonly nullWhen: readonly NullReason[];
  /**
   * How figures of several firms become one: `ratio` adds numerators and denominators; `values` adds what was reported and
   * applies the formula to the sums, where ratios have no common denominator.
   */
  readonly pool: 'ratio' | 'values';
  month(slots: SlotLookup, period: string): MonthResult;
  /** The figure of several months from those of each. */
  combine(months: readonly (Ratio & { readonly period: string })[]): Ratio;
}

function values<Kind extends SlotKind>(slots: SlotLookup, kind: Kind): Values<Kind> | NullReason {
  const slot = slots(kind);
  if (slot === undefined) return 'NO_DATA';
  if (slot.u !== undefined) return 'CURRENCY';
  // A plain loop: a panel of 20,000 firms and 36 months comes through here 720,000 times.
  const fields: readonly string[] = SLOT_FIELDS[kind];
  const named: Record<string, number> = {};
  for (let index = 0; index < fields.length; index++)
    named[fields[index] ?? ''] = slot.v[index] ?? Number.NaN;
  return named as Values<Kind>;
}

/** Reads all kinds, or says why one is missing. */
export function withValues<Kinds extends readonly SlotKind[]>(
  slots: SlotLookup,
  kinds: Kinds,
  compute: (...read: { [Index in keyof Kinds]: Values<Kinds[Index]> }) => MonthResult,
): MonthResult {
  const read = kinds.map((kind) => values(slots, kind));
  const missing = read.find((item): item is NullReason => typeof item === 'string');
  if (missing !== undefined) return { reason: missing };
  return compute(...(read as { [Index in keyof Kinds]: Values<Kinds[Index]> }));
}

export const over = (numerator: number, denominator: number, zero: NullReason): MonthResult =>
  denominator === 0 ? { reason: zero } : ratioOfProducts([1, numerator], [1, denominator]);

export function inventoryMonth(
  slots: SlotLookup,
  period: string,
  compute: (costFen: number, stocksFen: number, days: number) => MonthResult,
): MonthResult {
  const slot = slots('inventory');
  if (slot === undefined) return { reason: 'NO_DATA' };
  if (slot.u !== undefined) return { reason: 'CURRENCY' };
  // By place, not by name: a panel of 20,000 firms and 36 months comes through here 720,000 times.
  const [openingFen, closingFen, costFen] = slot.v as readonly [number, number, number | null | undefined];
  if (costFen === null || costFen === undefined) return { reason: 'NO_COGS' };
  if (costFen === 0) return { reason: 'ZERO_COGS' };
  const stocksFen = openingFen + closingFen;
  if (stocksFen === 0) return { reason: 'ZERO_STOCK' };
  return compute(costFen, stocksFen, daysInPeriod(period));
}
