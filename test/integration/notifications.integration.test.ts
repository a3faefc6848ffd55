import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  contactsOf,
  type OutboxEntry,
  outboxOf,
  queue,
  requeueFailed,
  sendNext,
} from '../../services/onboarding/adapters/outbox.ts';
import { createSmtp } from '../../services/onboarding/adapters/smtp.ts';
import { notificationsOf } from '../../services/onboarding/domain/notifications.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { SUPPLIER, uniqueName } from '../support/events.ts';

let mongo: Mongo;
let mailbox: string[] = [];
/** What the server says of every recipient; null for yes. */
let refusal: number | null = null;
let url = '';
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo: (_address, _session, done) =>
    done(refusal === null ? null : Object.assign(new Error('not now'), { responseCode: refusal })),
  onData: (stream, _session, done) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    stream.on('end', () => {
      mailbox.push(text);
      void Promise.resolve(held).then(() => done());
    });
  },
});

beforeAll(async () => {
  mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('mail'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  mailbox = [];
  refusal = null;
  await outboxOf(mongo.db).deleteMany({});
  await contactsOf(mongo.db).deleteMany({});
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  await mongo.db.dropDatabase();
  await mongo.close();
});

const T0 = new Date('2024-05-01T00:00:00Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);
const reminder = notificationsOf({
  id: '/system/onboarding w/reminder/TRAINED/1',
  type: 'onboarding.reminder-sent.v1',
  data: { recipient: 'supplier', step: 'TRAINED', deadline: '2024-04-30T00:00:00.000Z' },
  supplierUscc: SUPPLIER,
  supplierName: '测试企业',
  leaderUscc: null,
  providerUscc: null,
  cityCode: '510100',
});
/** Takes its time with the next mail, until it is let go. */
let held: Promise<void> | null = null;
const reach = (locale: 'zh' | 'en') =>
  contactsOf(mongo.db).insertOne({ _id: `supplier/${SUPPLIER}`, email: 'it@example.com', locale });

describe('notifications by e-mail', () => {
  it('go out once, however often they were queued and by however many senders', async () => {
    await reach('en');
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    await queue(mongo.db, reminder, T0);
    await queue(mongo.db, reminder, T0);
    const sent = await Promise.all(Array.from({ length: 4 }, () => sendNext(mongo.db, deliver, T0)));
    close();
    expect(sent.filter(Boolean)).toHaveLength(1);
    expect(mailbox).toHaveLength(1);
    expect(mailbox[0]).toContain('The step trained');
    expect(mailbox[0]).toMatch(/Message-ID: <[0-9a-f]{40}@chainlight\.invalid>/i);
    await queue(mongo.db, reminder, later(1_000));
    expect(await sendNext(mongo.db, deliver, later(120_000))).toBe(false);
  });

  it('are tried again after a refusal that may pass, under the same Message-ID', async () => {
    await reach('zh');
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    await queue(mongo.db, reminder, T0);
    refusal = 452;
    expect(await sendNext(mongo.db, deliver, T0)).toBe(true);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'queued', attempts: 1 });
    expect(await sendNext(mongo.db, deliver, later(1_000))).toBe(false);
    refusal = null;
    expect(await sendNext(mongo.db, deliver, later(5_000))).toBe(true);
    close();
    expect(mailbox).toHaveLength(1);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('wait for a server that is away for days, asked once an hour', async () => {
    await reach('zh');
    await queue(mongo.db, reminder, T0);
    const away = createSmtp('smtp://127.0.0.1:1', 'chainlight@example.com');
    const HOUR_MS = 3_600_000;
    for (let hour = 0; hour < 40; hour++)
      expect(await sendNext(mongo.db, away.deliver, later(hour * HOUR_MS))).toBe(true);
    away.close();
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'queued', attempts: 40 });
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    expect(await sendNext(mongo.db, deliver, later(40 * HOUR_MS))).toBe(true);
    close();
    expect(mailbox).toHaveLength(1);
  });

  it('that were refused for good go out again only when somebody says so', async () => {
    await reach('zh');
    await queue(mongo.db, reminder, T0);
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    refusal = 550;
    expect(await sendNext(mongo.db, deliver, T0)).toBe(true);
    refusal = null;
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('550'),
    });
    expect(await sendNext(mongo.db, deliver, later(86_400_000))).toBe(false);
    expect(await requeueFailed(mongo.db, 'bureau/510100')).toBe(0);
    expect(await requeueFailed(mongo.db, `supplier/${SUPPLIER}`)).toBe(1);
    expect(await requeueFailed(mongo.db)).toBe(0);
    expect(await sendNext(mongo.db, deliver, T0)).toBe(true);
    close();
    expect(mailbox).toHaveLength(1);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('that were handed over are noted as sent though the note fails twice, and go out once', async () => {
    await reach('zh');
    await queue(mongo.db, reminder, T0);
    let failures = 0;
    const outbox = new Proxy(outboxOf(mongo.db), {
      get: (target, name) => {
        if (name !== 'updateOne') return Reflect.get(target, name).bind(target);
        return async (filter: object, update: { $set?: Partial<OutboxEntry> }) => {
          if (update.$set?.state === 'sent' && failures++ < 2) throw new Error('no primary');
          return target.updateOne(filter, update);
        };
      },
    });
    const contacts = contactsOf(mongo.db);
    const db = { collection: (name: string) => (name === contacts.collectionName ? contacts : outbox) };
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    expect(await sendNext(db as unknown as Mongo['db'], deliver, T0)).toBe(true);
    expect(failures).toBe(3);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await sendNext(mongo.db, deliver, later(86_400_000))).toBe(false);
    close();
    expect(mailbox).toHaveLength(1);
  });

  it('are taken over from a sender that died', async () => {
    await reach('zh');
    await queue(mongo.db, reminder, T0);
    const dies = (): Promise<void> => new Promise(() => {});
    void sendNext(mongo.db, dies, T0);
    await expect.poll(async () => (await outboxOf(mongo.db).findOne({}))?.attempts).toBe(1);
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    expect(await sendNext(mongo.db, deliver, later(59_000))).toBe(false);
    expect(await sendNext(mongo.db, deliver, later(60_000))).toBe(true);
    close();
    expect(mailbox).toHaveLength(1);
  });

  it('stay with a sender whose server takes longer than a lease', async () => {
    await reach('zh');
    await queue(mongo.db, reminder, T0);
    let letGo = (): void => {};
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    const { deliver, close } = createSmtp(url, 'chainlight@example.com');
    const slow = sendNext(mongo.db, deliver, T0, 'email', 10);
    await expect.poll(() => mailbox.length, { timeout: 30_000 }).toBe(1);
    const isKept = async () => ((await outboxOf(mongo.db).findOne({}))?.notBefore ?? T0) > later(60_000);
    await expect.poll(isKept, { timeout: 30_000 }).toBe(true);
    expect(await sendNext(mongo.db, deliver, later(60_000))).toBe(false);
    held = null;
    letGo();
    expect(await slow).toBe(true);
    close();
    expect(mailbox).toHaveLength(1);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'sent', attempts: 1 });
  });

  it('wait for an address where there is none, and nobody is mailed "declined" who withdrew', async () => {
    await queue(mongo.db, reminder, T0);
    expect(await sendNext(mongo.db, async () => {}, T0)).toBe(true);
    expect(await outboxOf(mongo.db).findOne({})).toMatchObject({ state: 'no-address' });
    const closed = { id: 'x', type: 'onboarding.closed.v1', data: { status: 'WITHDRAWN' } };
    const about = {
      supplierUscc: SUPPLIER,
      supplierName: null,
      leaderUscc: null,
      providerUscc: null,
      cityCode: null,
    };
    expect(notificationsOf({ ...closed, ...about }).map(({ template }) => template)).toEqual([
      'closed-WITHDRAWN',
    ]);
  });

  it('take each channel by itself: SMS to a phone, robots only what a bureau is told', async () => {
    const { db } = mongo;
    const all = ['email', 'sms', 'wecom', 'dingtalk'] as const;
    const announced = notificationsOf({
      id: 'expiry',
      type: 'onboarding.expiry-announced.v1',
      data: { closesAt: '2024-06-01T00:00:00.000Z', daysLeft: 14 },
      supplierUscc: SUPPLIER,
      supplierName: '测试企业',
      leaderUscc: null,
      providerUscc: null,
      cityCode: '510100',
    });
    await contactsOf(db).insertOne({
      _id: `supplier/${SUPPLIER}`,
      email: 'it@example.com',
      phone: '13800001111',
      locale: 'zh',
    });
    for (const _twice of [1, 2]) await queue(db, announced, T0, undefined, all);
    const sent: string[] = [];
    for (const channel of all)
      while (await sendNext(db, async ({ to }) => void sent.push(`${channel}:${to}`), T0, channel));
    expect(sent).toEqual(['email:it@example.com', 'sms:13800001111', 'wecom:', 'dingtalk:']);
    const states = await outboxOf(db).find({ party: 'bureau/510100' }).sort({ channel: 1 }).toArray();
    expect(states.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'dingtalk sent',
      'email no-address',
      'sms no-address',
      'wecom sent',
    ]);
  });
});
