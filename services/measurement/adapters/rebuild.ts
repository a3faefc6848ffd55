import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { isSame, pairsOf } from '../../runtime/compareCollections.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { type Follower, moveCursor, readCursor, takeTurn } from '../../runtime/projector.ts';
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

/**
 * Folds all read models of measurement anew, from nothing, into a database of its own while the stream goes on and the projector keeps
 * the old ones. Once it has all but caught up it takes the projector's turn, reads the rest, and puts right in the same
 * transaction whatever differs: readers see the old state or the new one. Killed at any point, it leaves the old state.
 * @throws ChainlightError INTERNAL when events keep coming in faster than it reads
 */
export function rebuildMeasurement(live: Mongo, { now, progress }: RebuildDeps): Promise<RebuildResult> {
  return inScratch(live, now, async (fresh) => {
    await measurementProjector.ensureIndexes(fresh.db);
    const follower = createFollower(fresh, live.db);
    let events = 0;
    const tell = (count: number): void => progress(`rebuild: ${events + count} events read`);
    for (let round = 1; ; round++) {
      const read = await catchUp(follower, tell);
      events += read;
      if (read <= CLOSE_ENOUGH) break;
      if (round === MAX_ROUNDS)
        throw new ChainlightError('INTERNAL', 'events come in faster than the rebuild reads them');
    }
    progress('rebuild: comparing, while the projector waits');
    const switched = await live.client.withSession((session) =>
      session.withTransaction(() => switchOver(live, { fresh, follower }, session)),
    );
    return { ...switched, events: events + switched.events };
  });
}

/** In the large batches of whoever follows the events: each document is then written once for many events. @returns how many it read */
async function catchUp(follower: Follower, progress: (count: number) => void): Promise<number> {
  let count = 0;
  for (;;) {
    const read = await follower.step();
    if (read === 0) return count;
    count += read;
    progress(count);
  }
}

/** Taking the turn keeps the projector out until the transaction ends; it then goes on where the rebuild stands. */
async function switchOver(
  live: Mongo,
  { fresh, follower }: { readonly fresh: Mongo; readonly follower: Follower },
  session: ClientSession,
): Promise<RebuildResult> {
  await takeTurn(live.db, name, session);
  const events = await catchUp(follower, () => {});
  let [documents, replaced] = [0, 0];
  for (const collection of collections) {
    let changes: AnyBulkWriteOperation<{ _id: string }>[] = [];
    const write = async (): Promise<void> => {
      if (changes.length > 0)
        await live.db.collection<{ _id: string }>(collection).bulkWrite(changes, { session, ordered: false });
      replaced += changes.length;
      changes = [];
    };
    for await (const { id, left, right } of pairsOf({ db: live.db, session }, fresh, collection)) {
      if (right !== null) documents++;
      if (right === null) changes.push({ deleteOne: { filter: { _id: id } } });
      else if (!isSame(left, right))
        changes.push({ replaceOne: { filter: { _id: id }, replacement: right, upsert: true } });
      if (changes.length >= WRITES_AT_ONCE) await write();
    }
    await write();
  }
  await moveCursor(live.db, name, await readCursor(fresh.db, name), session);
  return { events, documents, replaced };
}
