import type { Db } from 'mongodb';
import { streamClockOf } from '../../runtime/eventStore.ts';
import { isStillDue } from '../domain/lateLetters.ts';
import { onboardingsOf } from '../readModel/projector.ts';
import { completeClock } from './clock.ts';
import { outboxOf } from './outbox.ts';

const BATCH = 200;

/** Whether the stream has caught up with the clock on the wall and the read model with the stream: what is open then is open now. */
export async function hasCaughtUp(db: Db): Promise<boolean> {
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  return clock?.caughtUp === true && (await completeClock(db)) !== null;
}

/**
 * Lets late letters go whose matter still stands, and drops the others; only once the stream has caught up, since in the middle of a
 * history every step is open.
 * @returns whether any was dealt with
 */
export async function releaseHeld(db: Db, isReady = hasCaughtUp): Promise<boolean> {
  if ((await outboxOf(db).findOne({ state: 'held' })) === null || !(await isReady(db))) return false;
  const held = await outboxOf(db).find({ state: 'held' }).limit(BATCH).toArray();
  for (const { _id, heldFor } of held) {
    const onboarding =
      heldFor === undefined
        ? null
        : await onboardingsOf(db).findOne(
            { _id: heldFor.workflowId },
            { projection: { status: 1, steps: 1 } },
          );
    if (heldFor !== undefined && isStillDue(heldFor, onboarding))
      await outboxOf(db).updateOne({ _id, state: 'held' }, { $set: { state: 'queued' } });
    else await outboxOf(db).deleteOne({ _id, state: 'held' });
  }
  return held.length > 0;
}
