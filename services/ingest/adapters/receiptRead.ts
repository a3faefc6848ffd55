import type { Db } from 'mongodb';
import type { Receipt } from '../../../schemas/receipt.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import { partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import { readEntryLine } from '../domain/chain.ts';
import { isTold, receiptsOf } from '../domain/receipts.ts';
import { verdictsOf } from './ledger.ts';
import { lookUp, receiptCursorsOf } from './receiptTopic.ts';

/**
 * A leader's newest receipts, made from the durable verdicts as the writer of the topic makes them: same ids, same content.
 * @returns newest first, each with whether it has been sent
 */
export async function readReceipts(
  db: Db,
  leader: string,
  limit: number,
): Promise<(Receipt & { sent: boolean })[]> {
  const topic = erpTopic(leader);
  const heads = await partitionsOf(db)
    .find({ topic }, { projection: { partition: 1 } })
    .toArray();
  const [segments, cursors] = await Promise.all([
    // Partition by partition, along the index: the newest of all are among the newest of each.
    Promise.all(
      heads.map(({ partition }) =>
        verdictsOf(db).find({ topic, partition }).sort({ firstSeq: -1 }).limit(limit).toArray(),
      ),
    ),
    receiptCursorsOf(db)
      .find({ _id: { $in: heads.map(({ _id }) => _id) } })
      .toArray(),
  ]);
  const newest = segments
    .flat()
    .sort((a, b) => b.recordedAt.getTime() - a.recordedAt.getTime() || b.firstSeq - a.firstSeq)
    .slice(0, limit);
  const toldOf = new Map(cursors.map(({ _id, seq }) => [_id, seq]));
  const found = await Promise.all(
    newest.map(async ({ partition, lines, recordedAt }) => {
      const entries = lines.split('\n').flatMap((line) => readEntryLine(line) ?? []);
      const told = await lookUp(db, { topic, partition }, entries.filter(isTold));
      const sentUpTo = toldOf.get(partitionKeyOf(topic, partition)) ?? 0;
      return receiptsOf({ leader, topic, partition, judgedAt: recordedAt }, entries, told)
        .reverse()
        .map((receipt) => ({ ...receipt, sent: receipt.lastSeq <= sentUpTo }));
    }),
  );
  return found.flat().slice(0, limit);
}
