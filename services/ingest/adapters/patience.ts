import { setTimeout as sleep } from 'node:timers/promises';

/** A topic that is gone makes the client try for ever; somebody must hear of it. */
export const PATIENCE_MS = 120_000;

/** @throws Error when the broker has not taken what is being sent by then */
export async function within(patienceMs: number, work: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const tooLong = sleep(patienceMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`the broker has not taken it within ${patienceMs / 1_000} s`);
  });
  tooLong.catch(() => {});
  work.catch(() => {});
  try {
    await Promise.race([work, tooLong]);
  } finally {
    patience.abort();
  }
}
