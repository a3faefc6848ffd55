import type { Db } from 'mongodb';
import { leaderOfTopic, receiptsTopic } from '../../../schemas/topics.ts';
import { coordinatesOf, deadLettersOf } from '../../runtime/deadLetterStore.ts';
import { partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import { ensureTopics, type KafkaClient, type Producer, send } from '../../runtime/kafka.ts';
import { isUnavailable } from '../../runtime/mongo.ts';
import { type ChainEntry, readEntryLine } from '../domain/chain.ts';
import { isTold, receiptsOf, type Told } from '../domain/receipts.ts';
import { verdictsOf } from './ledger.ts';
import { PATIENCE_MS, within } from './patience.ts';

const SEGMENTS = 20;

/** How far a partition's verdicts have been told: everything up to `seq`. */
interface ReceiptCursor {
  readonly _id: string;
  readonly seq: number;
}

export const receiptCursorsOf = (db: Db) => db.collection<ReceiptCursor>('receipt_cursors');

export interface ReceiptDeps {
  /** After so long a topic that takes nothing is given up until the next turn. */
  readonly patienceMs?: number;
  readonly db: Db;
  readonly kafka: KafkaClient;
  readonly producer: Producer;
}

export interface ReceiptWriter {
  /**
   * Tells the integrators the verdicts of these partitions that have not been told yet, in order, from what is durable.
   * Sent at least once: the cursor moves only afterwards, and a receipt sent again has the same id. What cannot be told in one
   * partition holds up no other.
   * @returns whether there may be more to tell
   * @throws the first failure, once every partition had its turn
   */
  publish(owned: readonly Partition[]): Promise<boolean>;
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export function createReceiptWriter({
  db,
  kafka,
  producer,
  patienceMs = PATIENCE_MS,
}: ReceiptDeps): ReceiptWriter {
  const made = new Set<string>();
  /** The client tries for ever what a topic does not take: nothing more is sent to it until that is settled. */
  const unsettled = new Set<string>();

  const ensureMade = async (target: string): Promise<void> => {
    if (!made.has(target)) await ensureTopics(kafka, [target], 1);
    made.add(target);
  };

  const publishOne = async (at: Partition, leader: string, told: number): Promise<boolean> => {
    const { topic, partition } = at;
    const key = partitionKeyOf(topic, partition);
    const segments = await verdictsOf(db)
      .find({ topic, partition, firstSeq: { $gt: told } })
      .sort({ firstSeq: 1 })
      .limit(SEGMENTS)
      .toArray();
    const target = receiptsTopic(leader);
    for (const segment of segments) {
      const entries = segment.lines.split('\n').flatMap((line) => readEntryLine(line) ?? []);
      const batch = { leader, topic, partition, judgedAt: segment.recordedAt };
      const receipts = receiptsOf(batch, entries, await lookUp(db, at, entries.filter(isTold)));
      for (const receipt of receipts) {
        const sending = send(producer, target, [{ key, value: JSON.stringify(receipt) }]);
        unsettled.add(target);
        const settle = (): boolean => unsettled.delete(target);
        void sending.then(settle, settle);
        await within(patienceMs, sending);
      }
      await receiptCursorsOf(db).updateOne(
        { _id: key },
        { $max: { seq: segment.lastSeq } },
        { upsert: true },
      );
    }
    return segments.length === SEGMENTS;
  };

  return {
    publish: async (owned) => {
      const ofLeaders = owned.filter(({ topic }) => leaderOfTopic(topic) !== null);
      const keys = ofLeaders.map(({ topic, partition }) => partitionKeyOf(topic, partition));
      const [heads, cursors] = await Promise.all([
        partitionsOf(db)
          .find({ _id: { $in: keys } }, { projection: { topic: 1, partition: 1, seq: 1 } })
          .toArray(),
        receiptCursorsOf(db)
          .find({ _id: { $in: keys } })
          .toArray(),
      ]);
      const toldOf = new Map(cursors.map(({ _id, seq }) => [_id, seq]));
      let more = false;
      const failures: unknown[] = [];
      for (const { _id, topic, partition, seq } of heads) {
        const [told, leader] = [toldOf.get(_id) ?? 0, leaderOfTopic(topic)];
        if (leader === null || told >= seq) continue;
        try {
          await ensureMade(receiptsTopic(leader));
          if (unsettled.has(receiptsTopic(leader))) continue;
          if (await publishOne({ topic, partition }, leader, told)) more = true;
        } catch (error) {
          if (isUnavailable(error)) throw error;
          // Perhaps the topic is gone: it is looked for, and made, at the next turn.
          made.delete(receiptsTopic(leader));
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return more;
    },
  };
}

/** What dead letters say about their offsets. They never change, so a receipt made again says the same. */
export async function lookUp(
  db: Db,
  at: Partition,
  entries: readonly ChainEntry[],
): Promise<Map<number, Told>> {
  const ids = entries
    .filter(({ verdict }) => verdict === 'conflicts' || verdict === 'rejected')
    .map(({ offset }) => coordinatesOf({ ...at, offset }));
  if (ids.length === 0) return new Map();
  const letters = await deadLettersOf(db)
    .find({ _id: { $in: ids } }, { projection: { frame: 0, original: 0 } })
    .toArray();
  return new Map(
    letters.map(({ offset, explanation, explanationZh, source, eventId }) => [
      offset,
      { explanation, explanationZh, source, id: eventId },
    ]),
  );
}
