import type { Firm } from './firm.ts';
import type { FirmMonth, FirmYear } from './firmYear.ts';
import { scopesOf } from './groups.ts';
import { KPIS } from './kpis.ts';
import { contributionOf, isEmptyPool, type Pool, PoolSum } from './pools.ts';

/** The figures of one region, zone or supplier base in one month, as sums over its firms. */
export interface Rollup {
  /** `<scope>/<YYYY-MM>` */
  readonly _id: string;
  readonly scope: string;
  readonly period: string;
  /** KPI id → sums */
  readonly kpis: Readonly<Record<string, Pool>>;
}

export type Membership = Pick<Firm, '_id' | 'places' | 'chains'>;
export const rollupIdOf = (scope: string, period: string): string => `${scope}/${period}`;

/** Firms of the same groups share one sum until it is written. */
interface Change {
  readonly scopes: readonly string[];
  /** `<YYYY-MM>` → KPI id → what comes in and goes out */
  readonly months: Map<string, Map<string, PoolSum>>;
}

/** What changes in roll-ups: sums to add, those of firms that fall out with the opposite sign. */
export class RollupChanges {
  private readonly changes = new Map<string, Change>();

  /** A firm's year becomes another while the firm stays where it is. Months that are the same object are passed over. */
  yearChanged(scopes: readonly string[], before: FirmYear | null, after: FirmYear | null): void {
    if (scopes.length === 0) return;
    const year = before?.year ?? after?.year;
    const { months } = this.changeFor(scopes);
    for (const month of new Set([
      ...Object.keys(before?.months ?? {}),
      ...Object.keys(after?.months ?? {}),
    ])) {
      const [old, now] = [before?.months[month], after?.months[month]];
      if (old === now) continue;
      const period = `${year}-${month}`;
      const sums = months.get(period) ?? new Map<string, PoolSum>();
      months.set(period, sums);
      monthChanged(sums, period, old, now);
    }
  }

  /** Id → what is to be added to each KPI's sums. */
  byRollup(): Map<string, Map<string, PoolSum>> {
    const rollups = new Map<string, Map<string, PoolSum>>();
    for (const { scopes, months } of this.changes.values())
      for (const [period, kpis] of months)
        for (const scope of scopes) {
          const id = rollupIdOf(scope, period);
          const sums = rollups.get(id) ?? new Map<string, PoolSum>();
          rollups.set(id, sums);
          for (const [kpi, change] of kpis) sumOf(sums, kpi).addPool(change.toPool());
        }
    return rollups;
  }

  private changeFor(scopes: readonly string[]): Change {
    const key = scopes.join(' ');
    const change = this.changes.get(key) ?? { scopes, months: new Map() };
    this.changes.set(key, change);
    return change;
  }
}

function monthChanged(
  sums: Map<string, PoolSum>,
  period: string,
  old: FirmMonth | undefined,
  now: FirmMonth | undefined,
): void {
  for (const kpi of KPIS) {
    const isTouched =
      kpi.kinds.some((kind) => old?.slots?.[kind] !== now?.slots?.[kind]) ||
      (kpi.kinds.includes('inventory') && old?.holdings !== now?.holdings);
    if (!isTouched) continue;
    const [gone, come] = [contributionOf(kpi, old, period), contributionOf(kpi, now, period)];
    if (gone !== null) sumOf(sums, kpi.id).add(gone, -1);
    if (come !== null) sumOf(sums, kpi.id).add(come, 1);
  }
}

function sumOf(sums: Map<string, PoolSum>, kpi: string): PoolSum {
  const sum = sums.get(kpi) ?? new PoolSum();
  sums.set(kpi, sum);
  return sum;
}

/** The roll-up with its changes; null where nothing is left of it. */
export function rolledUp(
  id: string,
  known: Rollup | null,
  sums: ReadonlyMap<string, PoolSum>,
): Rollup | null {
  const cut = id.lastIndexOf('/');
  const kpis: Record<string, Pool> = { ...known?.kpis };
  for (const [kpi, sum] of sums) {
    const stored = kpis[kpi];
    if (stored !== undefined) sum.addPool(stored);
    const pool = sum.toPool();
    if (isEmptyPool(pool)) delete kpis[kpi];
    else kpis[kpi] = pool;
  }
  if (Object.keys(kpis).length === 0) return null;
  return { _id: id, scope: id.slice(0, cut), period: id.slice(cut + 1), kpis };
}

/** Groups that a firm belonged to before a batch, and belongs to after it. */
export interface Move {
  readonly from: readonly string[];
  readonly to: readonly string[];
}
export const isMove = ({ from, to }: Move): boolean => from.join(' ') !== to.join(' ');
export const moveOf = (before: Membership | null, after: Membership | null): Move => ({
  from: before === null ? [] : scopesOf(before),
  to: after === null ? [] : scopesOf(after),
});

/**
 * What a batch changes. A firm that enters or leaves a group takes all its years with it.
 * @param moves of every firm that has something in `after`, or moves
 * @param before years as they stood: of firms that move all, of others those in `after`
 * @param after years as they stand now, null for those that are gone; what is not in it has not changed
 */
export function changesOf(
  moves: ReadonlyMap<string, Move>,
  before: ReadonlyMap<string, FirmYear | null>,
  after: ReadonlyMap<string, FirmYear | null>,
): RollupChanges {
  const changes = new RollupChanges();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const move = moves.get(firmOfYear(id));
    if (move === undefined) continue;
    const old = before.get(id) ?? null;
    const now = after.has(id) ? (after.get(id) ?? null) : old;
    if (isMove(move)) {
      changes.yearChanged(move.from, old, null);
      changes.yearChanged(move.to, null, now);
    } else changes.yearChanged(move.to, old, now);
  }
  return changes;
}

export const firmOfYear = (id: string): string => id.slice(0, id.indexOf('/'));

/** All roll-ups from all firms and years at once: what keeping them by changes must equal. */
export function rollupsOf(firms: Iterable<Membership>, years: Iterable<FirmYear>): Map<string, Rollup> {
  const scopes = new Map([...firms].map((firm) => [firm._id, scopesOf(firm)]));
  const changes = new RollupChanges();
  for (const year of years) changes.yearChanged(scopes.get(year.firm) ?? [], null, year);
  return new Map(
    [...changes.byRollup()].flatMap(([id, sums]) => {
      const rollup = rolledUp(id, null, sums);
      return rollup === null ? [] : [[id, rollup] as const];
    }),
  );
}
