import { SET_HASH_DIGITS } from './facts.ts';
import { chosenSlots, type MonthFigure, monthFigure } from './figures.ts';
import type { FirmMonth } from './firmYear.ts';
import type { Kpi, NullReason } from './kpi.ts';
import { type Ratio, ratioOf } from './ratio.ts';
import type { Grade, Slot, SlotKind } from './slots.ts';

type Counts = Readonly<Record<string, number>>;

/**
 * One KPI of several firms in one month, as sums from which every firm can be taken out again. Whole numbers of any size are
 * text. Firms of which nothing was reported are not in it.
 */
export interface Pool {
  /** Firms with a figure. */
  readonly firms: number;
  readonly numerator: string;
  readonly denominator: string;
  readonly events: number;
  readonly superseded: number;
  readonly hash: string;
  /** Evidence grade, and source class → firms. */
  readonly grades: Counts;
  readonly classes: Counts;
  /** Why firms have no figure → how many. */
  readonly without: Counts;
  /** Kind of report → sum of each value, where the formula is applied to sums. */
  readonly values?: Readonly<Partial<Record<SlotKind, readonly string[]>>>;
}

export const isEmptyPool = (pool: Pool): boolean =>
  pool.firms === 0 && Object.keys(pool.without).length === 0;

/** One firm's month of one KPI, as it enters a pool. */
export interface Contribution {
  readonly figure: MonthFigure;
  /** What was reported, where the formula is applied to sums. */
  readonly values: Pool['values'] | null;
}

/** What a firm's month brings into a pool; null where nothing was reported that the KPI needs. */
export function contributionOf(kpi: Kpi, month: FirmMonth | undefined, period: string): Contribution | null {
  if (month === undefined) return null;
  const figure = monthFigure(kpi, month, period);
  if (figure.reason === 'NO_DATA') return null;
  return {
    figure,
    values: kpi.pool === 'values' && figure.reason === null ? statedValues(kpi, month) : null,
  };
}

const statedValues = (kpi: Kpi, month: FirmMonth): NonNullable<Pool['values']> =>
  Object.fromEntries(
    [...chosenSlots(kpi, month)].map(([kind, { slot }]) => [kind, slot.v.map((value) => String(value ?? 0))]),
  );

/** Adds up what enters pools and leaves them. Order does not matter. */
export class PoolSum {
  private readonly whole = { firms: 0, events: 0, superseded: 0 };
  private readonly ratio = { numerator: 0n, denominator: 0n };
  private hash = 0n;
  private readonly counts = {
    grades: new Map<string, number>(),
    classes: new Map<string, number>(),
    without: new Map<string, number>(),
  };
  private readonly values = new Map<string, bigint[]>();

  /** @param sign −1 takes it out again */
  add({ figure, values }: Contribution, sign: 1 | -1): void {
    if (figure.reason !== null) {
      count(this.counts.without, figure.reason, sign);
      return;
    }
    this.whole.firms += sign;
    this.whole.events += sign * figure.events;
    this.whole.superseded += sign * figure.superseded;
    this.ratio.numerator += BigInt(sign * (figure.numerator ?? 0));
    this.ratio.denominator += BigInt(sign * (figure.denominator ?? 0));
    this.hash ^= BigInt(`0x${figure.hash}`);
    if (figure.grade !== null) count(this.counts.grades, figure.grade, sign);
    for (const one of figure.sourceClass?.split('+') ?? []) count(this.counts.classes, one, sign);
    if (values) this.addValues(values, BigInt(sign));
  }

  addPool(pool: Pool): void {
    for (const field of ['firms', 'events', 'superseded'] as const) this.whole[field] += pool[field];
    for (const field of ['numerator', 'denominator'] as const) this.ratio[field] += BigInt(pool[field]);
    this.hash ^= BigInt(`0x${pool.hash}`);
    for (const field of ['grades', 'classes', 'without'] as const)
      for (const [key, some] of Object.entries(pool[field])) count(this.counts[field], key, some);
    this.addValues(pool.values ?? {}, 1n);
  }

  /** What became zero is left out, so that equal sets of firms give equal pools. */
  toPool(): Pool {
    const values = [...this.values].map(([kind, sums]) => [kind, sums.map(String)]);
    return {
      ...this.whole,
      numerator: String(this.ratio.numerator),
      denominator: String(this.ratio.denominator),
      hash: this.hash.toString(16).padStart(SET_HASH_DIGITS, '0'),
      grades: Object.fromEntries(this.counts.grades),
      classes: Object.fromEntries(this.counts.classes),
      without: Object.fromEntries(this.counts.without),
      ...(this.values.size === 0 ? {} : { values: Object.fromEntries(values) as Pool['values'] }),
    };
  }

  private addValues(values: NonNullable<Pool['values']>, factor: bigint): void {
    for (const [kind, stated] of Object.entries(values)) {
      const sums = this.values.get(kind) ?? stated.map(() => 0n);
      const next = sums.map((sum, index) => sum + factor * BigInt(stated[index] ?? 0));
      if (next.every((sum) => sum === 0n)) this.values.delete(kind);
      else this.values.set(kind, next);
    }
  }
}

function count(counts: Map<string, number>, key: string, some: number): void {
  const sum = (counts.get(key) ?? 0) + some;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

/** One KPI of several firms in a month: how many have a figure, and why the others have none. */
export interface PooledFigure extends MonthFigure {
  readonly count: number;
  readonly without: Readonly<Partial<Record<NullReason, number>>>;
}

/** @param members how many firms belong to the group, those of which nothing is known included */
export function figureOfPool(kpi: Kpi, pool: Pool, period: string, members: number): PooledFigure {
  const ratio = pool.firms === 0 ? null : ratioOfPool(kpi, pool, period);
  const counted = Object.values(pool.without).reduce((sum, count) => sum + count, pool.firms);
  const without = { ...pool.without, ...(members > counted ? { NO_DATA: members - counted } : {}) };
  const reasons = (Object.entries(without) as [NullReason, number][]).sort(
    ([a, some], [b, others]) => others - some || (a < b ? -1 : 1),
  );
  return {
    period,
    numerator: ratio?.numerator ?? null,
    denominator: ratio?.denominator ?? null,
    reason: ratio === null ? (reasons[0]?.[0] ?? 'NO_DATA') : null,
    sourceClass: Object.keys(pool.classes).sort().join('+') || null,
    grade: (Object.keys(pool.grades).sort().at(-1) ?? null) as Grade | null,
    events: pool.events,
    superseded: pool.superseded,
    hash: pool.hash,
    count: pool.firms,
    without,
  };
}

function ratioOfPool(kpi: Kpi, pool: Pool, period: string): Ratio | null {
  if (kpi.pool === 'ratio') return ratioOf(BigInt(pool.numerator), BigInt(pool.denominator));
  const summed = (kind: SlotKind): Slot | undefined => {
    const values = pool.values?.[kind];
    return values && { t: 0, n: 0, x: '', v: values.map(Number) };
  };
  const result = kpi.month(summed, period);
  return 'reason' in result ? null : result;
}
