import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTS, DEAD_LETTERS, erpTopic } from '../../schemas/topics.ts';
import { startIngest } from '../../services/ingest/index.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import { endOffsets, type Producer, sendOne } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import {
  LEADER,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  uniqueName,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const topic = erpTopic(LEADER);
const logger = createLogger('test', { level: 'silent' });
const UNWRITABLE = expect.objectContaining({ code: 'DEAD_LETTER_UNWRITABLE' });

describe('a dead letter that cannot be written', () => {
  let stream: TestStream;
  const groupId = uniqueName('unwritable');
  let told: unknown[] = [];

  const start = (producer: Producer) => {
    told = [];
    const { mongo, kafka } = stream;
    return startIngest({
      mongo,
      kafka,
      producer,
      logger,
      groupId,
      now: () => new Date(),
      clock: { clock: 'stream', latenessMs: 0, quietMs: 60_000 },
      onFatal: (error) => void told.push(error),
    });
  };
  /** The real producer, but for the dead-letter topic, which takes nothing. */
  const withoutDeadLetters = (): Producer => ({
    ...stream.producer,
    send: async (record) => {
      if (record.topic === DEAD_LETTERS) throw new Error('this topic is not authorised');
      return stream.producer.send(record);
    },
  });
  const sendRefused = () => sendOne(stream.producer, topic, { key: SUPPLIER, value: 'not an event' });
  const headOf = (partition: number) => partitionsOf(stream.mongo.db).findOne({ topic, partition });
  /** What Kafka has been told of a partition; -1 before the first commit. */
  const committed = async (partition: number): Promise<number> => {
    const [of] = await (await stream.kafka.admin()).fetchOffsets({ groupId, topics: [topic] });
    return Number(of?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
  };
  const lettersOnTopic = async () => {
    const ends = await endOffsets(stream.kafka, [DEAD_LETTERS]);
    return Object.values(ends).reduce((sum, end) => sum + end, 0);
  };

  beforeAll(async () => {
    stream = await openTestStream();
    await stream.ensureTopics([topic]);
    await stream.send(ACTS, [leaderRegistered()]);
    await stream.send(topic, [relationDeclared()]);
    const ingest = await start(stream.producer);
    await eventually('the relation', async () => (await stream.drained()).accepted === 2);
    await ingest.stop();
  });
  afterAll(() => stream?.close());

  it('to its topic: ingest says so, commits nothing to Kafka, and cannot start before it is mended', async () => {
    const before = await lettersOnTopic();
    const { partition, offset } = await sendRefused();
    const stopped = await start(withoutDeadLetters());
    await eventually('ingest to say so', async () => told.length > 0);
    await stopped.stop();
    expect(told).toContainEqual(UNWRITABLE);
    expect(await committed(partition)).toBeLessThanOrEqual(offset);
    const letter = () => deadLettersOf(stream.mongo.db).findOne({ topic, partition, offset });
    expect(await letter()).toMatchObject({ published: false });

    await expect(start(withoutDeadLetters())).rejects.toEqual(UNWRITABLE);
    expect(await lettersOnTopic()).toBe(before);

    const mended = await start(stream.producer);
    await eventually('the commit', async () => (await committed(partition)) === offset + 1);
    await mended.stop();
    expect(told).toEqual([]);
    expect(await letter()).toMatchObject({ published: true });
    expect(await lettersOnTopic()).toBe(before + 1);
    expect(await headOf(partition)).toMatchObject({ nextOffset: offset + 1, counts: { rejected: 1 } });
  });

  it('to its collection: nothing of the batch is judged until it can be, then all of it', async () => {
    const { db } = stream.mongo;
    const { partition, offset } = await sendRefused();
    const key = 'beside the refused record';
    await sendOne(stream.producer, topic, {
      key,
      partition,
      value: JSON.stringify(orderPlaced(key)),
      headers: { 'content-type': 'application/cloudevents+json' },
    });
    const before = await headOf(partition);
    const kafkaBefore = await committed(partition);
    await db.command({ collMod: 'dead_letters', validator: { reason: 'none' } });
    const stopped = await start(stream.producer);
    await eventually('ingest to say so', async () => told.length > 0);
    await stopped.stop();
    expect(told).toContainEqual(UNWRITABLE);
    expect(await headOf(partition)).toEqual(before);
    expect(await committed(partition)).toBe(kafkaBefore);

    await db.command({ collMod: 'dead_letters', validator: {} });
    const mended = await start(stream.producer);
    await eventually('the commit', async () => (await committed(partition)) === offset + 2);
    await mended.stop();
    expect(told).toEqual([]);
    const after = await headOf(partition);
    expect(after?.counts.rejected).toBe((before?.counts.rejected ?? 0) + 1);
    expect(after?.counts.accepted).toBe((before?.counts.accepted ?? 0) + 1);
    expect(await deadLettersOf(db).findOne({ topic, partition, offset })).toMatchObject({ published: true });
  });
});
