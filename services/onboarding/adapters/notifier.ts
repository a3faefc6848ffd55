import type { Db } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { DAY_MS } from '../../../schemas/time.ts';
import { dataOf, eventsOf } from '../../runtime/eventStore.ts';
import { hasReached, readNewEvents } from '../../runtime/eventTail.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { moveCursor, readCursor } from '../../runtime/projector.ts';
import { asOneLetter, lateSubjectOf } from '../domain/lateLetters.ts';
import {
  aboutInvitation,
  isInvitation,
  type Notification,
  notificationsOf,
} from '../domain/notifications.ts';
import { factOfEvent } from '../readModel/factOfEvent.ts';
import { onboardingProjector, onboardingsOf } from '../readModel/projector.ts';
import { type ChannelName, type Letter, queue } from './outbox.ts';

export const NOTIFIER = 'onboarding-notifier';
const BATCH = 500;
/** What became true longer ago than this before it was recorded came late: it is history that is replayed, or the product was away. */
const STALE_MS = 3 * DAY_MS;
/** Undoing is tried for days after the ending whose time this bears, and somebody has to see to it now. */
const NEVER_STALE = 'onboarding.compensation-escalated.v1';
const ENDING = 'onboarding.closed.v1';
/** Of an ending that no event decided: it is stated once everything is given back, which takes days where the platform is down, and as late as the stream's time comes. */
const ENDING_STALE_MS = 30 * DAY_MS;

/**
 * Queues what people are to be told about new events; queue and cursor move together, so that none is lost and none is queued twice.
 * Waits for the read model, which knows an onboarding's leader and city: ahead of it, a leader's reminder would have nobody to go to.
 * @returns whether there was anything to read
 */
export async function notifyOnce(
  mongo: Mongo,
  now: Date,
  channels?: readonly ChannelName[],
): Promise<boolean> {
  const { db, client } = mongo;
  const before = await readCursor(db, NOTIFIER);
  const batch = await readNewEvents(db, before, BATCH);
  if (hasReached(before, batch.positions)) return false;
  if (!hasReached(await readCursor(db, onboardingProjector.name), batch.positions)) return false;
  const letters: Letter[] = [];
  for (const event of batch.events) letters.push(...(await lettersAbout(mongo, event)));
  await client.withSession((session) =>
    session.withTransaction(async () => {
      await queue(db, letters, now, session, channels);
      await moveCursor(db, NOTIFIER, batch.positions, session);
    }),
  );
  return true;
}

const delayOf = ({ time, recordedAt }: Pick<StoredEvent, 'time' | 'recordedAt'>): number =>
  recordedAt.getTime() - time.getTime();

/** What is to be written about an event. What came late waits to be seen whether it still matters, or is history and written to nobody. */
async function lettersAbout(mongo: Mongo, event: StoredEvent): Promise<Letter[]> {
  if (!(await isLate(mongo.db, event))) return aboutEvent(mongo, event);
  const read = factOfEvent(event);
  const heldFor = read && lateSubjectOf(event.type, read.workflowId, dataOf(event));
  if (heldFor === null) return [];
  const letters = await aboutEvent(mongo, event);
  return letters.map((letter) => ({ ...asOneLetter(letter, heldFor), heldFor }));
}

/** Whether an event came late. An ending is as late as what decided it, however long the undoing took. */
async function isLate(db: Db, event: StoredEvent): Promise<boolean> {
  const delay = delayOf(event);
  if (event.type === NEVER_STALE || delay <= STALE_MS) return false;
  if (event.type !== ENDING) return true;
  const { decidedBy } = dataOf(event);
  const decision = await eventsOf(db).findOne(
    { _id: String(decidedBy) },
    { projection: { time: 1, recordedAt: 1 } },
  );
  return decision === null ? delay > ENDING_STALE_MS : delayOf(decision) > STALE_MS;
}

async function aboutEvent({ db }: Mongo, event: StoredEvent): Promise<Notification[]> {
  if (isInvitation(event.type)) return [aboutInvitation(event._id, dataOf(event))];
  const read = factOfEvent(event);
  if (read === null) return [];
  const known = await onboardingsOf(db).findOne(
    { _id: read.workflowId },
    { projection: { supplierName: 1, leaderUscc: 1, providerUscc: 1, cityCode: 1 } },
  );
  return notificationsOf({
    id: event._id,
    type: event.type,
    data: dataOf(event),
    supplierUscc: read.key.supplierUscc,
    supplierName: known?.supplierName ?? null,
    leaderUscc: known?.leaderUscc ?? null,
    providerUscc: known?.providerUscc ?? null,
    cityCode: known?.cityCode ?? null,
  });
}
