import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { isStreamTopic } from '../../schemas/topics.ts';
import { type IngestDeps, newPartition, startIngest } from '../../services/ingest/index.ts';
import { partitionsOf, readUpTo, type VerdictCounts } from '../../services/runtime/eventStore.ts';
import {
  createKafka,
  createProducer,
  endOffsets,
  ensureBaseTopics,
  ensureTopics,
  type KafkaClient,
  type Producer,
  send,
} from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { uniqueName } from './events.ts';

/** Kafka and MongoDB as a test has them: a database of its own, topics of its own as long as its leaders are its own. */
export interface TestStream {
  readonly mongo: Mongo;
  readonly kafka: KafkaClient;
  readonly producer: Producer;
  ensureTopics(topics: readonly string[]): Promise<void>;
  /** Sends records in order; an object is sent as structured CloudEvent, keyed by its partitionkey. */
  send(
    topic: string,
    records: readonly (Record<string, unknown> | Buffer | string)[],
    key?: string,
  ): Promise<void>;
  startIngest(options?: {
    groupId?: string;
    clock?: IngestDeps['clock'];
  }): Promise<{ stop(): Promise<void> }>;
  /** Waits until ingest has judged all that stands in the topics; gives the sums of the verdicts. */
  drained(): Promise<VerdictCounts>;
  close(): Promise<void>;
}

export async function openTestStream(): Promise<TestStream> {
  const logger = createLogger('test', { level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('test'));
  const kafka = createKafka(inject('KAFKA_BROKERS').split(','), uniqueName('test'), logger);
  const groupId = uniqueName('group');
  await ensureBaseTopics(kafka);
  await startAtTheEnds(mongo, kafka);
  const producer = await createProducer(kafka);
  return {
    mongo,
    kafka,
    producer,
    ensureTopics: (topics) => ensureTopics(kafka, topics),
    send: (topic, records, key) =>
      send(
        producer,
        topic,
        records.map((record) => {
          if (typeof record === 'string' || Buffer.isBuffer(record))
            return { key: key ?? null, value: record };
          return {
            key: key ?? (record.partitionkey as string | undefined) ?? null,
            value: JSON.stringify(record),
            headers: { 'content-type': 'application/cloudevents+json' },
          };
        }),
      ),
    startIngest: (options = {}) =>
      startIngest({
        mongo,
        kafka,
        producer,
        logger,
        groupId: options.groupId ?? groupId,
        now: () => new Date(),
        clock: options.clock ?? { clock: 'stream', latenessMs: 0, quietMs: 60_000 },
        onFatal: (error) => {
          throw error;
        },
      }),
    drained: async () => {
      const admin = await kafka.admin();
      const ends = await endOffsets(kafka, (await admin.listTopics()).filter(isStreamTopic));
      return eventually('ingest to drain the topics', async () => {
        const heads = await partitionsOf(mongo.db).find().toArray();
        const offsets = new Map(heads.map((head) => [head._id, readUpTo(head)]));
        return (
          Object.entries(ends).every(([key, end]) => (offsets.get(key) ?? 0) >= end) &&
          sumCounts(heads.map((head) => head.counts))
        );
      });
    },
    close: async () => {
      await mongo.db.dropDatabase();
      await producer.disconnect();
      await kafka.close();
      await mongo.close();
    },
  };
}

/** What earlier tests left in shared topics counts as judged: this stream begins with its own first record. */
async function startAtTheEnds(mongo: Mongo, kafka: KafkaClient): Promise<void> {
  const topics = (await (await kafka.admin()).listTopics()).filter(isStreamTopic);
  // A broker does not know at once a topic that it has just made.
  const ends = await eventually('ends of the topics', () => endOffsets(kafka, topics).catch(() => null));
  for (const [key, end] of Object.entries(ends)) {
    if (end === 0) continue;
    const cut = key.lastIndexOf('/');
    const head = newPartition(key.slice(0, cut), Number(key.slice(cut + 1)));
    await partitionsOf(mongo.db).insertOne({ ...head, nextOffset: end });
  }
}

export function sumCounts(counts: readonly VerdictCounts[]): VerdictCounts {
  const total = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
  for (const one of counts)
    for (const key of Object.keys(total) as (keyof VerdictCounts)[]) total[key] += one[key];
  return total;
}

/** Waits until `check` gives something; a test that waits in vain fails with `what`. */
export async function eventually<Value>(
  what: string,
  check: () => Promise<Value | null | undefined | false>,
  timeoutMs = 60_000,
): Promise<Value> {
  const giveUpAt = Date.now() + timeoutMs;
  while (Date.now() < giveUpAt) {
    const value = await check();
    if (value) return value;
    await sleep(100);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
}
