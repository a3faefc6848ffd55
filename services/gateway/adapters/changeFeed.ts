import type { ChangeStream, ChangeStreamDocument, Document } from 'mongodb';
import type { Logger } from '../../runtime/logger.ts';
import type { Db } from '../../runtime/mongo.ts';
import { type Change, changeOf, WATCHED_COLLECTIONS } from '../domain/changes.ts';

/** How many changes are kept for those who come back. */
const KEPT = 5_000;
const RETRY_MS = 1_000;

export interface ChangeFeed {
  /**
   * Calls `listener` with each change from now on, or from the one after `lastId` where that is still known.
   * @returns whether what came after `lastId` is complete, and how to stop
   */
  subscribe(lastId: string | null, listener: (change: Change) => void): { complete: boolean; stop(): void };
  close(): Promise<void>;
}

/** One change stream over the read models for everybody who looks; it begins with the first of them. */
export function createChangeFeed(db: Db, logger: Logger): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  let kept: Change[] = [];
  let stream: ChangeStream | null = null;
  let isClosed = false;

  function open(): void {
    if (stream !== null || isClosed) return;
    const last = kept.at(-1);
    stream = db.watch([{ $match: { 'ns.coll': { $in: [...WATCHED_COLLECTIONS] } } }], {
      fullDocument: 'updateLookup',
      ...(last === undefined ? {} : { resumeAfter: { _data: last.id } }),
    });
    stream.on('change', (event: ChangeStreamDocument<Document>) => {
      const change = changeOf(event as Parameters<typeof changeOf>[0]);
      if (change === null) return;
      kept.push(change);
      if (kept.length > 2 * KEPT) kept = kept.slice(-KEPT);
      for (const listener of listeners) listener(change);
    });
    stream.on('error', (error) => {
      logger.warn({ err: error }, 'the change stream broke; it is opened again');
      stream = null;
      // What was kept may have a hole now: those who come back are told to read anew.
      kept = [];
      setTimeout(open, RETRY_MS).unref();
    });
  }

  return {
    subscribe: (lastId, listener) => {
      open();
      const place = lastId === null ? -1 : kept.findIndex(({ id }) => id === lastId);
      if (place >= 0) for (const change of kept.slice(place + 1)) listener(change);
      listeners.add(listener);
      return {
        complete: lastId === null || place >= 0,
        stop: () => {
          listeners.delete(listener);
        },
      };
    },
    close: async () => {
      isClosed = true;
      listeners.clear();
      await stream?.close();
    },
  };
}
