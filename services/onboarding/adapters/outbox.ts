import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession, Collection, Db } from 'mongodb';
import type { LateSubject } from '../domain/lateLetters.ts';
import { type Notification, render } from '../domain/notifications.ts';
import { isRefusedForGood } from '../domain/smtpReplies.ts';
import type { Locale } from '../domain/templates.ts';

/** E-mail and SMS go to a party's own address; a robot speaks in the one group it belongs to, the programme office's. */
export type ChannelName = 'email' | 'sms' | 'wecom' | 'dingtalk';

export interface OutgoingMessage {
  /** The same for the same notification, so that a second copy after a crash is recognised as one. */
  readonly messageId: string;
  /** E-mail address or phone number; empty for a robot. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Delivers, or throws to be asked again, unless a mail server refused the letter for good. */
export type Deliver = (message: OutgoingMessage) => Promise<void>;

export interface Channel {
  readonly name: ChannelName;
  readonly deliver: Deliver;
  close(): void;
}

/** Where a party is reached. Not an event: an address must be forgettable. */
export interface Contact {
  /** The party: `supplier/<USCC>` and so on. */
  readonly _id: string;
  readonly email: string;
  /** For SMS, as the gateway takes it. */
  readonly phone?: string;
  readonly locale: Locale;
}

export interface OutboxEntry extends Omit<Notification, 'id'> {
  readonly _id: string;
  readonly channel: ChannelName;
  /** `held`: it came late, and goes out only if its matter still stands once the stream has caught up. */
  readonly state: 'held' | 'queued' | 'sent' | 'no-address' | 'failed';
  readonly heldFor?: LateSubject;
  readonly attempts: number;
  /** Until then another sender has it, or it rests after a failed try. */
  readonly notBefore: Date;
  readonly lastError?: string;
}

/** A notification; held back where it says for what. */
export interface Letter extends Notification {
  readonly heldFor?: LateSubject;
}

export const outboxOf = (db: Db): Collection<OutboxEntry> =>
  db.collection<OutboxEntry>('notification_outbox');
export const contactsOf = (db: Db): Collection<Contact> => db.collection<Contact>('contacts');

const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 20_000;
const MAX_PAUSE_MS = 3_600_000;
const LONGEST_INSISTENCE_MS = 6_400;

/** The index with which the next letter is found; safe to make at every start. */
export async function ensureOutboxIndex(db: Db): Promise<void> {
  await outboxOf(db).createIndex({ state: 1, channel: 1, notBefore: 1 }, { name: 'next' });
}

/** Queues notifications, one entry for each channel that serves the party; one that is there already stays as it is. */
export async function queue(
  db: Db,
  letters: readonly Letter[],
  now: Date,
  session?: ClientSession,
  channels: readonly ChannelName[] = ['email'],
): Promise<void> {
  const entries = letters.flatMap(({ id, ...rest }) =>
    channels
      .filter((channel) => serves(channel, rest.party))
      .map((channel) => ({ ...rest, channel, id: channel === 'email' ? id : `${id} by ${channel}` })),
  );
  if (entries.length === 0) return;
  await outboxOf(db).bulkWrite(
    entries.map(({ id, ...rest }) => ({
      updateOne: {
        filter: { _id: id },
        update: {
          $setOnInsert: {
            ...rest,
            state: rest.heldFor === undefined ? ('queued' as const) : ('held' as const),
            attempts: 0,
            notBefore: now,
          },
        },
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}

/**
 * Takes one notification, so that no other sender has it meanwhile, and delivers it. However long that takes, the sender keeps it; one that
 * dies lets go of it after a minute.
 * @returns whether there was one
 */
export async function sendNext(
  db: Db,
  deliver: Deliver,
  now: Date,
  channel: ChannelName = 'email',
  renewEveryMs = RENEW_EVERY_MS,
): Promise<boolean> {
  const entry = await outboxOf(db).findOneAndUpdate(
    { channel, state: 'queued', notBefore: { $lte: now } },
    { $set: { notBefore: new Date(now.getTime() + LEASE_MS) }, $inc: { attempts: 1 } },
    { sort: { notBefore: 1 }, returnDocument: 'after' },
  );
  if (entry === null) return false;
  const settle = (change: Partial<OutboxEntry>) =>
    outboxOf(db).updateOne({ _id: entry._id, attempts: entry.attempts }, { $set: change });
  const contact = await contactsOf(db).findOne({ _id: entry.party });
  const to = addressOf(channel, contact);
  if (to === null) {
    await settle({ state: 'no-address' });
    return true;
  }
  const lease = keepLease(db, entry, now, renewEveryMs);
  try {
    const outcome = await outcomeOf(entry, now, async () => {
      const { subject, text } = render(entry.template, entry.words, contact?.locale ?? 'zh');
      await deliver({ messageId: messageIdOf(entry._id), to, subject, text });
    });
    await insist(() => settle(outcome));
  } finally {
    lease.end();
  }
  return true;
}

/** What an entry becomes by a try to send it. Only a word about the letter itself ends the tries; a server that is away is waited for. */
async function outcomeOf(
  { attempts }: OutboxEntry,
  now: Date,
  send: () => Promise<void>,
): Promise<Partial<OutboxEntry>> {
  try {
    await send();
    return { state: 'sent' };
  } catch (error) {
    const lastError = error instanceof Error ? error.message.slice(0, 300) : String(error);
    if (isRefusedForGood(error)) return { state: 'failed', lastError };
    const pauseMs = Math.min(1_000 * 2 ** attempts, MAX_PAUSE_MS);
    return { notBefore: new Date(now.getTime() + pauseMs), lastError };
  }
}

/** What was handed over and is not noted would be handed over again: the note is worth a few tries. */
async function insist(write: () => Promise<unknown>): Promise<void> {
  for (let pauseMs = 100; ; pauseMs *= 4)
    try {
      await write();
      return;
    } catch (error) {
      if (pauseMs > LONGEST_INSISTENCE_MS) throw error;
      await sleep(pauseMs);
    }
}

/** Has what was given up sent again. @returns how many letters */
export async function requeueFailed(db: Db, party?: string): Promise<number> {
  const { modifiedCount } = await outboxOf(db).updateMany(
    { state: 'failed', ...(party === undefined ? {} : { party }) },
    { $set: { state: 'queued', notBefore: new Date(0) } },
  );
  return modifiedCount;
}

/** Has an entry leased for a minute from now again and again, until its end or until another sender has it. */
function keepLease(db: Db, { _id, attempts }: OutboxEntry, now: Date, everyMs: number): { end(): void } {
  let renewals = 0;
  const renew = async (): Promise<void> => {
    const notBefore = new Date(now.getTime() + ++renewals * everyMs + LEASE_MS);
    const mine = { _id, attempts, state: 'queued' as const };
    const { matchedCount } = await outboxOf(db).updateOne(mine, { $max: { notBefore } });
    if (matchedCount === 0) clearInterval(timer);
  };
  // Where the database is away, the next renewal is in time.
  const timer = setInterval(() => void renew().catch(() => {}), everyMs).unref();
  return { end: () => clearInterval(timer) };
}

/** A group is no place for what concerns one firm and is said to it: robots tell what a bureau is told. */
const serves = (channel: ChannelName, party: string): boolean =>
  !isRobot(channel) || party.startsWith('bureau/');

const isRobot = (channel: ChannelName): boolean => channel === 'wecom' || channel === 'dingtalk';

function addressOf(channel: ChannelName, contact: Contact | null): string | null {
  if (isRobot(channel)) return '';
  return (channel === 'sms' ? contact?.phone : contact?.email) ?? null;
}

const messageIdOf = (id: string): string =>
  `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@chainlight.invalid>`;
