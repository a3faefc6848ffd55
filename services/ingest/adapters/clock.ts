import { ACTS, isStreamTopic } from '../../../schemas/topics.ts';
import {
  type PartitionHead,
  partitionKeyOf,
  partitionsOf,
  readUpTo,
  streamClockOf,
} from '../../runtime/eventStore.ts';
import { endOffsets, type KafkaClient } from '../../runtime/kafka.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { type PartitionProgress, type WatermarkRule, watermarkOf } from '../domain/watermark.ts';

interface Look {
  readonly ends: Readonly<Record<string, number>>;
  readonly before: readonly PartitionProgress[];
  readonly current: readonly PartitionProgress[];
  readonly takenAt: Date;
}

/**
 * Moves the stream's watermark. One look notes the ends of all topics and how far business time has come; once ingest has
 * stored everything up to those ends, what was noted holds, and the watermark moves. It never moves back.
 */
export function createStreamClock(
  mongo: Mongo,
  kafka: KafkaClient,
  rule: Omit<WatermarkRule, 'ignoredTopics'>,
  now: () => Date,
): { step(): Promise<boolean> } {
  let look: Look | null = null;
  let lastSeen: readonly PartitionProgress[] = [];
  let lastMoveAt = now();

  const readHeads = (): Promise<PartitionHead[]> => partitionsOf(mongo.db).find().toArray();

  return {
    step: async () => {
      look ??= await takeLook();
      const heads = new Map((await readHeads()).map((head) => [head._id, readUpTo(head)]));
      const isStored = Object.entries(look.ends).every(([key, end]) => (heads.get(key) ?? 0) >= end);
      if (!isStored) return false;
      const quietForMs = now().getTime() - lastMoveAt.getTime();
      const mark = watermarkOf(
        look.before,
        look.current,
        { ...rule, ignoredTopics: [ACTS] },
        look.takenAt,
        quietForMs,
      );
      lastSeen = look.current;
      look = null;
      if (mark !== null) await move(mark.at, mark.caughtUp);
      return false;
    },
  };

  async function takeLook(): Promise<Look> {
    const takenAt = now();
    const current = (await readHeads()).map(toProgress);
    const offsets = new Map(lastSeen.map((partition) => [partition.key, partition.nextOffset]));
    if (current.some((partition) => (offsets.get(partition.key) ?? 0) < partition.nextOffset))
      lastMoveAt = takenAt;
    const topics = (await (await kafka.admin()).listTopics()).filter(isStreamTopic);
    return { ends: await endOffsets(kafka, topics), before: lastSeen, current, takenAt };
  }

  /** Positions are read after the events are known to be stored, so they cover them. */
  async function move(at: Date, caughtUp: boolean): Promise<void> {
    const heads = await partitionsOf(mongo.db)
      .find({}, { projection: { topic: 1, partition: 1, seq: 1 } })
      .toArray();
    const positions = Object.fromEntries(
      heads.map((head) => [partitionKeyOf(head.topic, head.partition), head.seq]),
    );
    const clocks = streamClockOf(mongo.db);
    await clocks.updateOne(
      { _id: 'watermark' },
      { $setOnInsert: { at: new Date(0), positions: {}, caughtUp: false } },
      { upsert: true },
    );
    await clocks.updateOne({ _id: 'watermark', at: { $lt: at } }, { $set: { at, positions, caughtUp } });
  }
}

function toProgress(head: PartitionHead): PartitionProgress {
  return {
    key: head._id,
    topic: head.topic,
    nextOffset: head.nextOffset,
    maxTime: head.maxTime,
    lastTime: head.lastTime,
  };
}
