import type { Db } from 'mongodb';
import { hasNews, readNewEventParts } from '../../runtime/eventTail.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { type Follower, moveCursor, readCursor, takeTurn } from '../../runtime/projector.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import { Batch, READER } from './batch.ts';
import { OpenDocuments } from './openDocuments.ts';

export interface BatchLimits {
  /** Events that one transaction takes in at most: the more, the fewer times a firm's year is written. */
  readonly events: number;
  /** Events that are read, and held in memory, at a time. */
  readonly partEvents: number;
}

const LIMITS: BatchLimits = { events: 50_000, partEvents: 2_000 };

/**
 * Follows the events and brings the read models of measurement forward. What lags behind is caught up with in large batches,
 * read in small parts; the reader's position and all that a batch changes are one transaction.
 * @param log the database that holds the events; `mongo` holds the read models
 */
export function createFollower(mongo: Mongo, log: Db = mongo.db, limits: BatchLimits = LIMITS): Follower {
  const { db, client } = mongo;
  const open = new OpenDocuments();
  return {
    step: async () => {
      if (!(await hasNews(log, await readCursor(db, READER)))) return 0;
      let isHeld = false;
      let turns = 0;
      let events = 0;
      let written: ReadonlyMap<string, FirmYear | null> = new Map();
      await client.withSession((session) =>
        session.withTransaction(async () => {
          const turn = await takeTurn(db, READER, session);
          isHeld = turn.isHeld;
          if (isHeld) return session.abortTransaction();
          open.begin(turn.turns - 1);
          turns = turn.turns;
          events = 0;
          const batch = new Batch(db, log, session, open);
          let { positions } = turn;
          for await (const part of readNewEventParts(log, positions, limits.events, limits.partEvents)) {
            await batch.take(part.events);
            positions = part.positions;
            events += part.events.length;
            if (batch.isFull()) break;
          }
          written = await batch.write();
          await moveCursor(db, READER, positions, session);
        }),
      );
      if (isHeld) return 0;
      open.settle(turns, written);
      return events;
    },
  };
}
