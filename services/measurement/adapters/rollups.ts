import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import type { FirmYear } from '../domain/firmYear.ts';
import type { Scope } from '../domain/groups.ts';
import { regionPrefix, scopeText } from '../domain/groups.ts';
import type { CollectionName } from '../domain/readModels.ts';
import {
  changesOf,
  firmOfYear,
  isMove,
  type Membership,
  type Move,
  moveOf,
  type Rollup,
  type RollupChanges,
  rolledUp,
  rollupIdOf,
} from '../domain/rollups.ts';
import { inKeyOrder, modelOf, rollupsIn } from './store.ts';

/**
 * Brings roll-ups forward by what a batch changes. Call it before the batch writes: what firms were, and where, is read from
 * the database as it still stands.
 * @param documents what the batch is about to write, by collection and id
 * @param before firm-years as the database holds them; those that are absent are read where they count
 */
export async function refreshRollups(
  db: Db,
  session: ClientSession,
  documents: ReadonlyMap<CollectionName, ReadonlyMap<string, unknown>>,
  before: ReadonlyMap<string, FirmYear | null>,
): Promise<void> {
  const years = (documents.get('kpi') ?? new Map()) as ReadonlyMap<string, FirmYear | null>;
  const firms = (documents.get('firms') ?? new Map()) as ReadonlyMap<string, Membership | null>;
  const usccs = [...new Set([...firms.keys(), ...[...years.keys()].map(firmOfYear)])];
  if (usccs.length === 0) return;
  const known = await membershipsOf(db, session, usccs);
  const moves = new Map<string, Move>();
  for (const uscc of usccs) {
    const stood = known.get(uscc) ?? null;
    const move = moveOf(stood, firms.has(uscc) ? (firms.get(uscc) ?? null) : stood);
    if (move.from.length + move.to.length > 0) moves.set(uscc, move);
  }
  if (moves.size === 0) return;
  const unread = await unreadYears(db, session, { moves, years, before });
  await write(db, session, changesOf(moves, new Map([...before, ...unread]), years));
}

async function membershipsOf(
  db: Db,
  session: ClientSession,
  usccs: readonly string[],
): Promise<Map<string, Membership>> {
  const firms = await modelOf(db, 'firms')
    .find({ _id: { $in: [...usccs] } }, { session, batchSize: usccs.length + 1 })
    .project<Membership>({ places: 1, chains: 1 })
    .toArray();
  return new Map(firms.map((firm) => [firm._id, firm]));
}

/** Years folded anew, which were never loaded, and all years of firms that move. */
async function unreadYears(
  db: Db,
  session: ClientSession,
  batch: {
    readonly moves: ReadonlyMap<string, Move>;
    readonly years: ReadonlyMap<string, FirmYear | null>;
    readonly before: ReadonlyMap<string, FirmYear | null>;
  },
): Promise<(readonly [string, FirmYear])[]> {
  const { moves, years, before } = batch;
  const missing = [...years.keys()].filter((id) => !before.has(id) && moves.has(firmOfYear(id)));
  const moving = [...moves].flatMap(([uscc, move]) => (isMove(move) ? [uscc] : []));
  if (missing.length + moving.length === 0) return [];
  const found = await modelOf(db, 'kpi')
    .find({ $or: [{ _id: { $in: missing } }, { firm: { $in: moving } }] }, { session })
    .toArray();
  return found.map((year) => [year._id, year] as const);
}

async function write(db: Db, session: ClientSession, changes: RollupChanges): Promise<void> {
  const rollups = changes.byRollup();
  if (rollups.size === 0) return;
  const ids = [...rollups.keys()];
  const found = await rollupsIn(db)
    .find({ _id: { $in: ids } }, { session, batchSize: ids.length + 1 })
    .toArray();
  const known = new Map(found.map((rollup) => [rollup._id, rollup]));
  const operations = [...rollups].map(([id, sums]): AnyBulkWriteOperation<Rollup> => {
    const rollup = rolledUp(id, known.get(id) ?? null, sums);
    return rollup === null
      ? { deleteOne: { filter: { _id: id } } }
      : { replaceOne: { filter: { _id: id }, replacement: inKeyOrder(rollup), upsert: true } };
  });
  await rollupsIn(db).bulkWrite(operations, { session, ordered: false });
}

/** Roll-ups of a scope by month; those of months without any report are absent. */
export async function readRollups(
  db: Db,
  scope: Scope,
  periods: readonly string[],
): Promise<Map<string, Rollup>> {
  const ids = periods.map((period) => rollupIdOf(scopeText(scope), period));
  const found = await rollupsIn(db)
    .find({ _id: { $in: ids } })
    .toArray();
  return new Map(found.map((rollup) => [rollup.period, rollup]));
}

/** How many firms belong to a region, zone or supplier base, those without any report included. */
export function countMembers(db: Db, { level, code }: Scope): Promise<number> {
  const prefix = regionPrefix(code);
  const firms = modelOf(db, 'firms');
  if (level === 'zone') return firms.countDocuments({ places: code });
  if (level === 'suppliers') return firms.countDocuments({ chains: code, _id: { $ne: code } });
  return firms.countDocuments({ places: new RegExp(`^${prefix}\\d{${6 - prefix.length}}$`) });
}
