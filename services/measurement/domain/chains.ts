import { addMonths } from '../../../schemas/time.ts';
import { type Improvement, improvementOf } from './baseline.ts';
import type { WindowFigure } from './figures.ts';
import { groupGain, type Pooled, pooledOver, windowsOf } from './gains.ts';
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
  /** Those whose change is measured against a frozen baseline. */
  readonly suppliers: ChainFigure;
  /** Suppliers without such a baseline, over the leader's months, as known now: stock can move to them as well. */
  readonly others: ChainFigure;
  /** Leader and all these suppliers together: a gain that only moved stock to somebody else is none here. */
  readonly chain: ChainFigure;
  /** Suppliers that report no stock before and after: what moved to them is not seen. */
  readonly unmeasured: number;
}
export const CHAIN_PARTS = ['leader', 'suppliers', 'others', 'chain'] as const;
export type ChainPart = (typeof CHAIN_PARTS)[number];

const turns = kpiOf('inventoryTurns');

function pooledFigure(figureId: string, firms: number, before: Pooled, after: Pooled): ChainFigure {
  const [was, is] = [shownValue(before), shownValue(after)];
  const change = changeOf(was, is);
  return {
    before: was,
    after: is,
    change,
    firms,
    reason: change === null ? NULL_REASONS.BASE_NOT_POSITIVE : null,
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

const known = new WeakMap<World, Map<string, Chain>>();

/** Worked out once for each world: every gain of a supplier shows its chain. */
export function chainOfLeader(world: World, leader: string): Chain {
  const chains = known.get(world) ?? new Map<string, Chain>();
  known.set(world, chains);
  const chain = chains.get(leader) ?? openChain(world, leader);
  chains.set(leader, chain);
  return chain;
}

function openChain(world: World, leader: string): Chain {
  const chain = world.chainOf(leader);
  const usccs = chain.map((firm) => firm._id);
  const id = (part: string): string => `turns/${leader}/${part}`;
  const [suppliers, firms] = supplierFigure(world, usccs, id('suppliers'));
  const improvement = leaderImprovement(world, leader);
  const own = leaderFigure(improvement, id('leader'));
  const others = othersFigure(world, leader, firms, improvement, id('others'));
  const parts = [suppliers, own, others].flatMap(({ pooled }) => pooled ?? []);
  const together =
    suppliers.pooled === null || own.pooled === null
      ? missing(id('chain'), suppliers.reason ?? own.reason ?? NULL_REASONS.NO_DATA)
      : pooledFigure(
          id('chain'),
          suppliers.firms + 1 + others.firms,
          parts.map(({ before }) => before).reduce(sum),
          parts.map(({ after }) => after).reduce(sum),
        );
  return {
    leaderUscc: leader,
    name: world.nameOf(leader),
    supplierCount: usccs.length,
    leader: own,
    suppliers,
    others,
    chain: together,
    unmeasured: usccs.length - suppliers.firms - others.firms,
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

/** The leader's own stock: most lately, against the same months of the year as frozen before the first contract in its chain. */
export function leaderImprovement(world: World, leader: string): Improvement | null {
  if (turns === undefined) return null;
  const frozen = world.leaderBaseline(leader)?.frozen;
  const figureOf = (period: string) => world.monthFigure(turns, leader, period);
  const first = addMonths(frozen?.contractMonth ?? world.lastPeriod, 1);
  return improvementOf(turns, frozen, figureOf, first, world.lastPeriod);
}

/** Suppliers that no baseline is frozen of (or none that can be compared), and what they did over the leader's months. */
export function otherSuppliers(
  world: World,
  leader: string,
  measured: readonly string[],
  own: Improvement | null,
) {
  if (turns === undefined || own === null || own.reason !== null) return null;
  const rest = world.chainOf(leader).flatMap(({ _id }) => (measured.includes(_id) ? [] : [_id]));
  return pooledOver(world, turns, rest, windowsOf(own));
}

function othersFigure(
  world: World,
  leader: string,
  measured: readonly string[],
  own: Improvement | null,
  figureId: string,
): ChainFigure {
  const others = otherSuppliers(world, leader, measured, own);
  if (others === null) return missing(figureId, NULL_REASONS[own?.reason ?? 'NO_DATA']);
  if (others.firms.length === 0) return missing(figureId, NULL_REASONS.NO_DATA);
  return pooledFigure(figureId, others.firms.length, others.before, others.after);
}

/** What a gain of suppliers is shown with: how stock turned at their leaders, at all their suppliers, and over the chain. */
export interface Displacement {
  readonly leaderUscc: string;
  readonly name: string;
  /** after ÷ before − 1 of each part, null where there is no figure; `turns/<leader>/<part>` opens it. */
  readonly leader: number | null;
  readonly suppliers: number | null;
  readonly others: number | null;
  readonly chain: number | null;
  readonly unmeasured: number;
  readonly figureId: string;
}

export const displacementIn = (chain: Chain): Displacement => ({
  leaderUscc: chain.leaderUscc,
  name: chain.name,
  leader: chain.leader.change,
  suppliers: chain.suppliers.change,
  others: chain.others.change,
  chain: chain.chain.change,
  unmeasured: chain.unmeasured,
  figureId: chain.chain.figureId,
});

/** Of every leader in whose chain one of the firms is. */
export function displacementOf(world: World, usccs: readonly string[]): Displacement[] {
  const firms = usccs.flatMap((uscc) => world.models.firms.get(uscc) ?? []);
  return world
    .leaders()
    .filter(({ _id }) => firms.some((firm) => firm._id !== _id && world.isInChain(firm, _id)))
    .map(({ _id }) => displacementIn(chainOfLeader(world, _id)));
}

function leaderFigure(improvement: Improvement | null, figureId: string): ChainFigure {
  if (improvement === null || improvement.reason !== null)
    return missing(figureId, NULL_REASONS[improvement?.reason ?? 'NO_DATA']);
  const pooled = (figure: WindowFigure): Pooled => ({
    numerator: figure.numerator ?? 0,
    denominator: figure.denominator ?? 0,
  });
  return pooledFigure(figureId, 1, pooled(improvement.before), pooled(improvement.after));
}
