import { setTimeout as sleep } from 'node:timers/promises';
import type * as Kafkajs from 'kafkajs';
import type { Admin, Consumer, IHeaders, KafkaMessage, Producer, SASLOptions } from 'kafkajs';
import { ChainlightError } from '../../schemas/errors.ts';
import {
  ACTS,
  DEAD_LETTERS,
  PROGRAMME_EVENTS,
  STREAM_PARTITIONS,
  SUPPLIER_REPORTS,
} from '../../schemas/topics.ts';
import type { KafkaConfig } from './config.ts';
import { loadKafkajs } from './kafkajs.ts';
import { type KafkaRole, type KafkaSecurity, OPEN, securityOf } from './kafkaSecurity.ts';
import type { Logger } from './logger.ts';

const TOPIC_TIMEOUT_MS = 30_000;
const OFFSET_ATTEMPTS = 20;

export type { Admin, Consumer, EachBatchPayload, IHeaders, KafkaMessage, Producer } from 'kafkajs';

/** What any record sent through this adapter looks like; a null key lets the broker choose the partition. */
export interface OutgoingRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: IHeaders;
  /** Named only where the key shall not decide. */
  readonly partition?: number;
}

export interface KafkaClient {
  readonly kafka: Kafkajs.Kafka;
  readonly brokers: readonly string[];
  readonly security: KafkaSecurity;
  admin(): Promise<Admin>;
  close(): Promise<void>;
}

/** Kafka by kafkajs. This folder's kafka files are the only ones that know that library. */
export function createKafka(
  brokers: readonly string[],
  clientId: string,
  logger?: Logger,
  security: KafkaSecurity = OPEN,
): KafkaClient {
  const { Kafka, logLevel } = loadKafkajs();
  const { ssl, sasl } = security;
  const kafka = new Kafka({
    clientId,
    brokers: [...brokers],
    ssl: typeof ssl === 'object' ? { ca: ssl.ca } : ssl,
    ...(sasl === null ? {} : { sasl: sasl as SASLOptions }),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      logger?.[entry.level === logLevel.ERROR ? 'error' : 'warn']({ kafka: entry.log }, entry.log.message);
    },
    retry: { initialRetryTime: 200, retries: 12, maxRetryTime: 5_000 },
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
  });
  let admin: Promise<Admin> | null = null;
  return {
    kafka,
    brokers,
    security,
    admin: () => {
      admin ??= (async () => {
        const connected = kafka.admin();
        await connected.connect();
        return connected;
      })().catch((error: unknown) => {
        // A failed connection is not kept: the next call tries anew.
        admin = null;
        throw error;
      });
      return admin;
    },
    close: async () => {
      const connected = await admin?.catch(() => null);
      await connected?.disconnect();
      admin = null;
    },
  };
}

/**
 * Kafka for one part of the product, signed in as that part where the configuration says so.
 * @throws ChainlightError BAD_USAGE when its password cannot be read
 */
export const openKafka = (config: KafkaConfig, role: KafkaRole, logger?: Logger): KafkaClient =>
  createKafka(config.KAFKA_BROKERS, `${role}-${process.pid}`, logger, securityOf(config, role));

/** A producer whose retries never write a record twice, acknowledged by all replicas. */
export async function createProducer(client: KafkaClient): Promise<Producer> {
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: loadKafkajs().Partitioners.DefaultPartitioner,
    retry: { retries: Number.MAX_SAFE_INTEGER },
  });
  await producer.connect();
  return producer;
}

/** Sends records to one topic, acknowledged by all replicas, in one request per call. */
export async function send(
  producer: Producer,
  topic: string,
  records: readonly OutgoingRecord[],
): Promise<void> {
  if (records.length > 0) await write(producer, topic, records);
}

/** Sends one record, acknowledged by all replicas. @returns where it stands */
export async function sendOne(
  producer: Producer,
  topic: string,
  record: OutgoingRecord,
): Promise<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
  const [answer] = await write(producer, topic, [record]);
  return { topic, partition: answer?.partition ?? 0, offset: Number(answer?.baseOffset) };
}

const write = (producer: Producer, topic: string, records: readonly OutgoingRecord[]) =>
  producer.send({
    topic,
    acks: -1,
    compression: loadKafkajs().CompressionTypes.None,
    messages: records.map((record) => ({ ...record })),
  });

/**
 * Headers as the client takes them: of one name several as a list. A header without a value becomes an empty one, which is
 * all that the client can write.
 */
export function groupHeaders(headers: readonly (readonly [name: string, value: Buffer | null])[]): IHeaders {
  const grouped = Object.create(null) as Record<string, Buffer | Buffer[]>;
  for (const [name, value] of headers) {
    const bytes = value ?? Buffer.alloc(0);
    const before = grouped[name];
    if (before === undefined) grouped[name] = bytes;
    else if (Array.isArray(before)) before.push(bytes);
    else grouped[name] = [before, bytes];
  }
  return grouped;
}

/** Makes topics that do not exist yet. Topics allow 12 MiB, so that a dead letter can carry what was refused. */
export async function ensureTopics(
  client: KafkaClient,
  topics: readonly string[],
  partitions = STREAM_PARTITIONS,
): Promise<void> {
  const admin = await client.admin();
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: false,
    timeout: TOPIC_TIMEOUT_MS,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: -1,
      configEntries: [
        { name: 'max.message.bytes', value: String(12 * 1024 * 1024) },
        { name: 'retention.ms', value: '-1' },
        UNCOMPRESSED,
      ],
    })),
  });
  await untilLed(admin, missing);
}

const TOPIC_RESOURCE = 2;
/** Where an entry of a topic's configuration comes from, in Kafka's protocol: set for this topic. */
const SET_FOR_TOPIC = 1;
/**
 * Whatever a producer compresses with, the broker stores what it unpacked, and its limit for a batch counts the unpacked bytes: kafkajs
 * cannot read Snappy, LZ4 or Zstandard, and what a few kilobytes of gzip unpack to has no limit in it.
 */
const UNCOMPRESSED = { name: 'compression.type', value: 'uncompressed' };

/** Has topics that exist already store their records uncompressed from now on, whoever made them; what else is set for them stays. */
export async function storeUncompressed(client: KafkaClient, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  const admin = await client.admin();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: TOPIC_RESOURCE, name })),
  });
  const changed = resources.filter(({ configEntries }) =>
    configEntries.some(
      ({ configName, configValue }) => configName === UNCOMPRESSED.name && configValue !== UNCOMPRESSED.value,
    ),
  );
  if (changed.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: changed.map(({ resourceName, configEntries }) => ({
      type: TOPIC_RESOURCE,
      name: resourceName,
      configEntries: [
        ...configEntries
          .filter(
            ({ configName, configSource }) =>
              configSource === SET_FOR_TOPIC && configName !== UNCOMPRESSED.name,
          )
          .map(({ configName, configValue }) => ({ name: configName, value: configValue })),
        UNCOMPRESSED,
      ],
    })),
  });
}

/** A KRaft broker answers for a moment that it does not host a topic it has just made; kafkajs's own waiting takes that for an error. */
async function untilLed(admin: Admin, topics: readonly string[]): Promise<void> {
  const giveUpAt = Date.now() + TOPIC_TIMEOUT_MS;
  for (;;) {
    const isLed = await admin.fetchTopicMetadata({ topics: [...topics] }).then(
      (metadata) => metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0)),
      () => false,
    );
    if (isLed) return;
    if (Date.now() > giveUpAt) {
      throw new ChainlightError(
        'SERVER_UNREACHABLE',
        `Kafka made topics ${topics.join(', ')} but no broker leads them`,
      );
    }
    await sleep(100);
  }
}

/** The topics that exist from the first start on, before any leader or platform is registered. */
export async function ensureBaseTopics(client: KafkaClient): Promise<void> {
  await ensureTopics(client, [SUPPLIER_REPORTS, PROGRAMME_EVENTS, ACTS, DEAD_LETTERS]);
}

/** How many partitions each topic has, of those that `isWanted`, in the order of their names. */
export async function partitionCounts(
  client: KafkaClient,
  isWanted: (topic: string) => boolean,
): Promise<Map<string, number>> {
  const { topics } = await (await client.admin()).fetchTopicMetadata();
  const wanted = topics.filter(({ name }) => isWanted(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(wanted.map(({ name, partitions }) => [name, partitions.length]));
}

/** Ends of all partitions of the given topics: `<topic>/<partition>` → offset of the next record. */
export async function endOffsets(
  client: KafkaClient,
  topics: readonly string[],
): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const topic of topics) {
    for (const { partition, high } of await topicOffsets(client, topic)) ends[`${topic}/${partition}`] = high;
  }
  return ends;
}

/** Where each partition of a topic begins (`low`) and ends (`high`). While another topic is being made the broker may not know this one for a moment. */
export async function topicOffsets(
  client: KafkaClient,
  topic: string,
): Promise<{ readonly partition: number; readonly low: number; readonly high: number }[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const offsets = await (await client.admin()).fetchTopicOffsets(topic);
      return offsets
        .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
        .sort((a, b) => a.partition - b.partition);
    } catch (error) {
      // The client answers this with errors of several kinds, a TypeError of its own among them.
      if (attempt === OFFSET_ATTEMPTS) throw error;
      await sleep(100);
    }
  }
}

/** @throws ChainlightError SERVER_UNREACHABLE when no broker answers */
export async function pingKafka(client: KafkaClient): Promise<void> {
  try {
    await (await client.admin()).describeCluster();
  } catch (cause) {
    throw new ChainlightError('SERVER_UNREACHABLE', 'Kafka does not answer', {}, { cause });
  }
}

/** Reads a header's first value as text. */
export function headerText(message: Pick<KafkaMessage, 'headers'>, name: string): string | undefined {
  const value = message.headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? undefined : first.toString();
}

/** Makes a consumer that starts at the earliest record, with explicit commits. */
export function createConsumer(client: KafkaClient, groupId: string, sessionTimeoutMs = 15_000): Consumer {
  return client.kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 2_000,
    maxWaitTimeInMs: 250,
    minBytes: 1,
    maxBytesPerPartition: 2 * 1024 * 1024,
    maxBytes: 8 * 1024 * 1024,
    retry: { retries: 30, initialRetryTime: 300, maxRetryTime: 5_000 },
  });
}
