import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { IntakeHealth } from '../../schemas/api/overview.ts';
import { PageModel } from '../../schemas/api/page.ts';
import { Status } from '../../schemas/api/status.ts';
import { DataConnection } from '../../schemas/api/supplier.ts';
import { erpTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import type { CliIo } from '../../services/cli/output.ts';
import { OUTPUTS } from '../../services/cli/outputs.ts';
import { buildProgram } from '../../services/cli/program.ts';
import {
  createGateway,
  emitLines,
  listDeadLetters,
  showDeadLetter,
  showEvent,
} from '../../services/gateway/index.ts';
import { verdictsOf } from '../../services/ingest/index.ts';
import { loadConfig, projectRoot } from '../../services/runtime/config.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { inventoryClosed, orderPlaced, testUscc } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { actCommand } from '../support/onboardingEvents.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

describe('the gateway on real servers', () => {
  const serial = randomBytes(3).readUIntBE(0, 3) % 900_000;
  const leader = testUscc(serial);
  const supplier = testUscc(serial + 1);
  const source = `/chain/${leader}/erp/sap`;
  const topic = erpTopic(leader);
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  let temporal: Temporal;
  let app: FastifyInstance;
  let env: Record<string, string>;
  let issuer: TestIssuer;
  let operator: { authorization: string };

  const order = (id: string, fields: Record<string, unknown> = {}): string =>
    JSON.stringify({
      ...orderPlaced(id, { source, partitionkey: supplier, ...fields }),
      data: {
        buyerUscc: leader,
        supplierUscc: supplier,
        orderNumber: id,
        placedOn: '2024-03-31',
        amountFen: 5,
        currency: 'CNY',
      },
    });
  const post = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, payload, headers: operator });
  const get = (url: string) => app.inject({ url, headers: operator });
  const emit = (lines: readonly string[]) =>
    emitLines(stream.kafka, Readable.from([Buffer.from(`${lines.join('\n')}\n`)]), topic);

  beforeAll(async () => {
    stream = await openTestStream();
    ingest = await stream.startIngest();
    env = {
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: stream.mongo.db.databaseName,
      CHAINLIGHT_CLOCK: 'stream',
    };
    issuer = await startTestIssuer({ operator: { role: 'operator' } });
    operator = await issuer.as('operator');
    const config = { ...loadConfig(env), ...issuer.settings };
    temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
    const logger = createLogger('test', { level: 'silent' });
    const { mongo, kafka } = stream;
    app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  });

  afterAll(async () => {
    await app?.close();
    await issuer?.close();
    await temporal?.close();
    await ingest?.stop();
    await stream?.close();
  });

  it('registers a leader and a relation as events, once for the same content', async () => {
    const body = { uscc: leader, name: 'Test leader', sources: [source], at: '2022-07-01T00:00:00Z' };
    const first = await post('/api/v1/leaders', body);
    expect(first.statusCode).toBe(201);
    expect(first.json()).toMatchObject({
      confirmed: true,
      erpTopic: topic,
      time: '2022-07-01T00:00:00.000Z',
    });
    const again = await post('/api/v1/leaders', { ...body, at: '2023-01-01T00:00:00Z' });
    expect(again.json().id).toBe(first.json().id);
    const relation = await post('/api/v1/relations', {
      leader,
      supplier,
      from: '2022-07-01',
      at: '2022-07-02T00:00:00Z',
    });
    expect(relation.statusCode).toBe(201);
    const platform = await post('/api/v1/platforms', { platform: 'testplatform' });
    expect(platform.json()).toEqual({ platform: 'testplatform', topic: 'platform.testplatform' });
    expect(await (await stream.kafka.admin()).listTopics()).toEqual(
      expect.arrayContaining([topic, 'platform.testplatform']),
    );
  });

  it('sends a file as it is, and tells of every record what became of it', async () => {
    const sent = await emit([
      order('o-1'),
      '',
      '\r',
      '{broken',
      order('o-2'),
      order('huge', { note: 'x'.repeat(13 << 20) }),
    ]);
    expect(sent).toMatchObject({ topic, sent: 3, blankLines: 2, refusedByBroker: [{ line: 6 }] });
    await stream.drained();
    const { mongo } = stream;
    const shown = await showEvent(mongo.db, source, 'o-1');
    expect(shown).toMatchObject({ verdict: 'accepted', topic, event: JSON.parse(order('o-1')) });
    const letters = await listDeadLetters(mongo.db, { leader, limit: 10 });
    expect(letters).toMatchObject({ total: 1, byReason: { NOT_JSON: 1 } });
    const letter = await showDeadLetter(mongo.db, letters.items[0]!.id);
    expect(letter).toMatchObject({ original: { encoding: 'utf-8', text: '{broken' }, state: 'open' });
    await expect(showEvent(mongo.db, source, 'never')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      emitLines(stream.kafka, Readable.from([]), erpTopic(testUscc(serial + 7))),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('reports servers, lag and verdicts', async () => {
    await stream.drained();
    const status = Status.parse((await get('/api/v1/status')).json());
    expect(Object.values(status.servers).map((server) => server.ok)).toEqual([true, true, true]);
    expect(status.topics.find((row) => row.topic === topic)).toMatchObject({ partitions: 3, end: 3, lag: 0 });
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });

  it('tells of a leader how far each partition is, what became of its records, and when the last was judged', async () => {
    await stream.drained();
    const intake = IntakeHealth.parse((await get(`/api/v1/intake?leader=${leader}`)).json());
    const { partitions, verdicts } = intake;
    expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    expect(verdicts).toMatchObject({ accepted: 2, rejected: 1 });
    for (const part of partitions) {
      const { accepted, rejected } = part.verdicts;
      expect(accepted + rejected).toBe(part.end);
      expect(part).toMatchObject({ committed: part.end, lag: 0 });
      const newest = await verdictsOf(stream.mongo.db)
        .find({ topic, partition: part.partition })
        .sort({ recordedAt: -1 })
        .limit(1)
        .toArray();
      expect(part.lastVerdictAt).toBe(newest[0]?.recordedAt.toISOString() ?? null);
      expect(part.lastVerdictAt === null).toBe(part.end === 0);
    }
    expect(partitions.some(({ end }) => end === 0) && partitions.some(({ end }) => end > 0)).toBe(true);
    const unknown = await get(`/api/v1/intake?leader=${testUscc(serial + 7)}`);
    expect(unknown.json()).toMatchObject({ topics: [], partitions: [] });
  });

  it('counts what a supplier has to mend over all that was refused, not over what is shown', async () => {
    const from = `/supplier/${supplier}/erp`;
    const letters = Array.from({ length: 30 }, (_, at) => ({
      _id: `supplier.reports/0/${1_000_000 + at}`,
      // Refused twice under one identity; of one no identity could be read.
      ...{ source: from, eventId: at === 0 ? null : `m-${at % 28}`, type: null, reason: 'INVALID_DATA' },
      ...{ explanation: 'E', receivedAt: new Date(Date.UTC(2024, 0, 1, 0, at)), leader: null },
    }));
    const { db } = stream.mongo;
    await deadLettersOf(db).insertMany(letters as never[]);
    await eventsOf(db).insertOne({ _id: `${from} m-1`, firm: supplier } as never);
    const { refused } = DataConnection.parse(
      (await get(`/api/v1/suppliers/${supplier}/data-connection`)).json(),
    );
    await deadLettersOf(db).deleteMany({ source: from });
    await eventsOf(db).deleteOne({ _id: `${from} m-1` });
    expect(refused).toMatchObject({ total: 30, open: 28, byReason: { INVALID_DATA: 30 } });
    expect(refused.items).toHaveLength(20);
  });

  it('refuses with a problem document that names the field', async () => {
    const bad = await post('/api/v1/leaders', { uscc: 'X', name: '', sources: [] });
    expect(bad.statusCode).toBe(422);
    expect(bad.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(bad.json()).toMatchObject({ code: 'BAD_INPUT', type: 'urn:chainlight:error:BAD_INPUT' });
    expect(bad.json().details.fields.map((issue: { field: string }) => issue.field)).toEqual(
      expect.arrayContaining(['uscc', 'name', 'sources']),
    );
    expect((await get('/api/v1/nothing')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await get('/api/v1/onboardings?status=DREAMT')).statusCode).toBe(422);
    expect((await get('/api/v1/onboardings?status[$ne]=x')).statusCode).toBe(422);
    const form = { method: 'POST', url: '/api/v1/leaders', payload: 'a=b' } as const;
    expect(
      (await app.inject({ ...form, headers: { ...operator, 'content-type': 'text/plain' } })).statusCode,
    ).toBe(415);
    const act = await post(
      '/api/v1/onboardings/acts',
      actCommand('approve-plan', '2023-01-01T00:00:00Z', {}, supplier),
    );
    expect(act.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('serves the page under a policy that allows nothing from elsewhere', async () => {
    const page = await app.inject('/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const etag = String(page.headers.etag);
    expect((await app.inject({ url: '/', headers: { 'if-none-match': etag } })).statusCode).toBe(304);
    for (const path of ['/../gateway.ts', '/%2e%2e/gateway.ts', '/page/index.html'])
      expect((await app.inject(path)).statusCode).toBe(404);
    PageModel.parse((await get('/api/v1/overview')).json());
  });

  it('sends the page as it changes, nothing twice, and ends when it is closed', async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const seen: { id: string; page: PageModel }[] = [];
    const watching = watch(`${url}/api/v1/live`, operator, (id, page) => seen.push({ id, page }));
    await eventually('the first page', async () => seen.length > 0);
    const before = seen[0]!;
    await emit([order('o-3')]);
    await eventually('the page after a new event', async () =>
      seen.some(({ page }) => page.streams.accepted > before.page.streams.accepted),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    const resumed: string[] = [];
    const last = seen.at(-1)!.id;
    const again = watch(`${url}/api/v1/live`, { ...operator, 'last-event-id': last }, (id) =>
      resumed.push(id),
    );
    await emit([order('o-4')]);
    await eventually('the page after one more', async () => resumed.length > 0);
    expect(resumed).not.toContain(last);
    await app.close();
    await Promise.all([watching, again]);
  });

  it('is reached by the command line', async () => {
    const status = await cli(['status', '--json'], env);
    expect(status.code).toBe(0);
    expect(
      Status.parse(JSON.parse(status.out.trim().split('\n').at(-1) ?? '')).verdicts.accepted,
    ).toBeGreaterThan(0);
    const missing = await cli(['events', 'show', source, 'never'], env);
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('NOT_FOUND');
  });

  /** Runs a command in this process, against this stream; gives the object that it prints last. */
  const printed = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const lines: string[] = [];
    const io: CliIo = { out: (line) => lines.push(line), err: () => {}, exitCode: 0 };
    try {
      const program = await buildProgram(io, args[0]);
      await program.parseAsync([...args, '--json'], { from: 'user' });
    } finally {
      vi.unstubAllEnvs();
    }
    return JSON.parse(lines.at(-1) ?? '');
  };
  /** The same, held against the command's schema and against the keys that are promised of it. */
  const promised = async (
    path: string,
    args: readonly string[],
    keys: readonly string[],
  ): Promise<Record<string, unknown>> => {
    const answer = await printed(...path.split(' '), ...args);
    expect(OUTPUTS[path]?.safeParse(answer).error, path).toBeUndefined();
    expect(Object.keys(answer), path).toEqual(expect.arrayContaining([...keys]));
    return answer;
  };

  it('prints of every promised command that needs a stack what its schema and the promise say', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chainlight-outputs-'));
    try {
      const newcomer = testUscc(serial + 2);
      await promised(
        'leaders add',
        ['--uscc', newcomer, '--name', 'Newcomer', '--source', `/chain/${newcomer}/erp/u8`],
        [],
      );
      await promised('leaders list', [], ['leaders']);
      await promised(
        'relations add',
        ['--leader', leader, '--supplier', newcomer, '--from', '2024-01-01'],
        [],
      );
      const lines = [order('cli-1'), 'no event', 'no event either'];
      await writeFile(join(folder, 'events.jsonl'), lines.join('\n'));
      await promised('emit', [join(folder, 'events.jsonl'), '--leader', leader], ['sent', 'refusedByBroker']);
      await stream.send(SUPPLIER_REPORTS, [inventoryClosed('cli-stock', {}, supplier)]);
      await stream.drained();
      await promised('status', [], ['servers', 'topics', 'verdicts', 'onboardings']);
      await promised(
        'events show',
        [source, 'cli-1'],
        ['event', 'verdict', 'topic', 'partition', 'offset', 'hash', 'corrections'],
      );

      const { items } = await promised(
        'dead-letters list',
        ['--leader', leader],
        ['total', 'byReason', 'items'],
      );
      const [one, other] = (items as { id: string; reason: string }[])
        .filter(({ reason }) => reason === 'NOT_JSON')
        .map(({ id }) => id);
      await promised('dead-letters show', [one ?? ''], ['id', 'reason', 'explanation', 'state']);
      await promised('dead-letters redrive', [one ?? '', '--by', 'Li Wei'], ['redriven', 'skipped']);
      await promised(
        'dead-letters discard',
        [other ?? '', '--by', 'Li Wei', '--why', 'a test record'],
        ['discarded', 'skipped'],
      );

      expect(await promised('kpi rebuild', [], [])).toMatchObject({ replaced: expect.any(Number) });
      const { months } = await promised(
        'kpi show',
        [supplier],
        ['uscc', 'baseline', 'months', 'improvement'],
      );
      const [month] = months as { month: string; inventoryDays: { figureId: string } }[];
      const figure = month?.inventoryDays.figureId ?? '';
      const explained = await promised(
        'explain',
        [figure],
        [
          'figureId',
          'definition',
          'version',
          'value',
          'numerator',
          'denominator',
          'window',
          'entities',
          'eventCount',
          'eventsHash',
          'asOf',
          'knownAt',
          'children',
          'events',
        ],
      );
      expect(explained).toMatchObject({ figureId: figure, eventCount: 1 });
      await promised('onboarding show', [supplier], ['uscc', 'onboardings']);
      await promised('funnel', [], ['stages', 'failures', 'countedBy']);
      await promised('targets', [], ['cities']);
      await promised('claims', [], ['claims']);
      await promised('findings list', [], ['findings']);
      await promised('anchors export', [join(folder, 'anchors.json')], []);
      await promised('verify', [], ['ok', 'events', 'partitions', 'firstFault', 'readModels']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);
});

/** Follows server-sent events until the other side ends them. */
async function watch(
  url: string,
  headers: Record<string, string>,
  onPage: (id: string, page: PageModel) => void,
): Promise<void> {
  const response = await fetch(url, { headers });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (id !== undefined && data !== undefined) onPage(id, PageModel.parse(JSON.parse(data)));
    }
  }
}

function cli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['bin/run.mjs', 'services/cli/main.ts', ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
  });
  const result = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    result.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    result.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...result }));
  });
}
