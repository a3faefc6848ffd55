import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { erpTopic } from '../../schemas/topics.ts';
import { PartitionWorker } from '../../services/ingest/adapters/partitionWorker.ts';
import { RegistryCache } from '../../services/ingest/adapters/registryCache.ts';
import { startIngest, verdictsOf, verifyChains } from '../../services/ingest/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { createKafka } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, isUnavailable, type Mongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { startServers } from '../../services/stack/index.ts';
import {
  LEADER,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  uniqueName,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const topic = erpTopic(LEADER);
const logger = createLogger('test', { level: process.env.TEST_LOG_LEVEL ?? 'silent' });

let stream: TestStream;
let serial = 0;
/** Orders under keys of their own, so that they spread over all partitions. */
const sendOrders = async (count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += 50)
    await sendUnderOwnKeys(Array.from({ length: 50 }, () => orderPlaced(`order-${serial++}`)));
};
const sendUnderOwnKeys = (events: readonly Record<string, unknown>[]) =>
  stream.producer.send({
    topic,
    messages: events.map((event) => ({ key: String(event.id), value: JSON.stringify(event) })),
  });

beforeAll(async () => {
  stream = await openTestStream();
  await stream.ensureTopics([topic]);
  await stream.send('chainlight.acts', [leaderRegistered()]);
  await stream.send(topic, [relationDeclared()]);
});
afterAll(() => stream?.close());

/** Each offset of the topic has one verdict, each identity one event, and the chains are sound. */
async function expectExact(): Promise<void> {
  const heads = await partitionsOf(stream.mongo.db).find({ topic }).toArray();
  for (const { partition, nextOffset, seq } of heads) {
    const segments = await verdictsOf(stream.mongo.db).find({ topic, partition }).toArray();
    const offsets = segments.flatMap(({ lines }) => lines.split('\n').map((line) => JSON.parse(line)[1]));
    expect(offsets.length).toBe(seq);
    expect(new Set(offsets).size).toBe(nextOffset);
  }
  expect((await verifyChains(stream.mongo.db)).firstFault).toBeNull();
}

describe('several ingest processes', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterAll(() => Promise.all(running.map((ingest) => ingest.stop())));

  it('join and leave in mid-stream without losing or doubling anything', async () => {
    running.push(await stream.startIngest());
    await eventually('the relation', async () => (await stream.drained()).accepted === 2);
    const sending = sendOrders(600);
    running.push(await stream.startIngest());
    running.push(await stream.startIngest());
    await running.shift()?.stop();
    await sending;
    await running.shift()?.stop();
    await sendOrders(100);
    expect(await stream.drained()).toMatchObject({ accepted: 702, duplicates: 0, conflicts: 0, parked: 0 });
    await expectExact();
  });

  it('take in a topic’s new partitions while they run', async () => {
    const admin = await stream.kafka.admin();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] });
    // The broker does not lead at once what it has just made.
    await eventually('the new partitions', () => admin.fetchTopicOffsets(topic).catch(() => null));
    const before = await stream.drained();
    // A producer that connects anew knows them at once.
    await stream.producer.disconnect();
    await stream.producer.connect();
    await sendOrders(200);
    expect(await stream.drained()).toMatchObject({ accepted: before.accepted + 200, parked: 0 });
    const heads = await partitionsOf(stream.mongo.db)
      .find({ topic, partition: { $gte: 3 } })
      .toArray();
    expect(heads.reduce((sum, head) => sum + head.counts.accepted, 0)).toBeGreaterThan(50);
    await expectExact();
  });

  it('judge a wholly replayed topic as duplicates, and nothing else changes', async () => {
    const { db } = stream.mongo;
    const before = await stream.drained();
    const project = async () => {
      while (await projectOnce(stream.mongo, measurementProjector));
      return Promise.all(
        measurementProjector.collections.map((name) => db.collection(name).find().sort({ _id: 1 }).toArray()),
      );
    };
    const models = await project();
    const events = await eventsOf(db).find({ topic }).sort({ _id: 1 }).toArray();
    await sendUnderOwnKeys(events.map(({ body }) => JSON.parse(body)));
    const after = await stream.drained();
    expect(after).toEqual({ ...before, duplicates: before.duplicates + events.length });
    expect(await eventsOf(db).find({ topic }).sort({ _id: 1 }).toArray()).toEqual(events);
    expect(await project()).toEqual(models);
    await expectExact();
  });
});

it('a process that lost its partition without knowing can move neither its chain nor its checkpoint', async () => {
  const { mongo } = stream;
  const registry = new RegistryCache(mongo.db);
  await registry.refresh();
  const deps = { mongo, registry, logger, now: () => new Date() };
  const lost = uniqueName('lost');
  const records = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({
      topic,
      partition: 99,
      offset: from + index,
      key: SUPPLIER,
      headers: { 'content-type': 'application/cloudevents+json' },
      value: Buffer.from(JSON.stringify(orderPlaced(`${lost}/${from + index}`))),
    }));
  const paused = new PartitionWorker(deps, topic, 99);
  expect(await paused.take(records(0, 10))).toBe(10);
  const owner = new PartitionWorker(deps, topic, 99);
  expect(await owner.take(records(10, 20))).toBe(20);
  const head = await partitionsOf(mongo.db).findOne({ topic, partition: 99 });

  await expect(paused.take(records(10, 15))).rejects.toMatchObject({ code: 'CHAIN_FENCED' });
  expect(await partitionsOf(mongo.db).findOne({ topic, partition: 99 })).toEqual(head);
  expect(await eventsOf(mongo.db).countDocuments({ topic, partition: 99 })).toBe(20);
  // It reads where the partition stands, and finds that all of it has been judged.
  expect(await paused.take(records(10, 15))).toBe(20);
  expect((await verifyChains(mongo.db)).firstFault).toBeNull();
});

/** What the driver says of a bulk write, in a transaction as ingest's are, while there is no primary. */
const refusalOfBulkWrite = ({ client, db }: Mongo): Promise<unknown> =>
  client
    .withSession((session) => {
      session.startTransaction();
      return db.collection('refused').insertMany([{ at: 1 }, { at: 2 }], { session, ordered: false });
    })
    .catch((error: unknown) => error);

describe('a primary that goes away in the middle of the stream', () => {
  let dataDir = '';
  const start = () =>
    startServers({
      dataDir,
      only: ['mongodb'],
      environment: { ...process.env, MONGODB_URI: undefined },
    });
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chainlight-primary-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it(
    'pauses partitions until it is back; nothing is skipped, and nothing committed that is not stored',
    { timeout: 480_000 },
    async () => {
      const said: string[] = [];
      const destination = { write: (line: string) => void said.push(JSON.parse(line).msg) };
      const heard = createLogger('test', { level: 'info', destination });
      const groupId = uniqueName('primary');
      const kafka = createKafka(inject('KAFKA_BROKERS').split(','), groupId);
      let server = await start();
      const uri = server.env.MONGODB_URI ?? '';
      const mongo = await connectMongo(uri, uniqueName('primary'), 1_000);
      const ingest = await startIngest({
        mongo,
        kafka,
        producer: stream.producer,
        logger: heard,
        now: () => new Date(),
        clock: { clock: 'stream', latenessMs: 0, quietMs: 60_000 },
        onFatal: (error) => void said.push(`fatal: ${error}`),
        groupId,
      });
      try {
        await sendOrders(50);
        await eventually('some of it', () => eventsOf(mongo.db).findOne({ topic }));
        process.kill(server.servers[0]?.pid ?? 0, 'SIGKILL');
        await server.stop();
        expect(await refusalOfBulkWrite(mongo)).toSatisfy(isUnavailable);
        await sendOrders(100);
        await eventually(
          'the pause',
          async () => said.includes('partition paused: the database has no primary'),
          // The driver itself tries a transaction again for two minutes.
          180_000,
        );
        server = await start();
        expect(server.env.MONGODB_URI).toBe(uri);
        const ends = await (await kafka.admin()).fetchTopicOffsets(topic);
        await eventually('all of it', async () => {
          const heads = await partitionsOf(mongo.db)
            .find({ topic })
            .toArray()
            .catch(() => []);
          const stored = new Map(heads.map((head) => [head.partition, head.nextOffset]));
          return ends.every(({ partition, high }) => (stored.get(partition) ?? 0) >= Number(high));
        });
        expect(said).toContain('partition resumed');
        expect(said.filter((message) => message.startsWith('fatal'))).toEqual([]);
        await eventually(
          'the relation',
          async () => (await mongo.db.collection('parked').countDocuments()) === 0,
        );
        const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
        const heads = await partitionsOf(mongo.db).find({ topic }).toArray();
        const judged = heads
          .flatMap(({ counts }) => Object.values(counts))
          .reduce((sum, count) => sum + count, 0);
        expect(judged).toBe(total);
        expect((await verifyChains(mongo.db)).firstFault).toBeNull();
        const [committed] = await (await kafka.admin()).fetchOffsets({ groupId, topics: [topic] });
        for (const { partition, offset } of committed?.partitions ?? [])
          expect(Number(offset)).toBeLessThanOrEqual(
            heads.find((head) => head.partition === partition)?.nextOffset ?? 0,
          );
      } finally {
        await ingest.stop();
        await mongo.close();
        await kafka.close();
        await server.stop();
      }
    },
  );
});
