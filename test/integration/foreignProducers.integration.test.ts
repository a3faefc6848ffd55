import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erpTopic } from '../../schemas/topics.ts';
import { startIngest, verifyChains } from '../../services/ingest/index.ts';
import { partitionsOf, readUpTo } from '../../services/runtime/eventStore.ts';
import { endOffsets } from '../../services/runtime/kafka.ts';
import { loadKafkajs } from '../../services/runtime/kafkajs.ts';
import { offsetsOf, readRanges } from '../../services/runtime/kafkaRead.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { LEADER, leaderRegistered, orderPlaced, relationDeclared, uniqueName } from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const { CompressionTypes, CompressionCodecs } = loadKafkajs();
/** A frame of LZ4 that holds its block as it is: what a Java client may send, and kafkajs cannot read. */
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE((buffer.length | 0x8000_0000) >>> 0);
    return Buffer.concat([Buffer.from('04224d18604082', 'hex'), size, buffer, Buffer.alloc(4)]);
  },
  decompress: async () => {
    throw new Error('this client reads no LZ4');
  },
});

describe('producers that are not ours', () => {
  const topic = erpTopic(LEADER);
  let stream: TestStream;
  const fatal: unknown[] = [];
  let ingest: { stop(): Promise<void> };
  let serial = 0;
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
      groupId: uniqueName('foreign'),
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

  beforeAll(async () => {
    stream = await openTestStream();
    const configEntries = [
      { name: 'retention.ms', value: '777000000' },
      { name: 'compression.type', value: 'producer' },
    ];
    await createTopic(configEntries);
    await stream.send('chainlight.acts', [leaderRegistered()]);
    ingest = await start();
    await eventually(
      'the topic is stored uncompressed',
      async () => (await configOf('compression.type')) === 'uncompressed',
    );
    await stream.send(topic, [relationDeclared()]);
    await eventually('leader and relation', async () => (await stream.drained()).accepted === 2);
  });
  afterAll(async () => {
    await ingest?.stop();
    await stream?.close();
  });

  it('leaves what else was set for the topic', async () => {
    expect(await configOf('retention.ms')).toBe('777000000');
  });

  it('takes in what was compressed in a way that its own client cannot read', async () => {
    const { accepted } = await stream.drained();
    await stream.producer.send({ topic, compression: CompressionTypes.LZ4, messages: [order(), order()] });
    expect((await stream.drained()).accepted).toBe(accepted + 2);
    expect(fatal).toEqual([]);
  });

  it('has the broker refuse what unpacks to more than a batch may hold', async () => {
    const before = await stream.drained();
    const producer = stream.kafka.kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    const value = Buffer.alloc(40 * 1024 * 1024, ' ');
    expect(gzipSync(value).length).toBeLessThan(100_000);
    await expect(
      producer.send({ topic, compression: CompressionTypes.GZIP, messages: [{ key: 'key', value }] }),
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
    const { nextOffset } = (await partitionsOf(stream.mongo.db).findOne({ topic })) ?? { nextOffset: 0 };
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
  });
});
