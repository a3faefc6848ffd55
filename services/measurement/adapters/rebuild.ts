import type { AnyBulkWriteOperation } from 'mongodb';
import stringify from 'safe-stable-stringify';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { StreamPositions } from '../../runtime/eventStore.ts';
import { hasReached, readNewEvents } from '../../runtime/eventTail.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { moveCursor, readCursor } from '../../runtime/projector.ts';
import { measurementProjector } from './projector.ts';

export interface RebuildResult {
  readonly events: number;
  readonly documents: number;
  /** Documents that differed from the rebuild and were put right. */
  readonly replaced: number;
}

const { name, collections } = measurementProjector;
const SWITCH_ATTEMPTS = 50;

/**
 * Folds all read models of measurement anew into a database of their own, then puts right, in one transaction, whatever
 * differs: readers see the old state or the new one, never a mixture.
 */
export async function rebuildMeasurement(
  mongo: Mongo,
  scratchName: string,
  progress: (line: string) => void,
): Promise<RebuildResult> {
  const fresh: Mongo = { ...mongo, db: mongo.client.db(scratchName) };
  try {
    await measurementProjector.ensureIndexes(fresh.db);
    let events = 0;
    for (let attempt = 0; attempt < SWITCH_ATTEMPTS; attempt++) {
      events += await catchUp(mongo, fresh, (count) => progress(`rebuild: ${events + count} events read`));
      const replaced = await switchOver(mongo, fresh);
      if (replaced !== null) {
        const counts = await Promise.all(
          collections.map((collection) => fresh.db.collection(collection).countDocuments()),
        );
        return { events, documents: counts.reduce((sum, count) => sum + count, 0), replaced };
      }
      progress('rebuild: events came in meanwhile; reading on');
    }
    throw new ChainlightError('INTERNAL', 'the rebuild never caught up with the events that came in');
  } finally {
    await fresh.db.dropDatabase();
  }
}

async function catchUp(live: Mongo, fresh: Mongo, progress: (count: number) => void): Promise<number> {
  let count = 0;
  for (;;) {
    const before = await readCursor(fresh.db, name);
    const batch = await readNewEvents(live.db, before, 5_000);
    if (hasReached(before, batch.positions)) return count;
    await fresh.client.withSession((session) =>
      session.withTransaction(async () => {
        await measurementProjector.apply(fresh.db, batch.events, session, live.db);
        await moveCursor(fresh.db, name, batch.positions, session);
      }),
    );
    count += batch.events.length;
    progress(count);
  }
}

/** @returns how many documents were put right; null when the live read models stand at another position */
async function switchOver(live: Mongo, fresh: Mongo): Promise<number | null> {
  const goal = await readCursor(fresh.db, name);
  return live.client.withSession((session) =>
    session.withTransaction(async () => {
      // Touching the cursor keeps the projector out until this transaction ends.
      const cursors = live.db.collection<{ _id: string; positions: StreamPositions }>('cursors');
      const held = await cursors.findOneAndUpdate({ _id: name }, { $inc: { turns: 1 } }, { session });
      if (held !== null && stringify(held.positions) !== stringify(goal)) return null;
      let replaced = 0;
      for (const collection of collections) {
        const [old, right] = await Promise.all([
          live.db.collection<{ _id: string }>(collection).find({}, { session }).toArray(),
          fresh.db.collection<{ _id: string }>(collection).find().toArray(),
        ]);
        const wanted = new Map(right.map((document) => [document._id, document]));
        const known = new Map(old.map((document) => [document._id, stringify(document)]));
        const changes: AnyBulkWriteOperation<{ _id: string }>[] = [
          ...old
            .filter((document) => !wanted.has(document._id))
            .map((document) => ({ deleteOne: { filter: { _id: document._id } } })),
          ...right
            .filter((document) => known.get(document._id) !== stringify(document))
            .map((document) => ({
              replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
            })),
        ];
        if (changes.length > 0)
          await live.db
            .collection<{ _id: string }>(collection)
            .bulkWrite(changes, { session, ordered: false });
        replaced += changes.length;
      }
      if (held === null) await moveCursor(live.db, name, goal, session);
      return replaced;
    }),
  );
}
