import type { ChangeStream, ChangeStreamDocument, Document } from 'mongodb';
import type { Logger } from '../../runtime/logger.ts';
import type { Db } from '../../runtime/mongo.ts';
import {
  type Change,
  changeOf,
  hasReachedPosition,
  isPosition,
  WATCHED_COLLECTIONS,
} from '../domain/changes.ts';

/** How many changes are kept for those who come back. */
const KEPT = 5_000;
const RETRY_MS = 1_000;
/** How long a reader that comes back waits for what it missed, before it is told to read anew. */
const PATIENCE_MS = 5_000;
const PIPELINE = [{ $match: { 'ns.coll': { $in: [...WATCHED_COLLECTIONS] } } }];

export interface ChangeReader {
  /** Everything up to here was told, and what comes from now on will be. */
  joined(position: string): void;
  change(change: Change): void;
  /** Something was missed and cannot be had any more. */
  lost(): void;
}

export interface ChangeFeed {
  /**
   * Tells a reader of each change from now on, or from the one after `lastId`, whichever process gave that id out.
   * @returns how to stop
   */
  subscribe(lastId: string | null, reader: ChangeReader): { stop(): void };
  /** Up to where everything was told; null before the stream is open. A reader that keeps it misses nothing. */
  position(): string | null;
  close(): Promise<void>;
}

/**
 * One change stream over the read models for everybody who looks; it begins with the first of them. Ids are resume tokens of MongoDB,
 * which are sorted as text: what lies between an older id and the beginning of this stream is read from the database once, for all who
 * come back after a restart.
 */
export function createChangeFeed(db: Db, logger: Logger): ChangeFeed {
  const readers = new Set<ChangeReader>();
  /** All changes after `keptFrom`, in order. */
  let kept: Change[] = [];
  let keptFrom: string | null = null;
  let position: string | null = null;
  let stream: ChangeStream | null = null;
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  let reachingBack: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function open(): void {
    if (stream !== null || isClosed) return;
    const resumeAfter = position === null ? {} : { resumeAfter: { _data: position } };
    stream = db.watch(PIPELINE, { fullDocument: 'updateLookup', ...resumeAfter });
    stream.on('resumeTokenChanged', (token) => {
      const at = (token as { _data?: unknown })._data;
      if (typeof at !== 'string') return;
      position = at;
      keptFrom ??= at;
      isReady();
    });
    stream.on('change', (event: ChangeStreamDocument<Document>) => {
      const change = changeOf(event as Parameters<typeof changeOf>[0]);
      if (change !== null) keep(change);
    });
    stream.on('error', (error) => reopen(error));
  }

  function keep(change: Change): void {
    kept.push(change);
    if (kept.length > 2 * KEPT) {
      keptFrom = kept.at(-KEPT - 1)?.id ?? keptFrom;
      kept = kept.slice(-KEPT);
    }
    for (const reader of readers) reader.change(change);
  }

  function reopen(error: Error & { code?: unknown }): void {
    logger.warn({ err: error }, 'the change stream broke; it is opened again where it stood');
    const broken = stream;
    stream = null;
    void broken?.close().catch(() => undefined);
    if (LOST.has(error.code)) {
      [kept, keptFrom, position] = [[], null, null];
      for (const reader of readers) reader.lost();
    }
    setTimeout(open, RETRY_MS).unref();
  }

  /** Reads what lies between an older position and what is kept. @returns whether nothing is missing now */
  async function reachBack(from: string): Promise<boolean> {
    if (keptFrom === null || isClosed) return false;
    if (from >= keptFrom) return true;
    const until = keptFrom;
    const missed: Change[] = [];
    const older = db.watch(PIPELINE, { fullDocument: 'updateLookup', resumeAfter: { _data: from } });
    const giveUpAt = performance.now() + PATIENCE_MS;
    try {
      while (performance.now() < giveUpAt && missed.length + kept.length <= 2 * KEPT) {
        const event = await older.tryNext();
        const at = (older.resumeToken as { _data?: string } | undefined)?._data ?? '';
        const change = event === null ? null : changeOf(event as Parameters<typeof changeOf>[0]);
        if (change !== null) missed.push(change);
        if (event !== null ? at < until : !isPosition(at) || !hasReachedPosition(at, until)) continue;
        if (keptFrom !== until) return false;
        // The mark of an instant sorts before the events of that instant, so the two may overlap.
        const ids = new Set(missed.map(({ id }) => id));
        kept = [...missed, ...kept.filter(({ id }) => !ids.has(id))];
        keptFrom = from;
        return true;
      }
      return false;
    } catch (error) {
      logger.info(
        { err: error },
        'a reader came back with a position that the database does not know any more',
      );
      return false;
    } finally {
      await older.close().catch(() => undefined);
    }
  }

  async function join(lastId: string | null, reader: ChangeReader, isGone: () => boolean): Promise<void> {
    open();
    await ready;
    let isComplete = lastId === null;
    if (lastId !== null && isPosition(lastId)) {
      // One after the other: who comes second mostly finds that it has been read already.
      const mine = reachingBack.then(() => reachBack(lastId));
      reachingBack = mine;
      isComplete = await mine;
    }
    if (isGone()) return;
    if (!isComplete) reader.lost();
    else if (lastId !== null) for (const change of kept) if (change.id > lastId) reader.change(change);
    readers.add(reader);
    if (position !== null) reader.joined(position);
  }

  return {
    subscribe: (lastId, reader) => {
      let isGone = false;
      void join(lastId, reader, () => isGone);
      return {
        stop: () => {
          isGone = true;
          readers.delete(reader);
        },
      };
    },
    position: () => position,
    close: async () => {
      isClosed = true;
      readers.clear();
      await stream?.close();
    },
  };
}

/** ChangeStreamHistoryLost, ChangeStreamFatalError, InvalidResumeToken: the position is worth nothing any more. */
const LOST: ReadonlySet<unknown> = new Set([286, 280, 260]);
