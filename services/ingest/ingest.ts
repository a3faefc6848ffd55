import { isChainlightError } from '../../schemas/errors.ts';
import type { KafkaClient, Producer } from '../runtime/kafka.ts';
import { loop } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { createStreamClock } from './adapters/clock.ts';
import { sealDays } from './adapters/dayRootStore.ts';
import { publishDeadLetters } from './adapters/deadLetterTopic.ts';
import { ensureIngestIndexes } from './adapters/ledger.ts';
import { createReceiptWriter } from './adapters/receiptTopic.ts';
import { RegistryCache } from './adapters/registryCache.ts';
import { startConsumer } from './adapters/streamConsumer.ts';
import type { WatermarkRule } from './domain/watermark.ts';

const CLOCK_INTERVAL_MS = 400;
const REGISTRY_INTERVAL_MS = 1_000;
const TOPICS_INTERVAL_MS = 3_000;
const SEAL_INTERVAL_MS = 60_000;
const RECEIPTS_INTERVAL_MS = 500;

export interface IngestDeps {
  readonly mongo: Mongo;
  readonly kafka: KafkaClient;
  /** Writes the dead-letter topic and the leaders' receipts. */
  readonly producer: Producer;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly clock: Omit<WatermarkRule, 'ignoredTopics'>;
  readonly onFatal: (error: unknown) => void;
  readonly groupId?: string;
  readonly sessionTimeoutMs?: number;
}

/** Starts one ingest process's work: consuming, releasing parked records, following new topics, moving the watermark. */
export async function startIngest(deps: IngestDeps): Promise<{ stop(): Promise<void> }> {
  const { mongo, kafka, producer, logger, now } = deps;
  await ensureIngestIndexes(mongo.db);
  const registry = new RegistryCache(mongo.db);
  await registry.refresh();

  let publishing: Promise<unknown> = Promise.resolve();
  const publish = (): Promise<unknown> => {
    const turn = publishing.then(() => publishDeadLetters(mongo.db, producer));
    publishing = turn.catch(() => {});
    return turn;
  };
  await publish();

  const consumer = await startConsumer({
    mongo,
    kafka,
    registry,
    logger,
    now,
    groupId: deps.groupId,
    sessionTimeoutMs: deps.sessionTimeoutMs,
    onFatal: deps.onFatal,
    afterBatch: async () => void (await publish()),
  });
  await consumer.followNewTopics();

  const release = async (): Promise<void> => {
    for (const worker of consumer.workers()) {
      await worker.settlePassed();
      if (await worker.releaseParked()) await publish();
    }
  };
  const receipts = createReceiptWriter({ db: mongo.db, kafka, producer });
  const clock = createStreamClock(mongo, kafka, deps.clock, now);
  const loops = [
    loop(logger, TOPICS_INTERVAL_MS, async () => {
      await consumer.followNewTopics();
      return false;
    }),
    loop(logger, REGISTRY_INTERVAL_MS, async () => {
      await registry.refresh();
      await release().catch((error: unknown) => {
        if (isChainlightError(error) && error.code === 'DEAD_LETTER_UNWRITABLE') deps.onFatal(error);
        throw error;
      });
      return false;
    }),
    loop(logger, CLOCK_INTERVAL_MS, clock.step),
    loop(logger, RECEIPTS_INTERVAL_MS, () => receipts.publish(consumer.workers())),
    loop(logger, SEAL_INTERVAL_MS, async () => {
      const days = await sealDays(mongo.db, now());
      if (days.length > 0) logger.info({ days }, 'Merkle roots of finished days stored');
      return false;
    }),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((running) => running.stop()));
      await consumer.stop();
    },
  };
}
