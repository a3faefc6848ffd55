import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { WINDOW_MIN_MONTHS, WINDOW_MONTHS } from './baseline.ts';
import { type WindowFigure, windowFigure } from './figures.ts';
import { groupGain, type Pooled } from './gains.ts';
import { NULL_REASONS } from './kpi.ts';
import { kpiOf } from './kpis.ts';
import { changeOf, shownValue } from './ratio.ts';
import type { World } from './world.ts';

export interface ChainFigure {
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  /** Firms it rests on. */
  readonly firms: number;
  readonly reason: string | null;
  readonly figureId: string;
  readonly pooled: { readonly before: Pooled; readonly after: Pooled } | null;
}

export interface Chain {
  readonly leaderUscc: string;
  readonly name: string;
  /** Suppliers in the chain, nominated or not. */
  readonly supplierCount: number;
  readonly leader: ChainFigure;
  readonly suppliers: ChainFigure;
  /** Leader and suppliers together: a gain that only moved stock to somebody else is none here. */
  readonly chain: ChainFigure;
}

const turns = kpiOf('inventoryTurns');

function pooledFigure(figureId: string, firms: number, before: Pooled, after: Pooled): ChainFigure {
  const [was, is] = [shownValue(before), shownValue(after)];
  return {
    before: was,
    after: is,
    change: changeOf(was, is),
    firms,
    reason: null,
    figureId,
    pooled: { before, after },
  };
}

const missing = (figureId: string, reason: string): ChainFigure => ({
  before: null,
  after: null,
  change: null,
  firms: 0,
  reason,
  figureId,
  pooled: null,
});

/** Inventory turns before and after of each leader, its suppliers and both together, from summed numerators and denominators. */
export function chainTurns(world: World): Chain[] {
  return world.leaders().map((leader) => chainOfLeader(world, leader._id));
}

export function chainOfLeader(world: World, leader: string): Chain {
  const chain = world.chainOf(leader);
  const usccs = chain.map((firm) => firm._id);
  const id = (part: string): string => `turns/${leader}/${part}`;
  const [suppliers, firms] = supplierFigure(world, usccs, id('suppliers'));
  const own = leaderFigure(world, leader, firms, id('leader'));
  const together =
    suppliers.pooled === null || own.pooled === null
      ? missing(id('chain'), suppliers.reason ?? own.reason ?? NULL_REASONS.NO_DATA)
      : pooledFigure(
          id('chain'),
          suppliers.firms + 1,
          sum(suppliers.pooled.before, own.pooled.before),
          sum(suppliers.pooled.after, own.pooled.after),
        );
  return {
    leaderUscc: leader,
    name: world.nameOf(leader),
    supplierCount: usccs.length,
    leader: own,
    suppliers,
    chain: together,
  };
}

const sum = (a: Pooled, b: Pooled): Pooled => ({
  numerator: a.numerator + b.numerator,
  denominator: a.denominator + b.denominator,
});

function supplierFigure(
  world: World,
  usccs: readonly string[],
  figureId: string,
): [ChainFigure, readonly string[]] {
  if (turns === undefined) return [missing(figureId, NULL_REASONS.NO_DATA), []];
  const gain = groupGain(world, turns, usccs, false);
  if (gain.firms.length === 0) {
    const [reason] = Object.entries(gain.reasons).sort((a, b) => b[1] - a[1])[0] ?? ['NO_DATA'];
    return [missing(figureId, NULL_REASONS[reason as keyof typeof NULL_REASONS] ?? reason), []];
  }
  return [pooledFigure(figureId, gain.firms.length, gain.pooledBefore, gain.pooledAfter), gain.firms];
}

/** The leader's own stock: the 12 months before the first contract in its chain against the same months most lately. */
export function leaderWindows(
  world: World,
  leader: string,
  suppliers: readonly string[],
): { before: WindowFigure; after: WindowFigure } | null {
  if (turns === undefined) return null;
  const first = suppliers.flatMap((uscc) => world.firstContract(uscc)?.month ?? []).sort()[0];
  if (first === undefined) return null;
  const figures = (from: string, to: string) =>
    periodsBetween(from, to)
      .map((period) => world.monthFigure(turns, leader, period))
      .filter((figure) => figure.numerator !== null);
  const before = figures(addMonths(first, -WINDOW_MONTHS), addMonths(first, -1));
  const byMonth = new Map(before.map((figure) => [figure.period.slice(5), figure]));
  const start = addMonths(world.lastPeriod, 1 - WINDOW_MONTHS);
  const after = figures(start > first ? start : addMonths(first, 1), world.lastPeriod).filter((figure) =>
    byMonth.has(figure.period.slice(5)),
  );
  if (after.length < WINDOW_MIN_MONTHS) return null;
  const matched = after.flatMap((figure) => byMonth.get(figure.period.slice(5)) ?? []);
  return { before: windowFigure(turns, matched), after: windowFigure(turns, after) };
}

function leaderFigure(
  world: World,
  leader: string,
  suppliers: readonly string[],
  figureId: string,
): ChainFigure {
  const windows = leaderWindows(world, leader, suppliers);
  if (windows === null) return missing(figureId, NULL_REASONS.WINDOW_SHORT);
  const pooled = (figure: WindowFigure): Pooled => ({
    numerator: figure.numerator ?? 0,
    denominator: figure.denominator ?? 0,
  });
  return pooledFigure(figureId, 1, pooled(windows.before), pooled(windows.after));
}
