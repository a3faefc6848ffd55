import { randomUUID } from 'node:crypto';
import { ChainlightError } from '../../schemas/errors.ts';
import { createConsumer, type KafkaClient, type KafkaMessage, topicOffsets } from './kafka.ts';
import { READ_ONCE_GROUPS } from './kafkaSecurity.ts';

/** Offsets of one partition: from the first to the one before `to`. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Where each partition of a topic begins and ends. */
export async function offsetsOf(client: KafkaClient, topic: string): Promise<OffsetRange[]> {
  return (await topicOffsets(client, topic)).map(({ partition, low, high }) => ({
    partition,
    from: low,
    to: high,
  }));
}

/**
 * Reads ranges of a topic without moving anybody's offsets: in a consumer group of its own that is deleted afterwards.
 * Within a partition messages come in the order of their offsets. What `onMessage` promises is waited for before the next one comes, so that
 * a topic of any length can be read in bounded memory.
 * @throws ChainlightError SERVER_UNREACHABLE when nothing comes for `patienceMs`
 */
export async function readRanges(
  client: KafkaClient,
  topic: string,
  ranges: readonly OffsetRange[],
  onMessage: (partition: number, message: KafkaMessage) => unknown,
  patienceMs = 60_000,
): Promise<void> {
  const open = new Map(ranges.filter(({ from, to }) => from < to).map((range) => [range.partition, range]));
  if (open.size === 0) return;
  const groupId = `${READ_ONCE_GROUPS}${randomUUID()}`;
  const consumer = createConsumer(client, groupId);
  await consumer.connect();
  let timer: NodeJS.Timeout | undefined;
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((done, fail) => {
      const wait = (): void => {
        clearTimeout(timer);
        const stuck = new ChainlightError('SERVER_UNREACHABLE', `reading ${topic} does not go on`);
        timer = setTimeout(() => fail(stuck), patienceMs);
      };
      wait();
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) fail(payload.error);
      });
      const reached = (partition: number, end: number): void => {
        const range = open.get(partition);
        if (range === undefined || end < range.to) return;
        open.delete(partition);
        consumer.pause([{ topic, partitions: [partition] }]);
        if (open.size === 0) done();
      };
      // What is all markers of transactions, or records of aborted ones, comes as no batch.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (payload.batchSize === 0) reached(payload.partition, Number(payload.lastOffset) + 1);
      });
      const run = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          const range = open.get(batch.partition);
          if (range === undefined) return;
          wait();
          for (const message of batch.messages) {
            const offset = Number(message.offset);
            if (offset < range.from || offset >= range.to) continue;
            const taking = onMessage(batch.partition, message);
            if (taking instanceof Promise) await taking;
          }
          reached(batch.partition, Number(batch.lastOffset()) + 1);
        },
      });
      run.catch(fail);
      for (const { partition, from } of open.values())
        consumer.seek({ topic, partition, offset: String(from) });
    });
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
    await (await client.admin()).deleteGroups([groupId]).catch(() => {});
  }
}
