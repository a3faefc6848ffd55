import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FunnelGroup } from '../../schemas/api/onboarding.ts';
import { hasETag, OPERATIONS } from '../../schemas/api/operations/index.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import { erpTopic } from '../../schemas/topics.ts';
import { createGateway, listDeadLetters } from '../../services/gateway/index.ts';
import { onboardingsOf } from '../../services/onboarding/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { orderPlaced, testUscc } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const LIMIT = 400;
const BATCH = 'application/cloudevents-batch+json';
const STRUCTURED = 'application/cloudevents+json';
const IDS = Array.from({ length: 9 }, (_, index) => `page/${index}`);

describe('what holds for every operation', () => {
  const serial = (randomBytes(3).readUIntBE(0, 3) % 700_000) + 100_000;
  const [leader, supplier, otherLeader] = [serial, serial + 1, serial + 2].map(testUscc) as [
    string,
    string,
    string,
  ];
  const source = `/chain/${leader}/erp/sap`;
  const order = (id: string, fields: Record<string, unknown> = {}, data: object = {}) => ({
    ...orderPlaced(id, { source, partitionkey: supplier, ...fields }),
    data: {
      ...{ buyerUscc: leader, supplierUscc: supplier, orderNumber: id, placedOn: '2024-03-31' },
      ...{ amountFen: 5, currency: 'CNY', ...data },
    },
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
      }),
      ...issuer.settings,
      GATEWAY_REQUESTS_PER_MINUTE: LIMIT,
    };
    const logger = createLogger('test', { level: 'silent' });
    const { mongo, kafka } = stream;
    return createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  };

  beforeAll(async () => {
    stream = await openTestStream();
    ingest = await stream.startIngest();
    issuer = await startTestIssuer({
      operator: { role: 'operator' },
      injector: { role: 'operator' },
      hasty: { role: 'operator' },
      leader: { role: 'leader', firms: [leader] },
      supplier: { role: 'supplier', firms: [supplier] },
      stranger: { role: 'leader', firms: [otherLeader] },
    });
    const config = loadConfig({
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
    });
    temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
    app = await build();
    for (const uscc of [leader, otherLeader])
      await call('operator', 'POST', '/api/v1/leaders', {
        uscc,
        name: 'L',
        sources: [`/chain/${uscc}/erp/sap`],
      });
    await call('operator', 'POST', '/api/v1/relations', { leader, supplier, from: '2022-01-01' });
  });

  afterAll(async () => {
    await app?.close();
    await issuer?.close();
    await temporal?.close();
    await ingest?.stop();
    await stream?.close();
  });

  async function call(
    as: string | null,
    method: 'GET' | 'POST' | 'DELETE' | 'PUT',
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ) {
    const authorization = as === null ? {} : await issuer.as(as);
    const body = payload === undefined ? {} : { payload };
    return app.inject({ method, url, headers: { ...authorization, ...headers }, ...body });
  }

  it('refuses with a problem document whatever is wrong with a request', async () => {
    const json = { 'content-type': 'application/json' };
    const refusals: [status: number, code: ErrorCode, answer: ReturnType<typeof call>][] = [
      [404, 'NOT_FOUND', call('operator', 'GET', '/api/v1/nothing')],
      [405, 'METHOD_NOT_ALLOWED', call('operator', 'DELETE', '/api/v1/onboardings')],
      [405, 'METHOD_NOT_ALLOWED', call('operator', 'PUT', `/api/v1/suppliers/${supplier}`)],
      [413, 'PAYLOAD_TOO_LARGE', call('operator', 'POST', '/api/v1/leaders', { name: 'x'.repeat(1 << 20) })],
      [
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        call('operator', 'POST', '/api/v1/leaders', '<a/>', { 'content-type': 'text/xml' }),
      ],
      [400, 'NOT_JSON', call('operator', 'POST', '/api/v1/leaders', '{"uscc":', json)],
      [400, 'NOT_JSON', call('operator', 'POST', '/api/v1/leaders', '', json)],
      [400, 'NOT_JSON', call('operator', 'POST', '/api/v1/leaders', '{"__proto__":{"a":1}}', json)],
      [400, 'BAD_USAGE', call('operator', 'GET', '/api/v1/suppliers/%ff')],
      [401, 'UNAUTHENTICATED', call(null, 'GET', '/api/v1/onboardings')],
      [403, 'FORBIDDEN', call('supplier', 'GET', '/api/v1/status')],
      [422, 'BAD_INPUT', call('operator', 'GET', '/api/v1/onboardings?colour=red')],
      [422, 'BAD_INPUT', call('operator', 'GET', '/api/v1/onboardings?sort=shoeSize')],
      [422, 'BAD_INPUT', call('operator', 'GET', '/api/v1/onboardings?limit=201')],
      [422, 'BAD_INPUT', call('operator', 'GET', '/api/v1/onboardings?cursor=bm90LWpzb24')],
    ];
    for (const [status, code, asked] of refusals) {
      const answer = await asked;
      expect(answer.headers['content-type'], code).toMatch(/^application\/problem\+json/);
      expect(answer.json()).toMatchObject({ status, code, type: `urn:chainlight:error:${code}` });
      expect(answer.statusCode).toBe(status);
    }
    const wrong = await call('operator', 'DELETE', '/api/v1/leaders');
    expect(wrong.headers.allow?.toString().split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    const unknown = (await call('operator', 'GET', '/api/v1/onboardings?colour=red')).json();
    expect(JSON.stringify(unknown.details.fields)).toContain('colour');
  });

  it('answers what is not HTTP with a problem document too', async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(said));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
      status: 400,
      code: 'BAD_USAGE',
    });
  });

  it('never takes an operator of the database for a value', async () => {
    await issuer.token('injector');
    const evil = ['$ne', '$gt', '$where'].map((name) => ({ [name]: '' }));
    const asked: Promise<Awaited<ReturnType<typeof call>>>[] = [];
    for (const { method, path, query, body } of OPERATIONS.filter(({ answerType }) => !answerType)) {
      const url = path.replace(/\{\w+\}/g, encodeURIComponent('{"$gt":""}'));
      if (path.includes('{')) asked.push(call('injector', method as 'GET', url));
      for (const field of Object.keys(query?.shape ?? {}))
        asked.push(
          call('injector', method as 'GET', `${url}?${field}[$ne]=x`),
          call('injector', method as 'GET', `${url}?${field}=${encodeURIComponent('{"$gt":""}')}`),
        );
      if (body === undefined || path === '/api/v1/events') continue;
      const fields = ['uscc', 'leader', 'supplier', 'supplierUscc', 'platform', 'provider', 'act', 'actId'];
      for (const value of evil)
        asked.push(call('injector', 'POST', url, Object.fromEntries(fields.map((field) => [field, value]))));
    }
    expect(asked.length).toBeGreaterThan(80);
    for (const answer of await Promise.all(asked)) {
      expect(answer.statusCode, answer.body.slice(0, 200)).toBeLessThan(500);
      // A filter that is only a text matches nothing; none lets all documents through.
      if (answer.statusCode === 200) expect(answer.json().items ?? [], answer.body.slice(0, 200)).toEqual([]);
    }
  });

  it('tags every answer that is read, and answers 304 to whom knows it', async () => {
    const tagged = OPERATIONS.filter((operation) => hasETag(operation)).map(({ id }) => id);
    expect(tagged).toEqual(
      expect.arrayContaining([
        'listOnboardings',
        'supplier',
        'supplierComparison',
        'network',
        'listConsents',
      ]),
    );
    for (const url of ['/api/v1/leaders', '/api/v1/onboardings', '/api/v1/consents', '/api/openapi.json']) {
      const first = await call('operator', 'GET', url);
      const etag = String(first.headers.etag);
      expect(etag, url).toMatch(/^"[\w-]{27}"$/);
      expect(first.headers.vary).toMatch(/cookie/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await call('operator', 'GET', url, undefined, { 'if-none-match': known });
        expect([again.statusCode, again.body], known).toEqual([304, '']);
      }
      expect((await call('operator', 'GET', url, undefined, { 'if-none-match': '"x"' })).statusCode).toBe(
        200,
      );
    }
  });

  it('does once what is sent again under the same key, and nothing else under it', async () => {
    const body = { platform: 'idempotent' };
    const send = (key: string, payload: object, url = '/api/v1/platforms') =>
      call('operator', 'POST', url, payload, { 'idempotency-key': key });
    const both = await Promise.all([send('k1', body), send('k1', body)]);
    expect(both.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(both.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(1);
    expect((await send('k1', { platform: 'another' })).json()).toMatchObject({ code: 'CONFLICT' });
    expect((await send('k1', { leader, supplier, from: '2022-01-01' }, '/api/v1/relations')).statusCode).toBe(
      201,
    );
    // Somebody else's key of the same name is another key.
    const others = await call('injector', 'POST', '/api/v1/platforms', body, { 'idempotency-key': 'k1' });
    expect([others.statusCode, others.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect((await send('two words', body)).json()).toMatchObject({ status: 422, code: 'BAD_INPUT' });
    // What was refused may be mended under the same key.
    expect((await send('k2', { platform: 'NO!' })).statusCode).toBe(422);
    expect((await send('k2', body)).statusCode).toBe(201);
    const event = order('keyed');
    const headers = { 'idempotency-key': 'k1', 'content-type': STRUCTURED };
    const first = await call('leader', 'POST', '/api/v1/events', event, headers);
    const again = await call('leader', 'POST', '/api/v1/events', event, headers);
    expect([again.statusCode, again.body]).toEqual([first.statusCode, first.body]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('does an act only on what its actor has seen', async () => {
    const consents = async () =>
      (await call('supplier', 'GET', `/api/v1/consents?supplier=${supplier}`)).headers;
    const grant = (etag: string, scopes: string[]) =>
      call('supplier', 'POST', '/api/v1/consents', { supplier, leader, scopes }, { 'if-match': etag });
    const seen = String((await consents()).etag);
    expect((await grant(seen, ['stock'])).statusCode).toBe(201);
    expect((await grant(seen, ['cost'])).json()).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
    expect((await grant(String((await consents()).etag), ['cost'])).statusCode).toBe(201);
    const elsewhere = await call(
      'operator',
      'POST',
      '/api/v1/platforms',
      { platform: 'p' },
      { 'if-match': '*' },
    );
    expect(elsewhere.json()).toMatchObject({ status: 422, code: 'BAD_INPUT' });
  });

  it('turns pages without a gap and without a repetition while others come in between', async () => {
    const documents = IDS.map((_id, index) => ({
      ...{ _id, supplierUscc: supplier, supplierName: `N${Math.floor(index / 2)}`, leaderUscc: leader },
      ...{ platform: 'p', programme: 'p', status: 'ACTIVE', stage: 'NOMINATED', steps: [] },
      nextDueAt: index % 3 === 0 ? null : new Date(Date.UTC(2024, 0, 1 + Math.floor(index / 2))),
    }));
    const collection = onboardingsOf(stream.mongo.db);
    for (const sort of ['id', 'name', 'nextDueAt'])
      for (const order of ['asc', 'desc']) {
        await collection.deleteMany({});
        await collection.insertMany(documents as never);
        const seen: string[] = [];
        let cursor = '';
        do {
          const url = `/api/v1/onboardings?limit=2&sort=${sort}&order=${order}${cursor}`;
          const page = (await call('operator', 'GET', url)).json();
          seen.push(...page.items.map(({ workflowId }: { workflowId: string }) => workflowId));
          cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
          // One before all of them, in either order of any field.
          const early = { ...documents[0], _id: `page/${order === 'asc' ? '!' : '~'}${seen.length}` };
          await collection.insertOne({
            ...early,
            supplierName: order === 'asc' ? 'A' : 'Z',
            nextDueAt: order === 'asc' ? null : new Date(Date.UTC(2030, 0, 1)),
          } as never);
        } while (cursor !== '');
        expect(seen.filter((id) => IDS.includes(id)).sort(), `${sort} ${order}`).toEqual(IDS);
        expect(new Set(seen).size).toBe(seen.length);
      }
    await collection.deleteMany({});
    const other = (
      await call('operator', 'GET', '/api/v1/onboardings?sort=nextDueAt&cursor=WyJ4IiwieSJd')
    ).json();
    expect(other).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('groups the funnel, opens the counts of a group, and tells of one of fewer than five firms its size alone', async () => {
    const at = new Date('2024-02-01T00:00:00Z');
    const [many, few] = [testUscc(serial + 40), testUscc(serial + 41)];
    const documents = [many, many, many, many, many, few, few, null].map((providerUscc, index) => ({
      ...{
        _id: `group/${index}`,
        supplierUscc: testUscc(serial + 50 + index),
        supplierName: 'N',
        providerUscc,
      },
      ...{ leaderUscc: index < 6 ? leader : otherLeader, industryCode: '3670', cityCode: '510100' },
      ...{ platform: 'p', programme: 'p', status: 'ACTIVE', stage: 'NOMINATED', steps: [], history: [] },
      ...{ stages: [{ stage: 'NOMINATED', enteredAt: at, doneAt: null }], facts: [], outcomes: [] },
      ...{ failureReason: null, closedAt: null, nominatedAt: at, nextDueAt: null },
    }));
    const collection = onboardingsOf(stream.mongo.db);
    await collection.insertMany(documents as never);
    await stream.mongo.db
      .collection<{ _id: string }>('stream_clock')
      .updateOne({ _id: 'watermark' }, { $max: { at: new Date('2024-03-01T00:00:00Z') } }, { upsert: true });
    const groupsOf = async (as: string, by: string) =>
      (await call(as, 'GET', `/api/v1/funnel?by=${by}`))
        .json()
        .groups.map(({ key, name, firms, stages, withheld }: FunnelGroup) => [
          ...[key, name, firms, stages[0]?.entered ?? null, stages[0]?.numbersAtRisk[0]?.atRisk ?? null],
          withheld ?? null,
        ]);
    const WITHHELD = [null, null, 'FEWER_THAN_FIVE'];
    expect(await groupsOf('operator', 'provider')).toEqual([
      ['', null, 1, ...WITHHELD],
      [many, null, 5, 5, 5, null],
      [few, null, 2, ...WITHHELD],
    ]);
    expect(await groupsOf('operator', 'industry')).toEqual([['3670', null, 8, 8, 8, null]]);
    expect(await groupsOf('operator', 'chain')).toEqual([
      [leader, 'L', 6, 6, 6, null],
      [otherLeader, 'L', 2, ...WITHHELD],
    ]);
    // A leader's groups are of its own chain alone.
    expect(await groupsOf('leader', 'provider')).toEqual([
      [many, null, 5, 5, 5, null],
      [few, null, 1, ...WITHHELD],
    ]);
    expect((await call('operator', 'GET', '/api/v1/funnel?by=shoeSize')).statusCode).toBe(422);
    for (const [scope, counted] of [
      [`provider:${many}`, 5],
      [`leader:${leader}`, 6],
      ['industry:3670', 8],
      ['510100', 8],
    ] as const) {
      const opened = await call(
        'operator',
        'GET',
        `/api/v1/figures?id=onboardings/entered/NOMINATED/${scope}`,
      );
      expect(opened.json(), scope).toMatchObject({ value: counted });
      const median = await call(
        'operator',
        'GET',
        `/api/v1/figures?id=onboardings/median/NOMINATED/${scope}`,
      );
      expect(median.json(), scope).toMatchObject({ denominator: counted });
    }
    const odd = await call('operator', 'GET', '/api/v1/figures?id=onboardings/entered/NOMINATED/shoe:9');
    expect(odd.json()).toMatchObject({ code: 'NOT_FOUND' });
    const file = await call('operator', 'GET', '/api/v1/exports/funnel?by=provider&lang=en');
    expect(file.body).toContain(`${many},5,NOMINATED,5`);
    // Of the group that is withheld its size and why, and no stage.
    expect(file.body.split('\n').filter((line) => line.startsWith(few))).toEqual([
      expect.stringMatching(/,FEWER_THAN_FIVE\r?$/),
    ]);
    await collection.deleteMany({ _id: { $in: documents.map(({ _id }) => _id) } });
  });

  it('tells of changes from where a reader was, though the gateway was restarted in between', async () => {
    const collection = onboardingsOf(stream.mongo.db);
    const add = (id: string) =>
      collection.insertOne({
        ...{ _id: id, supplierUscc: supplier, leaderUscc: leader, providerUscc: null, platform: 'p' },
      } as never);
    const first = await follow(app, await issuer.as('leader'), null);
    await eventually('a position to come back with', async () => first.lastId() !== null);
    await add('seen');
    await eventually('the first change', async () => first.keys().includes('seen'));
    const position = first.lastId();
    await app.close();
    await first.ended;
    await add('missed-1');
    await add('missed-2');
    app = await build();
    const again = await follow(app, await issuer.as('leader'), position);
    await eventually('what was missed', async () => again.keys().length >= 2);
    await add('later');
    await eventually('what comes after', async () => again.keys().includes('later'));
    expect(again.keys()).toEqual(['missed-1', 'missed-2', 'later']);
    expect(again.resets()).toBe(0);
    const lost = await follow(app, await issuer.as('leader'), `82${'0'.repeat(40)}`);
    await eventually('to be told to read anew', async () => lost.resets() === 1);
    const garbled = await follow(app, await issuer.as('leader'), '{"$gt":""}');
    await eventually('to be told so as well', async () => garbled.resets() === 1);
    // Another's position is a place in time, not a right.
    const stranger = await follow(app, await issuer.as('stranger'), position);
    await eventually('the stranger to have come in', async () => stranger.lastId() !== null);
    await add('last');
    await eventually('the owner to be told', async () => again.keys().includes('last'));
    expect(stranger.keys()).toEqual([]);
    for (const reader of [again, lost, garbled, stranger]) reader.stop();
    await collection.deleteMany({});
  });

  describe('events over HTTP', () => {
    const post = (body: object | string, type: string, headers: Record<string, string> = {}) =>
      call('leader', 'POST', '/api/v1/events?receipts=all', body, { 'content-type': type, ...headers });

    it('take all three forms, and keep the bytes of each', async () => {
      expect((await post(order('structured'), STRUCTURED)).statusCode).toBe(202);
      const { data, ...attributes } = order('binary');
      const headers = Object.fromEntries(
        Object.entries(attributes)
          .filter(([name]) => name !== 'datacontenttype')
          .map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))]),
      );
      expect((await post(data, 'application/json', headers)).json()).toMatchObject({ written: 1 });
      // Blanks, an escaped quote before a bracket and the order of the keys come through as they were sent.
      const text = JSON.stringify(order('batch', {}, { orderNumber: 'a"]},[' }), null, 1);
      expect((await post(` [ ${text} , ${JSON.stringify(order('batch-2'))} ] `, BATCH)).json()).toMatchObject(
        {
          written: 2,
          refused: 0,
        },
      );
      await stream.drained();
      const stored = await eventsOf(stream.mongo.db)
        .find({ _id: { $in: ['structured', 'binary', 'batch', 'batch-2'].map((id) => `${source} ${id}`) } })
        .toArray();
      expect(stored).toHaveLength(4);
      expect(JSON.parse(stored.find(({ _id }) => _id.endsWith(' batch'))?.body ?? '{}')).toMatchObject({
        data: { orderNumber: 'a"]},[' },
      });
    });

    it('are refused one by one, with the words that ingest has for them', async () => {
      const huge = `x`.repeat(1 << 20);
      const bad: (object | string)[] = [
        order('bad-type', { type: 'nothing.known.v1' }),
        order('bad-data', {}, { amountFen: 'much' }),
        order('bad-code', {}, { supplierUscc: `${supplier.slice(0, 17)}!` }),
        order('future', { time: '2199-01-01T00:00:00Z' }),
        order('huge', { note: huge }),
        { specversion: '1.0', id: 'no-source', type: 'order.placed.v1' },
        '"a text"',
        'null',
        `{"specversion":"1.0","id":"deep","data":${'['.repeat(40)}${']'.repeat(40)}}`,
      ];
      const texts = bad.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      const items = [JSON.stringify(order('good-1')), ...texts, JSON.stringify(order('good-2'))];
      const answer = await post(`[${items.join(',')}]`, BATCH);
      expect(answer.statusCode).toBe(207);
      const { written, refused, receipts } = answer.json();
      expect({ written, refused }).toEqual({ written: 2, refused: bad.length });
      expect(receipts.map(({ index }: { index: number }) => index)).toEqual(items.map((_, index) => index));
      // The same bytes by Kafka: ingest gives each the same code and the same explanation.
      const before = await listDeadLetters(stream.mongo.db, { leader, limit: 200 });
      expect(before.total).toBe(0);
      for (const text of texts) await stream.send(erpTopic(leader), [text], supplier);
      await stream.drained();
      const letters = await listDeadLetters(stream.mongo.db, { leader, limit: 200 });
      const said = (
        list: { code?: string; reason?: string; explanation: string; explanationZh?: string }[],
      ) =>
        list
          .map(
            ({ code, reason, explanation, explanationZh }) =>
              `${code ?? reason}: ${explanation} / ${explanationZh ?? ''}`,
          )
          .sort();
      const refusals = receipts.filter(({ outcome }: { outcome: string }) => outcome === 'refused');
      expect(said(refusals)).toEqual(said(letters.items));
      for (const { explanationZh } of letters.items) expect(explanationZh).toMatch(/\p{Script=Han}/u);
    });

    it('are those of the token’s own leader alone', async () => {
      const foreign = order('foreign', { source: `/chain/${otherLeader}/erp/sap` });
      const one = await post(foreign, STRUCTURED);
      expect([one.statusCode, one.json().receipts[0].code]).toEqual([403, 'NOT_AUTHORISED']);
      const mixed = await post([order('own'), foreign], BATCH);
      expect([mixed.statusCode, mixed.json().written]).toEqual([207, 1]);
      await stream.drained();
      expect(await eventsOf(stream.mongo.db).countDocuments({ _id: { $regex: ' foreign$' } })).toBe(0);
    });

    it('are held to 1 MiB each, 8 MiB and 5,000 a request, and must be of one of the three forms', async () => {
      const big = await post(order('big', { note: 'x'.repeat(1 << 20) }), STRUCTURED);
      expect([big.statusCode, big.json().receipts[0].code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
      const tooBig = await post(`[${JSON.stringify(order('x', { note: 'x'.repeat(8 << 20) }))}]`, BATCH);
      expect(tooBig.json()).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
      expect((await post(`[${'1,'.repeat(5_000)}1]`, BATCH)).json()).toMatchObject({ code: 'BAD_INPUT' });
      expect((await post('[{"a":1}', BATCH)).json()).toMatchObject({ status: 400, code: 'NOT_JSON' });
      expect((await post('{}', BATCH)).json()).toMatchObject({ status: 400, code: 'BAD_ENVELOPE' });
      expect((await post('{}', 'application/json')).json()).toMatchObject({ code: 'BAD_ENVELOPE' });
      expect((await post('{}', `${STRUCTURED}; charset=utf-16`)).json()).toMatchObject({ status: 415 });
      expect((await post('a', 'text/plain')).json()).toMatchObject({ status: 415 });
      expect((await post('[]', BATCH)).json()).toMatchObject({ written: 0, refused: 0 });
    });
  });

  it('lets one sign-in ask so often and no more, and others all the same', async () => {
    await issuer.token('hasty');
    const answers = await Promise.all(
      Array.from({ length: LIMIT + 5 }, () => call('hasty', 'GET', '/api/v1/leaders')),
    );
    const late = answers.filter(({ statusCode }) => statusCode === 429);
    expect(late).toHaveLength(5);
    expect(late[0]?.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryable: true });
    expect(Number(late[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call('leader', 'GET', '/api/v1/leaders')).statusCode).toBe(200);
  });
});

/** Follows the changes as a browser does: keeps the last id it was told. */
async function follow(app: FastifyInstance, headers: Record<string, string>, from: string | null) {
  if (app.addresses().length === 0) await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const stopping = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/changes`, {
    headers: { ...headers, ...(from === null ? {} : { 'last-event-id': from }) },
    signal: stopping.signal,
  });
  expect(response.status).toBe(200);
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => undefined);
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  return {
    keys: () => all(/^data: .*"key":"([^"]+)"/gm),
    resets: () => all(/^event: (reset)$/gm).length,
    lastId: () => all(/^id: (.+)$/gm).at(-1) ?? null,
    stop: () => stopping.abort(),
    ended,
  };
}
