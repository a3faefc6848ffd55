import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import {
  WebhookCreated,
  WebhookDeliveryPage,
  WebhookList,
  WebhookMessage,
} from '../../schemas/api/webhooks.ts';
import { ACTS, erpTopic } from '../../schemas/topics.ts';
import { createWebhookPost } from '../../services/gateway/adapters/webhookSender.ts';
import { deliveriesOf } from '../../services/gateway/adapters/webhookStore.ts';
import { createGateway } from '../../services/gateway/index.ts';
import { onboardingProjector } from '../../services/onboarding/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import {
  cloudEvent,
  LEADER,
  leaderRegistered,
  relationDeclared,
  SUPPLIER,
  testUscc,
} from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { onboardingEvents, PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** What each path of the receiver was sent, and what it answers next. */
const received = new Map<string, Received[]>();
const answers = new Map<string, number[]>();
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const path = request.url ?? '';
    received.set(path, [...(received.get(path) ?? []), { headers: request.headers, body }]);
    response.writeHead(answers.get(path)?.shift() ?? 204).end();
  });
});
const at = (path: string): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;
const sentTo = (path: string): Received[] => received.get(path) ?? [];
const told = (path: string) => sentTo(path).map(({ body }) => WebhookMessage.parse(JSON.parse(body)).data);

const events = onboardingEvents();
/** What the workflow would state. */
const stated = (name: string, time: string, data: Record<string, unknown>) => ({
  ...cloudEvent({
    type: `onboarding.${name}.v1`,
    source: '/system/onboarding',
    time,
    partitionkey: SUPPLIER,
    data: { supplierUscc: SUPPLIER, platform: PLATFORM, programme: PROGRAMME, ...data },
  }),
  id: `${SUPPLIER}/${name}`,
});
let stream: TestStream;
let ingest: { stop(): Promise<void> };
let temporal: Temporal;
let issuer: TestIssuer;
let app: FastifyInstance;

const build = (): Promise<FastifyInstance> => {
  const config = {
    ...loadConfig({
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: stream.mongo.db.databaseName,
      CHAINLIGHT_WEBHOOKS: 'private',
    }),
    ...issuer.settings,
  };
  const { mongo, kafka } = stream;
  const logger = createLogger('test', { level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  return createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
};

async function call(as: string, method: 'GET' | 'POST', url: string, payload?: object) {
  const body = payload === undefined ? {} : { payload };
  return app.inject({ method, url, headers: await issuer.as(as), ...body });
}
const subscribe = async (as: string, path: string) => {
  const answer = await call(as, 'POST', '/api/v1/webhooks', { url: at(path) });
  expect(answer.statusCode).toBe(201);
  return WebhookCreated.parse(answer.json());
};

const identities = async (): Promise<string[]> =>
  (await eventsOf(stream.mongo.db).find({ firm: SUPPLIER }).toArray()).map(({ _id }) => _id);

/** Takes in what was sent, and brings the onboardings forward. */
async function takeIn(topic: string, event: Record<string, unknown>): Promise<void> {
  await stream.send(topic, [event]);
  await stream.drained();
  while (await projectOnce(stream.mongo, onboardingProjector));
}

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  stream = await openTestStream();
  ingest = await stream.startIngest();
  await stream.ensureTopics([erpTopic(LEADER)]);
  issuer = await startTestIssuer({
    operator: { role: 'operator' },
    leader: { role: 'leader', firms: [LEADER] },
    colleague: { role: 'leader', firms: [LEADER] },
    otherLeader: { role: 'leader', firms: [testUscc(77)] },
    city: { role: 'bureau', region: '510100' },
    otherCity: { role: 'bureau', region: '320500' },
  });
  temporal = await connectTemporal(inject('TEMPORAL_ADDRESS'), 'default');
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.drained();
  await stream.send(erpTopic(LEADER), [relationDeclared()]);
  await takeIn(erpTopic(LEADER), events.nominated('2024-02-01T08:00:00Z'));
  app = await build();
});

afterAll(async () => {
  await app?.close();
  await issuer?.close();
  await temporal?.close();
  await ingest?.stop();
  await stream?.close();
  await new Promise((resolve) => receiver.close(resolve));
});

it('tells a change to those who may see it, signed, and nothing that could be looked up before', async () => {
  const mine = await subscribe('leader', '/leader');
  await subscribe('city', '/city');
  await subscribe('otherLeader', '/other-leader');
  await subscribe('otherCity', '/other-city');

  await takeIn(ACTS, stated('registered', '2024-02-02T08:00:00Z', { programmeVersion: 'city-5' }));
  await eventually('both to be told', async () => sentTo('/leader').length > 0 && sentTo('/city').length > 0);

  expect(told('/leader')).toEqual([
    expect.objectContaining({
      ...{ supplierUscc: SUPPLIER, supplierName: 'Test supplier', status: 'ACTIVE', revision: 1 },
      before: { stage: expect.any(String), status: 'ACTIVE' },
    }),
  ]);
  const [change] = told('/leader');
  expect(change?.stage).not.toBe(change?.before?.stage);
  expect(told('/city')).toEqual(told('/leader'));
  const [{ headers, body } = { headers: {}, body: '' }] = sentTo('/leader');
  const key = Buffer.from(mine.secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  expect(JSON.parse(body).id).toBe(headers['webhook-id']);
  expect(received.has('/other-leader')).toBe(false);
  expect(received.has('/other-city')).toBe(false);
});

it('tries again until the receiver takes it, as the same message', async () => {
  answers.set('/leader', [500, 302]);
  await takeIn(ACTS, stated('identity-verified', '2024-02-03T08:00:00Z', { register: 'test' }));
  await eventually('three attempts', async () => sentTo('/leader').length >= 4);

  const attempts = sentTo('/leader').slice(1);
  expect(new Set(attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
  const [webhook] = WebhookList.parse((await call('leader', 'GET', '/api/v1/webhooks')).json()).items;
  const settled = await eventually('it to count as delivered', async () => {
    const page = WebhookDeliveryPage.parse(
      (await call('leader', 'GET', `/api/v1/webhooks/${webhook?.id}/deliveries?limit=1`)).json(),
    );
    return page.items[0]?.state === 'delivered' && page;
  });
  expect(settled).toMatchObject({ total: 2, items: [{ attempts: 3, message: { data: { revision: 2 } } }] });
  const older = await call(
    'leader',
    'GET',
    `/api/v1/webhooks/${webhook?.id}/deliveries?limit=1&cursor=${settled.nextCursor}`,
  );
  expect(older.json()).toMatchObject({
    items: [{ attempts: 1, message: { data: { revision: 1 } } }],
    nextCursor: null,
  });
});

it('tells what changed while no gateway ran, once, however many run afterwards', async () => {
  const before = sentTo('/city').length;
  await app.close();
  await takeIn('programme.events', events.diagnosed('2024-02-10T08:00:00Z'));
  app = await build();
  const beside = await build();
  try {
    await eventually('the city to be told', async () => sentTo('/city').length > before);
    await takeIn('supplier.reports', events.withdrew('2024-03-10T08:00:00Z'));
    const withdrawal = `/supplier/${SUPPLIER}/portal supplier-withdrew/${SUPPLIER}`;
    await takeIn(
      ACTS,
      stated('closed', '2024-03-10T08:00:00Z', {
        ...{ status: 'WITHDRAWN', stage: 'PLAN_FILED', failureReason: { group: 'DARE_NOT', cause: 'CASH' } },
        ...{ decidedBy: withdrawal, basis: await identities() },
      }),
    );
    await eventually('the ending', async () => told('/city').some(({ status }) => status === 'WITHDRAWN'));
  } finally {
    await beside.close();
  }
  const ids = sentTo('/city').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
  const revisions = told('/city').map(({ revision }) => revision);
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  expect(told('/city').at(-1)).toMatchObject({
    ...{ status: 'WITHDRAWN', before: { status: 'ACTIVE' } },
    failureReason: { group: 'DARE_NOT', cause: 'CASH' },
  });
});

it('ends at a receiver that is gone, sends again what failed once asked, and ends for good when withdrawn', async () => {
  const { id } = await subscribe('leader', '/gone');
  const { db } = stream.mongo;
  const [sent] = await deliveriesOf(db).find().limit(1).toArray();
  if (sent === undefined) throw new Error('nothing was sent');
  answers.set('/gone', [410]);
  await deliveriesOf(db).insertOne({
    ...sent,
    ...{ _id: `gone-${id}`, webhookId: id, state: 'waiting', attempts: 0, notBefore: new Date() },
  });
  const shown = async () =>
    WebhookList.parse((await call('leader', 'GET', '/api/v1/webhooks')).json()).items.find(
      (one) => one.id === id,
    );
  await eventually('the webhook to end', async () => (await shown())?.failed === 1);
  expect(await shown()).toMatchObject({ state: 'ended', endedBecause: 'gone', lastError: 'answered 410' });

  expect((await call('leader', 'POST', `/api/v1/webhooks/${id}/resend`)).json()).toEqual({ resent: 1 });
  await eventually('it to be delivered', async () => (await shown())?.lastDeliveredAt);
  expect(await shown()).toMatchObject({ state: 'active', endedBecause: null, failed: 0 });

  expect((await call('leader', 'POST', `/api/v1/webhooks/${id}/withdraw`)).json()).toMatchObject({
    state: 'ended',
    endedBecause: 'withdrawn',
  });
  expect((await call('leader', 'POST', `/api/v1/webhooks/${id}/resend`)).json().code).toBe('BAD_INPUT');
});

it('does not let a receiver that is down hold up the others, whatever has piled up for it', async () => {
  const down = await subscribe('leader', '/down');
  const up = await subscribe('leader', '/up');
  const { db } = stream.mongo;
  const [sent] = await deliveriesOf(db).find().limit(1).toArray();
  if (sent === undefined) throw new Error('nothing was sent');
  answers.set(
    '/down',
    Array.from({ length: 400 }, () => 503),
  );
  const waiting = (id: string, webhookId: string, ms: number) => ({
    ...sent,
    ...{ _id: id, webhookId, state: 'waiting' as const, attempts: 0, notBefore: new Date(Date.now() - ms) },
  });
  await deliveriesOf(db).insertMany([
    ...Array.from({ length: 300 }, (_, nth) => waiting(`down-${nth}`, down.id, 60_000)),
    waiting('up', up.id, 1_000),
  ]);
  await eventually('the other to be told', async () => sentTo('/up').length > 0);
  // It was asked a few times and rests; what waits for it was not gone through one by one.
  expect(sentTo('/down').length).toBeLessThan(100);
  for (const { id } of [down, up])
    expect((await call('leader', 'POST', `/api/v1/webhooks/${id}/withdraw`)).statusCode).toBe(200);
});

it('belongs to whoever made it, and to the operator; the secret is said once', async () => {
  const { id, secret } = await subscribe('leader', '/mine');
  for (const stranger of ['colleague', 'otherLeader', 'city'])
    for (const [method, url] of [
      ['GET', `/api/v1/webhooks/${id}/deliveries`],
      ['POST', `/api/v1/webhooks/${id}/withdraw`],
      ['POST', `/api/v1/webhooks/${id}/resend`],
    ] as const)
      expect((await call(stranger, method, url)).statusCode, `${stranger} ${url}`).toBe(404);
  const all = await call('operator', 'GET', '/api/v1/webhooks');
  expect(WebhookList.parse(all.json()).items.map((one) => one.id)).toContain(id);
  expect(all.body).not.toContain(secret);

  for (let made = 0; made < 8; made++) await call('leader', 'POST', '/api/v1/webhooks', { url: at('/many') });
  const tooMany = await call('leader', 'POST', '/api/v1/webhooks', { url: at('/many') });
  expect(tooMany.json()).toMatchObject({ code: 'BAD_INPUT', detail: expect.stringContaining('10') });
});

it('reaches nothing within the network unless the installation says so, whatever name it goes by', async () => {
  const post = createWebhookPost(false);
  const { port } = receiver.address() as AddressInfo;
  const before = sentTo('/inside').length;
  for (const url of [
    at('/inside'),
    `http://localhost:${port}/inside`,
    `http://[::ffff:127.0.0.1]:${port}/inside`,
  ])
    await expect(post(new URL(url), {}, '{}'), url).rejects.toThrow('public');
  expect(sentTo('/inside').length).toBe(before);
  expect(await createWebhookPost(true)(new URL(at('/inside')), {}, '{}')).toBe(204);
});
