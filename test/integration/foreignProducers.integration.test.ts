import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedriveCommand } from '../../schemas/api/deadLetters.ts';
import { erpTopic } from '../../schemas/topics.ts';
import { redriveDeadLetters } from '../../services/gateway/index.ts';
import { startIngest, verifyChains } from '../../services/ingest/index.ts';
import { deadLettersOf, readRecord } from '../../services/runtime/deadLetterStore.ts';
import { partitionsOf, readUpTo } from '../../services/runtime/eventStore.ts';
import { endOffsets } from '../../services/runtime/kafka.ts';
import { loadKafkajs } from '../../services/runtime/kafkajs.ts';
import { offsetsOf, readRanges } from '../../services/runtime/kafkaRead.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { PACKINGS, unpack } from '../../services/runtime/packing/unpack.ts';
import { LEADER, leaderRegistered, orderPlaced, relationDeclared, uniqueName } from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

/** Sees what is unpacked, and leaves it as it is. */
vi.mock('../../services/runtime/packing/unpack.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../services/runtime/packing/unpack.ts')>();
  return { ...real, unpack: vi.fn(real.unpack) };
});

const { CompressionTypes, CompressionCodecs } = loadKafkajs();
/** A frame of LZ4 that holds its block as it is: what a Java client may send. */
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE((buffer.length | 0x8000_0000) >>> 0);
    return Buffer.concat([Buffer.from('04224d18604082', 'hex'), size, buffer, Buffer.alloc(4)]);
  },
  decompress: async () => {
    throw new Error('only `unpack` unpacks');
  },
});

describe('producers that are not ours', () => {
  const topic = erpTopic(LEADER);
  let stream: TestStream;
  const fatal: unknown[] = [];
  let ingest: { stop(): Promise<void> };
  let serial = 0;
  const groupId = uniqueName('foreign');
  const order = () => ({
    key: 'key',
    value: JSON.stringify(orderPlaced(`foreign-${serial++}`)),
  });
  const start = () =>
    startIngest({
      mongo: stream.mongo,
      kafka: stream.kafka,
      producer: stream.producer,
      logger: createLogger('test', { level: 'silent' }),
      groupId,
      now: () => new Date(),
      clock: { clock: 'stream', latenessMs: 0, quietMs: 60_000 },
      onFatal: (error) => void fatal.push(error),
    });
  const configOf = async (name: string) => {
    const { resources } = await (await stream.kafka.admin()).describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic }],
    });
    return resources[0]?.configEntries.find(({ configName }) => configName === name)?.configValue;
  };

  /** By hand: kafkajs's own waiting takes a broker that does not yet host what it has just made for an error. */
  const createTopic = async (configEntries: { name: string; value: string }[] = []): Promise<void> => {
    const admin = await stream.kafka.admin();
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1, configEntries }] });
    await eventually('the topic', () => admin.fetchTopicOffsets(topic).catch(() => null));
  };

  const BATCH_HEADER_BYTES = 61;
  const LARGE = Buffer.alloc(40 * 1024 * 1024, ' ');
  /** Orders of each packing, in a batch. */
  const PACKED_ORDERS = 150;

  /** The broker packs by itself what comes in, in each way there is: the topic holds it so whatever is set for it later. */
  const fillPacked = async (): Promise<void> => {
    const admin = await stream.kafka.admin();
    const packAs = async (value: string): Promise<void> => {
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: topic,
            configEntries: [
              { name: 'compression.type', value },
              { name: 'retention.ms', value: '777000000' },
            ],
          },
        ],
      });
      await eventually(value, async () => (await configOf('compression.type')) === value);
    };
    for (const packing of PACKINGS) {
      await packAs(packing);
      await stream.producer.send({ topic, messages: Array.from({ length: PACKED_ORDERS }, order) });
    }
    await packAs('producer');
    await stream.producer.send({
      topic,
      compression: CompressionTypes.GZIP,
      messages: [{ key: 'key', value: LARGE }],
    });
  };

  beforeAll(async () => {
    stream = await openTestStream();
    const configEntries = [
      { name: 'retention.ms', value: '777000000' },
      { name: 'compression.type', value: 'producer' },
    ];
    await createTopic(configEntries);
    await fillPacked();
    await stream.send('chainlight.acts', [leaderRegistered()]);
    ingest = await start();
    await eventually(
      'the topic is stored uncompressed',
      async () => (await configOf('compression.type')) === 'uncompressed',
    );
    await stream.send(topic, [relationDeclared()]);
    const acceptable = 2 + PACKINGS.length * PACKED_ORDERS;
    await eventually(
      'leader, relation and what was packed',
      async () => (await stream.drained()).accepted === acceptable,
    );
  });
  afterAll(async () => {
    await ingest?.stop();
    await stream?.close();
  });

  it('leaves what else was set for the topic', async () => {
    expect(await configOf('retention.ms')).toBe('777000000');
  });

  it('has taken in what the topic held packed before, in each way that Kafka packs', () => {
    const seen = vi.mocked(unpack).mock.calls.map(([packing]) => packing);
    expect(new Set(seen)).toEqual(new Set(PACKINGS));
    expect(fatal).toEqual([]);
  });

  it('refuses as one a batch whose records cannot be told apart, keeps it, and goes on behind it', async () => {
    const first = PACKINGS.length * PACKED_ORDERS;
    const letters = await deadLettersOf(stream.mongo.db).find({ topic }).sort({ offset: 1 }).toArray();
    expect(letters.map(({ reason, offset, explanation }) => ({ reason, offset, explanation }))).toEqual([
      {
        reason: 'RECORDS_COMPRESSED',
        offset: first,
        explanation: `the batch of 1 records at offsets ${first} to ${first} (packed: gzip) unpacks to more than is taken in of one batch`,
      },
    ]);
    const [large] = letters;
    if (large === undefined) throw new Error('no letter');
    const { value } = await readRecord(stream.mongo.db, large);
    const deps = { ...stream, db: stream.mongo.db, now: () => new Date(), confirmTimeoutMs: 1_000 };
    const command = RedriveCommand.parse({ by: 'Li Wei', ids: [large._id] });
    const { redriven, skipped } = await redriveDeadLetters(deps, command);
    expect(redriven).toEqual([]);
    expect(skipped).toEqual([{ id: large._id, because: expect.stringContaining('whole batch') }]);
    expect(gunzipSync(value?.subarray(BATCH_HEADER_BYTES) ?? '').includes(LARGE)).toBe(true);
  });

  it('takes in what is packed from now on', async () => {
    const { accepted } = await stream.drained();
    await stream.producer.send({ topic, compression: CompressionTypes.LZ4, messages: [order(), order()] });
    expect((await stream.drained()).accepted).toBe(accepted + 2);
    expect(fatal).toEqual([]);
  });

  it('has the broker refuse what unpacks to more than a batch may hold', async () => {
    const before = await stream.drained();
    const producer = stream.kafka.kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    expect(gzipSync(LARGE).length).toBeLessThan(100_000);
    await expect(
      producer.send({ topic, compression: CompressionTypes.GZIP, messages: [{ key: 'key', value: LARGE }] }),
    ).rejects.toThrow(/too large|larger than/i);
    await producer.disconnect();
    await stream.producer.send({ topic, compression: CompressionTypes.GZIP, messages: [order()] });
    expect(await stream.drained()).toEqual({ ...before, accepted: before.accepted + 1 });
  });

  it('judges what transactions committed, and is not held up by their markers', async () => {
    const { accepted } = await stream.drained();
    const producer = stream.kafka.kafka.producer({
      transactionalId: uniqueName('transaction'),
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const end of ['commit', 'abort', 'commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [order(), order()] });
      await transaction[end]();
    }
    await producer.disconnect();
    expect((await stream.drained()).accepted).toBe(accepted + 4);
    const head = await partitionsOf(stream.mongo.db).findOne({ topic });
    const ends = await endOffsets(stream.kafka, [topic]);
    const read: number[] = [];
    await readRanges(stream.kafka, topic, await offsetsOf(stream.kafka, topic), (_, { offset }) =>
      read.push(Number(offset)),
    );
    // What had to wait for its leader has two verdicts and counts once.
    const judged = Object.values(head?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    expect(read.length).toBe(judged);
    // Eight records and four markers: the last of them, an abort's, stands behind no record that is read.
    expect(head && readUpTo(head)).toBe(ends[`${topic}/0`]);
    expect((await verifyChains(stream.mongo.db)).firstFault).toBeNull();
    await stream.producer.send({ topic, messages: [order()] });
    expect((await stream.drained()).accepted).toBe(accepted + 5);
    expect(fatal).toEqual([]);
  });

  it('stops and says so where a topic was made anew, instead of passing its records over', async () => {
    await ingest.stop();
    const head = await partitionsOf(stream.mongo.db).findOne({ topic });
    const { nextOffset } = head ?? { nextOffset: 0 };
    const admin = await stream.kafka.admin();
    await admin.deleteTopics({ topics: [topic] });
    await eventually('the topic is gone', async () => !(await admin.listTopics()).includes(topic));
    await createTopic();
    await eventually('the record', () =>
      stream.send(topic, [orderPlaced('anew')]).then(
        () => true,
        () => false,
      ),
    );
    ingest = await start();
    await eventually('ingest has stopped', async () => fatal.length > 0);
    expect(fatal[0]).toMatchObject({
      code: 'TOPIC_CUT_BACK',
      details: { topic, partition: 0, end: 1, nextOffset },
    });
    await ingest.stop();

    fatal.length = 0;
    await stream.producer.send({ topic, messages: Array.from({ length: nextOffset - 1 }, order) });
    ingest = await start();
    await eventually(
      'ingest has stopped where the topic is as long as the old one',
      async () => fatal.length > 0,
    );
    expect(fatal[0]).toMatchObject({
      code: 'TOPIC_CUT_BACK',
      details: { topic, partition: 0, offset: nextOffset - 1 },
    });
    await ingest.stop();

    fatal.length = 0;
    await stream.producer.send({ topic, messages: [order(), order()] });
    ingest = await start();
    await eventually(
      'ingest has stopped where the topic has outgrown the old one',
      async () => fatal.length > 0,
    );
    expect(fatal[0]).toMatchObject({ code: 'TOPIC_CUT_BACK', details: { offset: nextOffset - 1 } });
    expect(await partitionsOf(stream.mongo.db).findOne({ topic })).toEqual(head);
    // Other files read all topics from their beginning: what stands here shall not wait there for ever.
    await stream.send(topic, [relationDeclared()]);
  });
});
