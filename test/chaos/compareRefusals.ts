import { setTimeout as sleep } from 'node:timers/promises';
import { DEAD_LETTERS, leaderOfTopic, receiptsTopic } from '../../schemas/topics.ts';
import { deadLettersOf, readRecord } from '../../services/runtime/deadLetterStore.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import type { KafkaClient } from '../../services/runtime/kafka.ts';
import type { Db } from '../../services/runtime/mongo.ts';
import type { Judgement } from './oracle.ts';
import { readTopics } from './readTopics.ts';
import { type KeptLetter, wrongLetters, wrongReceipts } from './refusals.ts';
import { eventOf, type WholeRecord } from './topicRecord.ts';

const TOLD_WITHIN_MS = 120_000;
const OWN_HEADER = /^chainlight-/;

/** Waits until both topics that tell of refusals have all that is owed to them. @returns what is still owed when that takes too long */
export async function untilTold(db: Db): Promise<string[]> {
  const giveUpAt = Date.now() + TOLD_WITHIN_MS;
  for (;;) {
    const unpublished = await deadLettersOf(db).countDocuments({ published: false });
    const cursors = await db.collection<{ _id: string; seq: number }>('receipt_cursors').find().toArray();
    const toldOf = new Map(cursors.map(({ _id, seq }) => [_id, seq]));
    const behind = (await partitionsOf(db).find().toArray()).filter(
      ({ _id, topic, seq }) => leaderOfTopic(topic) !== null && (toldOf.get(_id) ?? 0) < seq,
    );
    if (unpublished === 0 && behind.length === 0) return [];
    if (Date.now() > giveUpAt)
      return [`${unpublished} dead letters and receipts of ${behind.length} partitions are still to be sent`];
    await sleep(500);
  }
}

/** What is wrong with dead letters, in the database and in their topic. */
export async function compareLetters(
  db: Db,
  kafka: KafkaClient,
  records: readonly WholeRecord[],
  { verdicts }: Judgement,
): Promise<string[]> {
  const stored: KeptLetter[] = [];
  for await (const letter of deadLettersOf(db).find()) {
    const { key, headers, value } = await readRecord(db, letter);
    const whole = headers.map(([name, bytes]) => [name, bytes ?? Buffer.alloc(0)] as const);
    stored.push({ id: letter._id, reason: letter.reason, bytes: { key, headers: whole, value } });
  }
  const sent = (await readTopics(kafka, [DEAD_LETTERS])).map(
    ({ headers, bytes }): KeptLetter => ({
      id: headers['chainlight-dead-letter'] ?? 'without an id',
      reason: headers['chainlight-reason'] ?? 'none',
      bytes: { ...bytes, headers: bytes.headers.filter(([name]) => !OWN_HEADER.test(name)) },
    }),
  );
  return [
    ...wrongLetters('dead letter', stored, records, verdicts, false),
    ...wrongLetters('record of the dead-letter topic', sent, records, verdicts, true),
  ];
}

/** What is wrong with the receipts that the leaders' integrators were sent. */
export async function compareReceipts(
  kafka: KafkaClient,
  records: readonly WholeRecord[],
  { verdicts }: Judgement,
): Promise<string[]> {
  const ofLeaders = records.filter(({ topic }) => leaderOfTopic(topic) !== null);
  const leaders = new Set(ofLeaders.map(({ topic }) => leaderOfTopic(topic) ?? ''));
  const sent = await readTopics(kafka, [...leaders].map(receiptsTopic));
  const texts = sent.map(({ value }) => value);
  return wrongReceipts(texts, ofLeaders, verdicts, (record) => eventOf(record) !== null);
}
