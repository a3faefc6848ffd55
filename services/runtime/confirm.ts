import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../../schemas/envelope.ts';
import { eventsOf } from './eventStore.ts';
import type { Db } from './mongo.ts';

const POLL_MS = 100;

/** Waits until ingest has stored an event; false when it had not by `timeoutMs`. */
export async function waitUntilStored(
  db: Db,
  event: { readonly source: string; readonly id: string },
  timeoutMs: number,
): Promise<boolean> {
  const query = { _id: identityOf(event.source, event.id) };
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    if ((await eventsOf(db).countDocuments(query, { limit: 1 })) > 0) return true;
    if (waitedMs >= timeoutMs) return false;
    await sleep(POLL_MS);
  }
}
