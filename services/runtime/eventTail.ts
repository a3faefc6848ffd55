import type { Db } from 'mongodb';
import {
  eventsOf,
  type PartitionHead,
  partitionKeyOf,
  partitionsOf,
  type StoredEvent,
  type StreamPositions,
} from './eventStore.ts';
import { storedEventFrom } from './storedEventBytes.ts';

export interface EventBatch {
  readonly events: readonly StoredEvent[];
  /** Where the reader stands after this batch; store it in the same transaction as what the batch changed. */
  readonly positions: StreamPositions;
}

/**
 * Reads what was accepted since `positions`: about `limit` events in all, shared evenly among the partitions that have news and
 * of each in chain order. What the batch changes is one transaction, so its size must not grow with the number of topics.
 * Positions move to the chain's end even where the last verdicts accepted nothing. Never skips: a partition's events
 * become visible together with its head, in one transaction.
 * @param topics reads these alone; all where not given
 */
export async function readNewEvents(
  db: Db,
  positions: StreamPositions,
  limit = 2_000,
  topics?: readonly string[],
): Promise<EventBatch> {
  const moved: Record<string, number> = { ...positions };
  const open = (await readHeads(db, topics)).filter(
    ({ topic, partition, seq }) => seq > (moved[partitionKeyOf(topic, partition)] ?? 0),
  );
  const share = Math.ceil(limit / Math.max(1, open.length));
  const events: StoredEvent[] = [];
  for (const head of open) {
    const key = partitionKeyOf(head.topic, head.partition);
    const part = await readPart(db, head, moved[key] ?? 0, share);
    moved[key] = part.seq;
    for (const event of part.events) events.push(event);
  }
  return { events, positions: moved };
}

/**
 * Reads as `readNewEvents` does, but hands over what it read in parts of one partition, at most `partSize` events each, so
 * that a large batch need not be held in memory. The partitions take turns; it ends at `limit` events in all, or at the
 * ends the chains had when it began.
 */
export async function* readNewEventParts(
  db: Db,
  positions: StreamPositions,
  limit: number,
  partSize: number,
): AsyncGenerator<EventBatch> {
  const moved: Record<string, number> = { ...positions };
  let open = await readHeads(db);
  let read = 0;
  while (open.length > 0 && read < limit) {
    const next: Head[] = [];
    for (const head of open) {
      const key = partitionKeyOf(head.topic, head.partition);
      const from = moved[key] ?? 0;
      if (head.seq <= from || read >= limit) continue;
      const part = await readPart(db, head, from, partSize);
      moved[key] = part.seq;
      read += part.events.length;
      if (part.seq < head.seq) next.push(head);
      yield { events: part.events, positions: { ...moved } };
    }
    open = next;
  }
}

/** Whether anything was judged since `positions`, in these topics where they are given. */
export async function hasNews(
  db: Db,
  positions: StreamPositions,
  topics?: readonly string[],
): Promise<boolean> {
  const heads = await readHeads(db, topics);
  return heads.some(({ topic, partition, seq }) => seq > (positions[partitionKeyOf(topic, partition)] ?? 0));
}

/** Number of verdicts given so far, over all partitions: it moves whenever anything is judged. */
export async function countVerdicts(db: Db): Promise<number> {
  return (await readHeads(db)).reduce((sum, head) => sum + head.seq, 0);
}

type Head = Pick<PartitionHead, 'topic' | 'partition' | 'seq'>;

async function readHeads(db: Db, topics?: readonly string[]): Promise<Head[]> {
  return partitionsOf(db)
    .find(topics === undefined ? {} : { topic: { $in: [...topics] } }, {
      projection: { topic: 1, partition: 1, seq: 1 },
    })
    .sort({ _id: 1 })
    .toArray();
}

interface Part {
  readonly events: readonly StoredEvent[];
  /** Where the reader stands behind these events. */
  readonly seq: number;
}

/**
 * The next events of a partition, at most `limit` and at most one reply of the server (16 MiB): events of a megabyte each must
 * not add up in memory.
 */
async function readPart(db: Db, head: Head, from: number, limit: number): Promise<Part> {
  const { topic, partition, seq } = head;
  const cursor = eventsOf(db)
    .find(
      { topic, partition, seq: { $gt: from, $lte: seq } },
      { raw: true, batchSize: limit + 1, promoteBuffers: true },
    )
    .sort({ seq: 1 })
    .limit(limit);
  try {
    const documents = (await cursor.hasNext()) ? cursor.readBufferedDocuments() : [];
    const isCutShort = cursor.id !== undefined && !cursor.id.isZero();
    const events = (documents as unknown as Uint8Array[]).map(storedEventFrom);
    const isAtEnd = !isCutShort && events.length < limit;
    return { events, seq: isAtEnd ? seq : (events.at(-1)?.seq ?? from) };
  } finally {
    await cursor.close();
  }
}

/** Whether a reader that stands at `positions` has read everything up to `goal`. */
export function hasReached(positions: StreamPositions, goal: StreamPositions): boolean {
  return Object.entries(goal).every(([key, seq]) => (positions[key] ?? 0) >= seq);
}
