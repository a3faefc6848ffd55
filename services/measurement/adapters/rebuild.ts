import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { isSame, pairsOf } from '../../runtime/compareCollections.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import {
  type Follower,
  holdStill,
  letGo,
  readCursor,
  renewHold,
  takeHeldTurn,
} from '../../runtime/projector.ts';
import { inScratch } from '../../runtime/scratch.ts';
import { createFollower } from './follow.ts';
import { measurementProjector } from './projector.ts';

export interface RebuildResult {
  readonly events: number;
  readonly documents: number;
  /** Documents that differed from the rebuild and were put right. */
  readonly replaced: number;
}

export interface RebuildDeps {
  readonly now: () => Date;
  readonly progress: (line: string) => void;
}

const { name, collections } = measurementProjector;
/** So few events are read while the projector waits. */
const CLOSE_ENOUGH = 1_000;
const MAX_ROUNDS = 100;
const WRITES_AT_ONCE = 500;
/** The projector waits so long for a rebuild that gives no sign of life. */
const HOLD_MS = 60_000;
const RENEW_MS = 10_000;
const ASK_AGAIN_MS = 500;
const MAX_SWITCHES = 3;

/**
 * Folds all read models of measurement anew, from nothing, into a database of its own while the stream goes on and the projector keeps
 * the old ones. Once it has all but caught up it has the projector stand still, reads the rest, finds what differs, and puts that
 * right in one transaction: readers see the old state or the new one. Killed at any point, it leaves the old state.
 * @throws ChainlightError INTERNAL when events keep coming in faster than it reads, or the projector does not stand still
 */
export function rebuildMeasurement(live: Mongo, { now, progress }: RebuildDeps): Promise<RebuildResult> {
  return inScratch(live, now, async (fresh) => {
    await measurementProjector.ensureIndexes(fresh.db);
    const follower = createFollower(fresh, live.db);
    let events = 0;
    const catchUp = async (): Promise<number> => {
      const read = await readOn(follower, (count) => progress(`rebuild: ${events + count} events read`));
      events += read;
      return read;
    };
    for (let round = 1; (await catchUp()) > CLOSE_ENOUGH; round++)
      if (round === MAX_ROUNDS)
        throw new ChainlightError('INTERNAL', 'events come in faster than the rebuild reads them');
    for (let attempt = 1; attempt <= MAX_SWITCHES; attempt++) {
      const switched = await whileStill(live.db, progress, async (still) => {
        progress('rebuild: comparing, while the projector waits');
        await catchUp();
        return switchOver(live, fresh, still);
      });
      if (switched !== null) return { ...switched, events };
    }
    throw new ChainlightError('INTERNAL', 'the projector went on while the rebuild compared');
  });
}

/** In the large batches of whoever follows the events: each document is then written once for many events. @returns how many it read */
async function readOn(follower: Follower, progress: (count: number) => void): Promise<number> {
  let count = 0;
  for (;;) {
    const read = await follower.step();
    if (read === 0) return count;
    count += read;
    progress(count);
  }
}

/** Since which turn, and for whom, the projector stands still. */
interface Still {
  readonly by: string;
  readonly turns: number;
}

/** Does the work while the projector stands still; after another rebuild's, where there is one. */
async function whileStill<Value>(
  db: Db,
  progress: (line: string) => void,
  work: (still: Still) => Promise<Value>,
): Promise<Value> {
  const by = randomUUID();
  const hold = () => ({ by, until: new Date(Date.now() + HOLD_MS) });
  let turns = await holdStill(db, name, hold());
  if (turns === null) progress('rebuild: waiting for another rebuild to switch');
  for (; turns === null; turns = await holdStill(db, name, hold())) await sleep(ASK_AGAIN_MS);
  const renewing = setInterval(() => void renewHold(db, name, hold()).catch(() => {}), RENEW_MS);
  try {
    return await work({ by, turns });
  } finally {
    clearInterval(renewing);
    // Where that fails it lapses by itself.
    await letGo(db, name, by).catch(() => {});
  }
}

/**
 * Finds what differs, however long that takes, and puts it right in a transaction that does nothing else.
 * @returns null when the projector did not stand still meanwhile: nothing was changed
 */
async function switchOver(
  live: Mongo,
  fresh: Mongo,
  still: Still,
): Promise<Pick<RebuildResult, 'documents' | 'replaced'> | null> {
  let documents = 0;
  const differing = new Map<string, string[]>();
  for (const collection of collections) {
    const ids: string[] = [];
    for await (const { id, left, right } of pairsOf(live, fresh, collection)) {
      if (right !== null) documents++;
      if (!isSame(left, right)) ids.push(id);
    }
    differing.set(collection, ids);
  }
  const positions = await readCursor(fresh.db, name);
  const replaced = [...differing.values()].reduce((sum, ids) => sum + ids.length, 0);
  const isDone = await live.client.withSession((session) =>
    session.withTransaction(async () => {
      if (!(await takeHeldTurn(live.db, name, { ...still, positions }, session))) return false;
      for (const [collection, ids] of differing)
        for (let start = 0; start < ids.length; start += WRITES_AT_ONCE)
          await copy(
            { from: fresh.db, to: live.db, collection },
            ids.slice(start, start + WRITES_AT_ONCE),
            session,
          );
      return true;
    }),
  );
  return isDone ? { documents, replaced } : null;
}

/** Makes these documents what they are elsewhere; one that is not there is deleted. */
async function copy(
  { from, to, collection }: { readonly from: Db; readonly to: Db; readonly collection: string },
  ids: readonly string[],
  session: ClientSession,
): Promise<void> {
  const documentsOf = (db: Db) => db.collection<{ _id: string }>(collection);
  const found = await documentsOf(from)
    .find({ _id: { $in: [...ids] } })
    .toArray();
  const present = new Map(found.map((document) => [document._id, document]));
  const changes = ids.map((id): AnyBulkWriteOperation<{ _id: string }> => {
    const document = present.get(id);
    return document === undefined
      ? { deleteOne: { filter: { _id: id } } }
      : { replaceOne: { filter: { _id: id }, replacement: document, upsert: true } };
  });
  await documentsOf(to).bulkWrite(changes, { session, ordered: false });
}
