import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerState, Servers, Status, TopicState } from '../../../schemas/api/status.ts';
import { isStreamTopic } from '../../../schemas/topics.ts';
import type { Config } from '../../runtime/config.ts';
import {
  type PartitionHead,
  partitionKeyOf,
  partitionsOf,
  readUpTo,
  streamClockOf,
} from '../../runtime/eventStore.ts';
import { endOffsets, type KafkaClient, pingKafka } from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';
import { countOnboardings } from '../domain/funnel.ts';
import { sumVerdicts } from '../domain/pageModel.ts';
import { readPageSources } from './readModels.ts';

const PROBE_TIMEOUT_MS = 20_000;

export interface StatusDeps {
  readonly kafka: KafkaClient;
  /** @throws when MongoDB does not answer */
  readonly db: () => Promise<Db>;
  /** Answers with Temporal's version. @throws when it does not answer */
  readonly pingTemporal: () => Promise<string | undefined>;
  readonly addresses: { readonly kafka: string; readonly temporal: string; readonly mongodb: string };
}

/** Where the servers are said to be, without passwords. */
export function addressesOf(config: Config): StatusDeps['addresses'] {
  return {
    kafka: config.KAFKA_BROKERS.join(','),
    temporal: config.TEMPORAL_ADDRESS,
    mongodb: config.MONGODB_URI.replace(/\/\/[^@/]*@/, '//'),
  };
}

/** Asks each server a real question, all at once. */
export async function readServers(deps: StatusDeps, patienceMs = PROBE_TIMEOUT_MS): Promise<Servers> {
  const [kafka, temporal, mongodb] = await Promise.all([
    probe(patienceMs, deps.addresses.kafka, async () => {
      await pingKafka(deps.kafka);
      return undefined;
    }),
    probe(patienceMs, deps.addresses.temporal, deps.pingTemporal),
    probe(patienceMs, deps.addresses.mongodb, async () => {
      const build = await (await deps.db()).admin().buildInfo();
      return typeof build.version === 'string' ? build.version : undefined;
    }),
  ]);
  return { kafka, temporal, mongodb };
}

async function probe(
  patienceMs: number,
  address: string,
  ask: () => Promise<string | undefined>,
): Promise<ServerState> {
  const patience = new AbortController();
  try {
    const version = await Promise.race([
      ask(),
      sleep(patienceMs, undefined, { signal: patience.signal }).then(() => {
        throw new Error(`no answer within ${patienceMs / 1_000} s`);
      }),
    ]);
    return { ok: true, address, ...(version === undefined ? {} : { version }) };
  } catch (error) {
    return { ok: false, address, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    patience.abort();
  }
}

/** How everything stands: servers, how far ingest has come in each topic, verdicts, onboardings, business time. */
export async function readStatus(deps: StatusDeps): Promise<Status> {
  const servers = await readServers(deps);
  if (!servers.mongodb.ok)
    return {
      servers,
      topics: [],
      verdicts: sumVerdicts([]),
      onboardings: countOnboardings([]),
      businessTime: { at: null, caughtUp: false },
    };
  const db = await deps.db();
  const [sources, clock, topics] = await Promise.all([
    readPageSources(db, true),
    streamClockOf(db).findOne({ _id: 'watermark' }),
    servers.kafka.ok ? readTopics(deps.kafka, db) : [],
  ]);
  return {
    servers,
    topics,
    verdicts: sumVerdicts(sources.verdicts),
    onboardings: countOnboardings(sources.onboardings),
    businessTime: { at: clock?.at.toISOString() ?? null, caughtUp: clock?.caughtUp ?? false },
  };
}

/** How far ingest has come in each topic that exists; all stream topics, or those that are named. */
export async function readTopics(
  kafka: KafkaClient,
  db: Db,
  only?: readonly string[],
): Promise<TopicState[]> {
  const names = (await (await kafka.admin()).listTopics())
    .filter((topic) => isStreamTopic(topic) && (only?.includes(topic) ?? true))
    .sort();
  const [ends, heads] = await Promise.all([
    endOffsets(kafka, names),
    partitionsOf(db)
      .find()
      .project<Pick<PartitionHead, '_id' | 'nextOffset' | 'readTo'>>({ nextOffset: 1, readTo: 1 })
      .toArray(),
  ]);
  const committedOf = new Map(heads.map((head) => [head._id, readUpTo(head)]));
  return names.map((topic) => {
    const byPartition: TopicState['byPartition'] = [];
    for (let partition = 0; ; partition++) {
      const key = partitionKeyOf(topic, partition);
      const end = ends[key];
      if (end === undefined) break;
      const committed = committedOf.get(key) ?? 0;
      byPartition.push({ partition, end, committed, lag: Math.max(0, end - committed) });
    }
    const sum = (field: 'end' | 'committed' | 'lag') =>
      byPartition.reduce((total, part) => total + part[field], 0);
    return {
      topic,
      partitions: byPartition.length,
      end: sum('end'),
      committed: sum('committed'),
      lag: sum('lag'),
      byPartition,
    };
  });
}
