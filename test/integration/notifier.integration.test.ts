import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTS, erpTopic } from '../../schemas/topics.ts';
import { hasCaughtUp, releaseHeld } from '../../services/onboarding/adapters/heldLetters.ts';
import { notifyOnce } from '../../services/onboarding/adapters/notifier.ts';
import { contactsOf, outboxOf, sendNext } from '../../services/onboarding/adapters/outbox.ts';
import { createSmtp } from '../../services/onboarding/adapters/smtp.ts';
import { onboardingProjector, onboardingsOf } from '../../services/onboarding/index.ts';
import { streamClockOf } from '../../services/runtime/eventStore.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import {
  cloudEvent,
  LEADER,
  leaderRegistered,
  relationDeclared,
  SUPPLIER,
  uniqueName,
} from '../support/events.ts';
import { onboardingEvents, PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

const HOUR_MS = 3_600_000;
/** The notifier tells recent events from history by when they were recorded, which ingest takes from the clock. */
const begun = new Date();
const later = (ms: number): Date => new Date(begun.getTime() + ms);
const LEASE_MS = 60_000;

interface Mail {
  readonly to: string;
  readonly messageId: string;
}
const mailbox: Mail[] = [];
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onData: (mail, session, done) => {
    let text = '';
    mail.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    mail.on('end', () => {
      const messageId = /^Message-ID: (.+)$/im.exec(text)?.[1]?.trim() ?? 'none';
      mailbox.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), messageId });
      done();
    });
  },
});

let stream: TestStream;
let smtp: ReturnType<typeof createSmtp>;
const stops: (() => Promise<unknown>)[] = [];

const reminder = (recipient: 'supplier' | 'leader', rung: number, at: Date, about: object = {}) =>
  cloudEvent({
    type: 'onboarding.reminder-sent.v1',
    source: '/system/onboarding',
    id: `${SUPPLIER}/reminder/DIAGNOSED/0/${rung}/${recipient}`,
    time: at.toISOString(),
    partitionkey: SUPPLIER,
    data: {
      supplierUscc: SUPPLIER,
      platform: PLATFORM,
      programme: PROGRAMME,
      step: 'DIAGNOSED',
      stage: 'DIAGNOSED',
      recipient,
      rung,
      attempt: 0,
      deadline: at.toISOString(),
      ...about,
    },
  });

beforeAll(async () => {
  stream = await openTestStream();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  smtp = createSmtp(
    `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    'chainlight@example.com',
  );
  await stream.ensureTopics([erpTopic(LEADER)]);
  await onboardingProjector.ensureIndexes(stream.mongo.db);
  const ingest = await stream.startIngest();
  stops.push(
    () => ingest.stop(),
    () => stream.close(),
    async () => smtp.close(),
    () => new Promise<void>((resolve) => server.close(resolve)),
  );
  await contactsOf(stream.mongo.db).insertMany([
    { _id: `supplier/${SUPPLIER}`, email: 'supplier@example.com', locale: 'zh' },
    { _id: `leader/${LEADER}`, email: 'leader@example.com', locale: 'en' },
  ]);
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.drained();
  await stream.send(erpTopic(LEADER), [relationDeclared('2022-01-01')]);
  await stream.drained();
  await stream.send(erpTopic(LEADER), [onboardingEvents().nominated('2024-01-08T01:00:00Z')]);
  await stream.send(ACTS, [
    reminder('supplier', 1, later(-2 * HOUR_MS)),
    reminder('leader', 2, later(-HOUR_MS)),
    reminder('supplier', 3, new Date('2024-03-01T00:00:00Z')),
  ]);
  expect(await stream.drained()).toMatchObject({ accepted: 6, rejected: 0, parked: 0 });
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const queued = async () =>
  (
    await outboxOf(stream.mongo.db)
      .find({ state: { $ne: 'held' } })
      .sort({ party: 1 })
      .toArray()
  ).map(({ party, state, attempts }) => ({
    party,
    state,
    attempts,
  }));
const forgetCursor = () =>
  stream.mongo.db.collection<{ _id: string }>('cursors').deleteOne({ _id: 'onboarding-notifier' });
const drainNotifier = async (): Promise<void> => {
  while (await notifyOnce(stream.mongo, begun));
};

// One story, told in order: each test goes on from what the one before has left in the outbox.
describe('from a reminder event to a mail', () => {
  it('waits for the read model, which alone knows the leader', async () => {
    expect(await notifyOnce(stream.mongo, begun)).toBe(false);
    expect(await queued()).toEqual([]);
    while (await projectOnce(stream.mongo, onboardingProjector));
    expect(await notifyOnce(stream.mongo, begun)).toBe(true);
  });

  it('queues one message for each recipient, and holds back what came late', async () => {
    await drainNotifier();
    expect(await outboxOf(stream.mongo.db).countDocuments({ state: 'held' })).toBe(1);
    expect(await queued()).toEqual([
      { party: `leader/${LEADER}`, state: 'queued', attempts: 0 },
      { party: `supplier/${SUPPLIER}`, state: 'queued', attempts: 0 },
    ]);
  });

  it('queues none twice when the events are read again, or sent again', async () => {
    const before = await queued();
    await forgetCursor();
    await stream.send(ACTS, [reminder('leader', 2, later(-HOUR_MS))]);
    expect(await stream.drained()).toMatchObject({ accepted: 6, duplicates: 1 });
    while (await projectOnce(stream.mongo, onboardingProjector));
    await Promise.all([drainNotifier(), drainNotifier()]);
    expect(await queued()).toEqual(before);
  });

  it('sends again what a sender claimed and did not hand over, and again under the same Message-ID if only its note was lost', async () => {
    const { db } = stream.mongo;
    const claimed: string[] = [];
    const diesBefore = ({ messageId }: { messageId: string }): Promise<void> => {
      claimed.push(messageId);
      return new Promise(() => {});
    };
    void sendNext(db, diesBefore, begun);
    await expect.poll(() => claimed.length).toBe(1);
    const diesAfter = async (mail: Parameters<typeof smtp.deliver>[0]): Promise<void> => {
      await smtp.deliver(mail);
      claimed.push(mail.messageId);
      return new Promise(() => {});
    };
    void sendNext(db, diesAfter, begun);
    await expect.poll(() => claimed.length).toBe(2);
    expect(mailbox.map(({ messageId }) => messageId)).toEqual([claimed[1]]);
    expect(await sendNext(db, smtp.deliver, later(LEASE_MS - 1))).toBe(false);

    while (await sendNext(db, smtp.deliver, later(LEASE_MS)));
    const copies = (messageId: string | undefined) =>
      mailbox.filter((mail) => mail.messageId === messageId).length;
    expect(claimed.map(copies)).toEqual([1, 2]);
    expect(mailbox).toHaveLength(3);
    expect(new Set(mailbox.map(({ to }) => to))).toEqual(
      new Set(['supplier@example.com', 'leader@example.com']),
    );
  });

  it('never sends again what was handed over and noted', async () => {
    await forgetCursor();
    await drainNotifier();
    expect((await queued()).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(await sendNext(stream.mongo.db, smtp.deliver, later(24 * HOUR_MS))).toBe(false);
    expect(mailbox).toHaveLength(3);
  });

  it('queues what nobody could undo, however long ago the ending was', async () => {
    const escalated = cloudEvent({
      ...reminder('supplier', 9, new Date('2024-03-01T00:00:00Z')),
      type: 'onboarding.compensation-escalated.v1',
      id: `${SUPPLIER}/compensation-escalated/disable-tenant`,
      data: {
        ...{ supplierUscc: SUPPLIER, platform: PLATFORM, programme: PROGRAMME },
        ...{ operation: 'disable-tenant', message: 'no answer for 24 hours' },
      },
    });
    await stream.send(ACTS, [escalated]);
    expect(await stream.drained()).toMatchObject({ accepted: 7, rejected: 0 });
    while (await projectOnce(stream.mongo, onboardingProjector));
    await drainNotifier();
    const outbox = outboxOf(stream.mongo.db);
    const [letter, ...more] = await outbox.find({ template: 'escalation' }).toArray();
    expect(letter?.party).toMatch(/^bureau\//);
    expect(more).toEqual([]);
  });

  it('tells what came late only if its step is still open, and once however many rungs have passed', async () => {
    const { db } = stream.mongo;
    const outbox = outboxOf(db);
    const stated = (name: string, data: object) =>
      cloudEvent({
        ...reminder('supplier', 9, new Date('2024-01-08T02:00:00Z')),
        type: `onboarding.${name}.v1`,
        id: `${SUPPLIER}/${name}`,
        data: { supplierUscc: SUPPLIER, platform: PLATFORM, programme: PROGRAMME, ...data },
      });
    await stream.send(ACTS, [
      stated('registered', { programmeVersion: CURRENT_PROGRAMME_VERSION }),
      stated('identity-verified', { register: PLATFORM }),
    ]);
    expect(await stream.drained()).toMatchObject({ accepted: 9, rejected: 0 });
    while (await projectOnce(stream.mongo, onboardingProjector));
    const onboarding = await onboardingsOf(db).findOne({ supplierUscc: SUPPLIER });
    const open = onboarding?.steps.find(({ state, deadline }) => state === 'WAITING_ON' && deadline !== null);
    expect(onboarding?.status).toBe('ACTIVE');
    expect(open?.step).toBe('DIAGNOSED');
    const longAgo = new Date('2024-03-02T00:00:00Z');
    const about = { step: open?.step, deadline: open?.deadline };
    await stream.send(
      ACTS,
      [7, 8].map((rung) => reminder('supplier', rung, longAgo, about)),
    );
    expect(await stream.drained()).toMatchObject({ accepted: 11, rejected: 0 });
    while (await projectOnce(stream.mongo, onboardingProjector));
    await drainNotifier();
    const before = await queued();
    expect(await outbox.countDocuments({ state: 'held' })).toBe(2);
    expect(await releaseHeld(db, async () => false)).toBe(false);
    expect(await outbox.countDocuments({ state: 'held' })).toBe(2);
    while (await releaseHeld(db, async () => true));
    expect(await outbox.countDocuments({ state: 'held' })).toBe(0);
    expect(await queued()).toHaveLength(before.length + 1);
    expect(await outbox.findOne({ _id: /^late / })).toMatchObject({
      state: 'queued',
      party: `supplier/${SUPPLIER}`,
      words: { step: open?.step },
    });
  });

  it('has caught up only where the stream has, and the readers with it', async () => {
    const db = stream.mongo.client.db(uniqueName('clock'));
    const told = (caughtUp: boolean, positions: Record<string, number>) =>
      streamClockOf(db).replaceOne(
        { _id: 'watermark' },
        { at: begun, positions, caughtUp },
        { upsert: true },
      );
    await told(false, {});
    expect(await hasCaughtUp(db)).toBe(false);
    await told(true, { unread: 1 });
    expect(await hasCaughtUp(db)).toBe(false);
    await told(true, {});
    expect(await hasCaughtUp(db)).toBe(true);
    await db.dropDatabase();
  });

  it('tells of an ending however long the undoing took, but not of one that is history itself', async () => {
    const endingOf = (id: string, at: Date, decidedBy: string) => ({
      ...reminder('supplier', 9, at),
      type: 'onboarding.closed.v1',
      id: `${SUPPLIER}/${id}`,
      data: {
        ...{ supplierUscc: SUPPLIER, platform: PLATFORM, programme: PROGRAMME, status: 'WITHDRAWN' },
        ...{ stage: 'DIAGNOSED', failureReason: null, decidedBy, basis: [] },
      },
    });
    const longAgo = new Date('2024-03-01T00:00:00Z');
    const [decided, imported] = [1, 3].map(
      (rung) => `/system/onboarding ${SUPPLIER}/reminder/DIAGNOSED/0/${rung}/supplier`,
    ) as [string, string];
    await stream.send(ACTS, [
      endingOf('after-9-days', later(-9 * 24 * HOUR_MS), 'window'),
      endingOf('decided-just-now', longAgo, decided),
      endingOf('replayed', longAgo, imported),
      endingOf('imported-after-9-days', later(-9 * 24 * HOUR_MS), imported),
      endingOf('expired-long-ago', longAgo, 'window'),
    ]);
    expect(await stream.drained()).toMatchObject({ accepted: 16, rejected: 0 });
    while (await projectOnce(stream.mongo, onboardingProjector));
    await drainNotifier();
    const letters = await outboxOf(stream.mongo.db).find({ template: 'closed-WITHDRAWN' }).toArray();
    expect(letters.map(({ _id }) => _id.split(' ')[1]?.slice(SUPPLIER.length + 1)).sort()).toEqual([
      'after-9-days',
      'decided-just-now',
    ]);
  });
});
