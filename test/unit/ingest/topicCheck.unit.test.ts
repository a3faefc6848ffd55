import { describe, expect, it } from 'vitest';
import type { PartitionWorker } from '../../../services/ingest/adapters/partitionWorker.ts';
import { TopicCheck } from '../../../services/ingest/adapters/topicCheck.ts';
import { contentHashOf } from '../../../services/ingest/domain/decide.ts';
import type { IncomingRecord } from '../../../services/ingest/domain/record.ts';
import type { KafkaClient } from '../../../services/runtime/kafka.ts';
import { createLogger } from '../../../services/runtime/logger.ts';
import { LEADER, orderPlaced } from '../../support/events.ts';

const TOPIC = `erp.${LEADER}`;
const record = (offset: number, text: string): IncomingRecord => ({
  topic: TOPIC,
  partition: 0,
  offset,
  key: null,
  headers: {},
  value: Buffer.from(text),
});
const order = (id: string) => JSON.stringify(orderPlaced(id));

/** A partition of which the record at offset 4 was judged last, as `text` and with `code`. */
function judged(text: string | null, code: 'NOT_JSON' | 'RECORDS_COMPRESSED' | null = null): PartitionWorker {
  const isEvent = code === null;
  const last =
    text === null
      ? null
      : {
          seq: 9,
          offset: 4,
          verdict: isEvent ? 'accepted' : 'rejected',
          released: false,
          code,
          identity: isEvent ? 'source id' : null,
          contentHash: contentHashOf(record(4, text), isEvent),
        };
  return {
    topic: TOPIC,
    partition: 0,
    nextOffset: async () => (text === null ? 0 : 5),
    lastVerdict: async () => last,
  } as unknown as PartitionWorker;
}
const check = () =>
  new TopicCheck({ kafka: {} as KafkaClient, logger: createLogger('test', { level: 'silent' }) });
const fetched = (...records: IncomingRecord[]) => ({
  firstOffset: records[0]?.offset ?? 0,
  lastOffset: records.at(-1)?.offset ?? 0,
  end: 100,
  records,
});

describe('whether a topic is the one that was judged', () => {
  it('is looked up at the last judged record, once after each assignment', async () => {
    const topic = check();
    const worker = judged(order('a'));
    expect(await topic.goesBackTo(worker, fetched(record(5, order('b'))))).toBe(4);
    const again = fetched(record(4, order('a')), record(5, order('b')));
    expect(await topic.goesBackTo(worker, again)).toBeNull();
    expect(await topic.goesBackTo(worker, fetched(record(6, order('c'))))).toBeNull();
    topic.restart();
    expect(await topic.goesBackTo(worker, fetched(record(6, order('c'))))).toBe(4);
  });

  it('is no matter where nothing was judged; consuming goes back to the place reached', async () => {
    const topic = check();
    expect(await topic.goesBackTo(judged(null), fetched(record(3, 'x')))).toBe(0);
    expect(await topic.goesBackTo(judged(null), fetched(record(3, 'x')))).toBeNull();
  });

  it.each([
    ['another event', judged(order('a')), order('b')],
    ['no event where one was', judged(order('a')), 'garbage'],
    ['an event where garbage was', judged('garbage', 'NOT_JSON'), order('a')],
    ['other garbage', judged('garbage', 'NOT_JSON'), 'other garbage'],
  ])('is denied by %s in its place', async (_, worker, text) => {
    const judging = check().goesBackTo(worker, fetched(record(4, text), record(5, order('c'))));
    await expect(judging).rejects.toMatchObject({ code: 'TOPIC_CUT_BACK', details: { offset: 4 } });
  });

  it.each([
    ['the same event, laid out otherwise', judged(order('a')), JSON.stringify(orderPlaced('a'), null, 2)],
    ['the same garbage', judged('garbage', 'NOT_JSON'), 'garbage'],
    [
      'whatever is read now in a batch that was refused as one',
      judged('packed', 'RECORDS_COMPRESSED'),
      order('a'),
    ],
  ])('is not denied by %s', async (_, worker, text) => {
    expect(await check().goesBackTo(worker, fetched(record(4, text)))).toBeNull();
  });

  it('cannot be told where that record is no longer there, and consuming goes on', async () => {
    const topic = check();
    expect(await topic.goesBackTo(judged(order('a')), fetched(record(7, order('b'))))).toBe(4);
    expect(await topic.goesBackTo(judged(order('a')), fetched(record(7, order('b'))))).toBeNull();
  });

  it('is found out only at the place reached, however far before it consuming begins', async () => {
    const topic = check();
    expect(await topic.goesBackTo(judged(order('a')), fetched(record(0, 'x'), record(1, 'y')))).toBeNull();
    await expect(
      topic.goesBackTo(judged(order('a')), fetched(record(2, 'x'), record(4, 'y'))),
    ).rejects.toMatchObject({
      code: 'TOPIC_CUT_BACK',
    });
  });
});
