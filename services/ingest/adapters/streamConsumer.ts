import { isChainlightError } from '../../../schemas/errors.ts';
import { isStreamTopic } from '../../../schemas/topics.ts';
import { partitionKeyOf } from '../../runtime/eventStore.ts';
import {
  type Consumer,
  createConsumer,
  type EachBatchPayload,
  type KafkaClient,
  partitionCounts,
  storeUncompressed,
} from '../../runtime/kafka.ts';
import type { Logger } from '../../runtime/logger.ts';
import { toIncoming } from './incoming.ts';
import { PartitionWorker, type WorkerDeps } from './partitionWorker.ts';
import { createStall } from './stall.ts';
import { TopicCheck } from './topicCheck.ts';

export const INGEST_GROUP = 'chainlight-ingest';
const CONCURRENT_PARTITIONS = 4;
const FATAL: ReadonlySet<string> = new Set(['DEAD_LETTER_UNWRITABLE', 'TOPIC_CUT_BACK']);

export interface StreamConsumer {
  /** Workers of the partitions that this process has been given. */
  workers(): readonly PartitionWorker[];
  /** Looks for topics and partitions that did not exist at the start, and takes them in. */
  followNewTopics(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConsumerDeps extends WorkerDeps {
  readonly kafka: KafkaClient;
  readonly logger: Logger;
  /** Called after a batch is durable and before its offset is committed; an error leaves the offset where it was. */
  readonly afterBatch: () => Promise<void>;
  /** Called when consuming cannot go on. */
  readonly onFatal: (error: unknown) => void;
  readonly groupId?: string;
  readonly sessionTimeoutMs?: number;
}

/** Consumes all stream topics. MongoDB says where each partition stands; Kafka's committed offset only shows it to others. */
export async function startConsumer(deps: ConsumerDeps): Promise<StreamConsumer> {
  const workers = new Map<string, PartitionWorker>();
  const assigned = new Set<string>();
  /** Topics taken in, with their number of partitions. */
  let counts: ReadonlyMap<string, number> = new Map();
  let consumer: Consumer | null = null;
  let changing: Promise<void> = Promise.resolve();
  const check = new TopicCheck(deps);
  const stall = createStall(deps.mongo, deps.logger);

  const workerOf = (topic: string, partition: number): PartitionWorker => {
    const key = `${topic}/${partition}`;
    const worker = workers.get(key) ?? new PartitionWorker(deps, topic, partition);
    workers.set(key, worker);
    return worker;
  };

  /** Has the record judged last come once more, so that a topic made anew shows at once; else it shows with its next record. */
  const lookBack = async (worker: PartitionWorker): Promise<void> => {
    const from = await check.startOf(worker).catch(() => null);
    if (from === null || !workers.has(partitionKeyOf(worker.topic, worker.partition))) return;
    consumer?.seek({ topic: worker.topic, partition: worker.partition, offset: String(from) });
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    if (!isRunning() || isStale()) return;
    const worker = workerOf(batch.topic, batch.partition);
    const partition = { topic: batch.topic, partition: batch.partition, pause: payload.pause };
    const beat = setInterval(() => void heartbeat().catch(() => {}), 2_000);
    try {
      const records = batch.messages.map((message) => toIncoming(batch.topic, batch.partition, message));
      const lastOffset = Number(batch.lastOffset());
      const next = await stall.attempt(partition, async () => {
        const back = await check.goesBackTo(worker, {
          firstOffset: Number(batch.firstOffset() ?? lastOffset),
          lastOffset,
          end: Number(batch.highWatermark),
          records,
        });
        if (back !== null) {
          consumer?.seek({ topic: batch.topic, partition: batch.partition, offset: String(back) });
          return null;
        }
        const judged = await worker.take(records, lastOffset + 1);
        await deps.afterBatch();
        return judged;
      });
      if (next === null) return;
      resolveOffset(batch.lastOffset());
      await payload.commitOffsetsIfNecessary({
        topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset: String(next) }] }],
      });
    } catch (error) {
      if (isChainlightError(error) && FATAL.has(error.code)) deps.onFatal(error);
      throw error;
    } finally {
      clearInterval(beat);
    }
  };

  const start = async (topics: string[]): Promise<void> => {
    const next = createConsumer(deps.kafka, deps.groupId ?? INGEST_GROUP, deps.sessionTimeoutMs);
    next.on(next.events.GROUP_JOIN, ({ payload }) => {
      assigned.clear();
      for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
        for (const partition of partitions) assigned.add(`${topic}/${partition}`);
      }
      for (const key of [...workers.keys()]) if (!assigned.has(key)) workers.delete(key);
      check.restart();
      // Also for partitions where nothing comes any more: what is parked there is to be released.
      for (const [topic, partitions] of Object.entries(payload.memberAssignment))
        for (const partition of partitions) void lookBack(workerOf(topic, partition));
    });
    next.on(next.events.CRASH, ({ payload }) => {
      deps.logger.error({ err: payload.error, restart: payload.restart }, 'consumer crashed');
      if (!payload.restart) deps.onFatal(payload.error);
    });
    // What is all markers of transactions, or records of aborted ones, reaches no batch; where it ends shows here alone.
    next.on(next.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0 || payload.firstOffset === null) return;
      const worker = workerOf(payload.topic, payload.partition);
      worker.passOver(Number(payload.firstOffset), Number(payload.lastOffset) + 1);
    });
    consumer = next;
    await next.connect();
    await next.subscribe({ topics, fromBeginning: true });
    await next.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch,
    });
  };

  const followNewTopics = async (): Promise<void> => {
    const found = await partitionCounts(deps.kafka, isStreamTopic);
    const grown = [...found].filter(([topic, count]) => counts.get(topic) !== count).map(([topic]) => topic);
    if (grown.length === 0 && found.size === counts.size) return;
    deps.logger.info({ topics: grown }, 'taking in new topics and partitions');
    await storeUncompressed(deps.kafka, grown).catch((err: unknown) =>
      deps.logger.warn(
        { err, topics: grown },
        'set compression.type=uncompressed for these topics: ingest may not',
      ),
    );
    // Noted only once consuming has begun: where the broker is away meanwhile, the next look tries again.
    counts = new Map();
    await consumer?.disconnect();
    consumer = null;
    await start([...found.keys()]);
    counts = found;
  };

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    changing = changing.then(work, work);
    return changing;
  };

  return {
    workers: () => [...workers].filter(([key]) => assigned.has(key)).map(([, worker]) => worker),
    followNewTopics: () => inTurn(followNewTopics),
    stop: () =>
      inTurn(async () => {
        stall.stop();
        await consumer?.disconnect();
        consumer = null;
      }),
  };
}
