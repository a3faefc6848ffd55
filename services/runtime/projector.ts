import type { ClientSession, Db } from 'mongodb';
import type { StoredEvent, StreamPositions } from './eventStore.ts';
import { hasNews, readNewEvents } from './eventTail.ts';
import type { Mongo } from './mongo.ts';

/**
 * A read model as a function of the accepted events. `apply` must give the same documents for the same set of events,
 * whatever their order and however they were cut into batches; it is called exactly once per event (its writes and the
 * reader's position are one transaction).
 */
export interface Projector {
  /** Name of its cursor. */
  readonly name: string;
  /** The collections it owns; `cli verify` compares them with a rebuild. */
  readonly collections: readonly string[];
  /** The topics that it reads; all where not given. Its cursor knows these alone. */
  readonly topics?: readonly string[];
  ensureIndexes(db: Db): Promise<void>;
  /** @param log database that holds the events; another one than `db` in a rebuild */
  apply(db: Db, events: readonly StoredEvent[], session: ClientSession, log: Db): Promise<void>;
  /** A faster way than one `apply` after the other to bring `mongo` forward by what `log` holds, where there is one. */
  follow?(mongo: Mongo, log: Db): Follower;
}

export interface Follower {
  /** Brings the read models forward by one batch. @returns how many events it took in */
  step(): Promise<number>;
}

interface Cursor {
  readonly _id: string;
  readonly positions: StreamPositions;
  readonly turns?: number;
  readonly hold?: Hold;
}

/** Has a reader stand still for somebody else, who has to renew it: it lapses with whoever died. */
interface Hold {
  readonly by: string;
  readonly until: Date;
}

const cursorsOf = (db: Db) => db.collection<Cursor>('cursors');

/** Where the reader called `name` stands; empty before its first batch. */
export async function readCursor(db: Db, name: string, session?: ClientSession): Promise<StreamPositions> {
  return (await cursorsOf(db).findOne({ _id: name }, { session }))?.positions ?? {};
}

/** Moves a reader. Within a transaction the move and the session's other writes happen together. */
export async function moveCursor(
  db: Db,
  name: string,
  positions: StreamPositions,
  session?: ClientSession,
): Promise<void> {
  await cursorsOf(db).updateOne({ _id: name }, { $set: { positions } }, { upsert: true, session });
}

/** A cursor as a reader found it when it took its turn. */
export interface Turn {
  readonly positions: StreamPositions;
  /** Number of turns taken, this one included; others who change the read models take turns too. */
  readonly turns: number;
  /** Whether somebody has the reader stand still: the turn is to be given up. */
  readonly isHeld: boolean;
}

/**
 * Takes the reader's turn within a transaction: of two processes that read under the same name one waits or begins anew, so
 * that no event is projected twice.
 */
export async function takeTurn(db: Db, name: string, session: ClientSession): Promise<Turn> {
  const cursor = await cursorsOf(db).findOneAndUpdate(
    { _id: name },
    { $inc: { turns: 1 }, $setOnInsert: { positions: {} } },
    { upsert: true, returnDocument: 'after', session },
  );
  return {
    positions: cursor?.positions ?? {},
    turns: cursor?.turns ?? 1,
    isHeld: cursor?.hold !== undefined && cursor.hold.until.getTime() > Date.now(),
  };
}

/**
 * Has a reader stand still from now on, which is a turn of its own; one that is under way comes to its end first.
 * @returns the turns taken, this one included; null when somebody else has it stand still
 */
export async function holdStill(db: Db, name: string, hold: Hold): Promise<number | null> {
  await cursorsOf(db).updateOne({ _id: name }, { $setOnInsert: { positions: {} } }, { upsert: true });
  const cursor = await cursorsOf(db).findOneAndUpdate(
    { _id: name, $or: [{ hold: { $exists: false } }, { 'hold.until': { $lte: new Date() } }] },
    { $set: { hold }, $inc: { turns: 1 } },
    { returnDocument: 'after' },
  );
  return cursor?.turns ?? null;
}

/** Has a reader that stands still do so for longer. */
export async function renewHold(db: Db, name: string, { by, until }: Hold): Promise<void> {
  await cursorsOf(db).updateOne({ _id: name, 'hold.by': by }, { $set: { 'hold.until': until } });
}

/** Lets a reader go on that stands still for `by`. */
export async function letGo(db: Db, name: string, by: string): Promise<void> {
  await cursorsOf(db).updateOne({ _id: name, 'hold.by': by }, { $unset: { hold: '' } });
}

/**
 * Takes, within a transaction, the next turn of a reader that has stood still for `by` since its turn `turns`, moves it and lets it go on.
 * @returns false when it has not stood still
 */
export async function takeHeldTurn(
  db: Db,
  name: string,
  {
    by,
    turns,
    positions,
  }: { readonly by: string; readonly turns: number; readonly positions: StreamPositions },
  session: ClientSession,
): Promise<boolean> {
  const taken = await cursorsOf(db).updateOne(
    { _id: name, 'hold.by': by, turns },
    { $inc: { turns: 1 }, $set: { positions }, $unset: { hold: '' } },
    { session },
  );
  return taken.matchedCount === 1;
}

/**
 * Brings a read model forward by one batch; `log` holds the events, `mongo` the read models (the same database, except in a rebuild).
 * @returns whether there was anything to read, and the reader need not stand still
 */
export async function projectOnce(
  mongo: Mongo,
  projector: Projector,
  log: Db = mongo.db,
  limit = 2_000,
): Promise<boolean> {
  if (!(await hasNews(log, await readCursor(mongo.db, projector.name), projector.topics))) return false;
  let isStill = false;
  await mongo.client.withSession((session) =>
    session.withTransaction(async () => {
      const { positions, isHeld } = await takeTurn(mongo.db, projector.name, session);
      isStill = isHeld;
      if (isHeld) return session.abortTransaction();
      const batch = await readNewEvents(log, positions, limit, projector.topics);
      if (batch.events.length > 0) await projector.apply(mongo.db, batch.events, session, log);
      await moveCursor(mongo.db, projector.name, batch.positions, session);
    }),
  );
  return !isStill;
}
