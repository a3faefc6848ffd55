import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../runtime/logger.ts';
import { isUnavailable, isWritable, type Mongo } from '../../runtime/mongo.ts';

const RETRY_AFTER_MS = [100, 400, 1_600] as const;
const LOOK_AGAIN_MS = 500;

export interface Stall {
  /**
   * Does work that needs the database, again where no primary took it. When retries do not help, the partition is paused
   * until there is a primary: its records stay in Kafka, unresolved and uncommitted, and the process stays in its group.
   * @returns what the work gave; null when the partition was paused
   * @throws whatever else the work throws
   */
  attempt<Value>(partition: PausablePartition, work: () => Promise<Value>): Promise<Value | null>;
  stop(): void;
}

export interface PausablePartition {
  readonly topic: string;
  readonly partition: number;
  /** @returns what lets it go on */
  pause(): () => void;
}

/** What a consumer does while the database has no primary. */
export function createStall(mongo: Mongo, logger: Logger): Stall {
  const stopping = new AbortController();
  const { signal } = stopping;

  const untilWritable = async (): Promise<void> => {
    while (!signal.aborted && !(await isWritable(mongo)))
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  };

  return {
    attempt: async ({ topic, partition, pause }, work) => {
      for (const retryAfterMs of [...RETRY_AFTER_MS, null]) {
        try {
          return await work();
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          logger.warn({ err: error, topic, partition, retryAfterMs }, 'the database did not take the batch');
          if (retryAfterMs !== null) await sleep(retryAfterMs);
        }
      }
      const resume = pause();
      logger.error({ topic, partition }, 'partition paused: the database has no primary');
      void untilWritable().then(() => {
        logger.info({ topic, partition }, 'partition resumed');
        if (!signal.aborted) resume();
      });
      return null;
    },
    stop: () => stopping.abort(),
  };
}
