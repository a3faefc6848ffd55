import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../../schemas/envelope.ts';
import { eventsOf } from './eventStore.ts';
import type { Db } from './mongo.ts';

const POLL_MS = 100;

interface Identified {
  readonly source: string;
  readonly id: string;
}

/** Waits until ingest has stored an event; false when it had not by `timeoutMs`. */
export async function waitUntilStored(db: Db, event: Identified, timeoutMs: number): Promise<boolean> {
  return (await waitUntilAllStored(db, [event], timeoutMs)).has(event);
}

/**
 * Waits until ingest has stored all of some events, `timeoutMs` for all of them together; gives those that it has.
 * @param onLook called with how many are stored whenever that was looked up
 */
export async function waitUntilAllStored<Event extends Identified>(
  db: Db,
  events: readonly Event[],
  timeoutMs: number,
  onLook?: (stored: number) => void,
): Promise<Set<Event>> {
  const missing = new Map(events.map((event) => [identityOf(event.source, event.id), event]));
  const stored = new Set<Event>();
  for (let waitedMs = 0; missing.size > 0; waitedMs += POLL_MS) {
    const query = { _id: { $in: [...missing.keys()] } };
    for (const { _id } of await eventsOf(db).find(query).project<{ _id: string }>({ _id: 1 }).toArray()) {
      const event = missing.get(_id);
      if (event !== undefined) stored.add(event);
      missing.delete(_id);
    }
    onLook?.(stored.size);
    if (missing.size === 0 || waitedMs >= timeoutMs) break;
    await sleep(POLL_MS);
  }
  return stored;
}
