import { createHash } from 'node:crypto';
import type { ClientSession, Collection, Db } from 'mongodb';
import { type Notification, render } from '../domain/notifications.ts';
import type { Locale } from '../domain/templates.ts';

export interface OutgoingMail {
  /** The same for the same notification, so that a second copy after a crash is recognised as one. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Delivers, or throws to be asked again. */
export type Deliver = (mail: OutgoingMail) => Promise<void>;

/** Where a party is reached. Not an event: an address must be forgettable. */
export interface Contact {
  /** The party: `supplier/<USCC>` and so on. */
  readonly _id: string;
  readonly email: string;
  readonly locale: Locale;
}

export interface OutboxEntry extends Omit<Notification, 'id'> {
  readonly _id: string;
  readonly state: 'queued' | 'sent' | 'no-address' | 'failed';
  readonly attempts: number;
  /** Until then another sender has it, or it rests after a failed try. */
  readonly notBefore: Date;
  readonly lastError?: string;
}

export const outboxOf = (db: Db): Collection<OutboxEntry> =>
  db.collection<OutboxEntry>('notification_outbox');
export const contactsOf = (db: Db): Collection<Contact> => db.collection<Contact>('contacts');

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 12;
const MAX_PAUSE_MS = 3_600_000;

/** Queues notifications; one that is there already stays as it is. */
export async function queue(
  db: Db,
  notifications: readonly Notification[],
  now: Date,
  session?: ClientSession,
): Promise<void> {
  if (notifications.length === 0) return;
  await outboxOf(db).bulkWrite(
    notifications.map(({ id, ...rest }) => ({
      updateOne: {
        filter: { _id: id },
        update: { $setOnInsert: { ...rest, state: 'queued' as const, attempts: 0, notBefore: now } },
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}

/**
 * Takes one notification, so that no other sender has it meanwhile, and delivers it. A sender that dies lets go of it after a minute.
 * @returns whether there was one
 */
export async function sendNext(db: Db, deliver: Deliver, now: Date): Promise<boolean> {
  const entry = await outboxOf(db).findOneAndUpdate(
    { state: 'queued', notBefore: { $lte: now } },
    { $set: { notBefore: new Date(now.getTime() + LEASE_MS) }, $inc: { attempts: 1 } },
    { sort: { notBefore: 1 }, returnDocument: 'after' },
  );
  if (entry === null) return false;
  const settle = (change: Partial<OutboxEntry>) =>
    outboxOf(db).updateOne({ _id: entry._id }, { $set: change });
  const contact = await contactsOf(db).findOne({ _id: entry.party });
  if (contact === null) {
    await settle({ state: 'no-address' });
    return true;
  }
  try {
    const { subject, text } = render(entry.template, entry.words, contact.locale);
    await deliver({ messageId: messageIdOf(entry._id), to: contact.email, subject, text });
    await settle({ state: 'sent' });
  } catch (error) {
    const pauseMs = Math.min(1_000 * 2 ** entry.attempts, MAX_PAUSE_MS);
    await settle({
      state: entry.attempts >= MAX_ATTEMPTS ? 'failed' : 'queued',
      notBefore: new Date(now.getTime() + pauseMs),
      lastError: error instanceof Error ? error.message.slice(0, 300) : String(error),
    });
  }
  return true;
}

const messageIdOf = (id: string): string =>
  `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@chainlight.invalid>`;
