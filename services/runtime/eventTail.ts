import type { Db } from 'mongodb';
import {
  eventsOf,
  partitionKeyOf,
  partitionsOf,
  type StoredEvent,
  type StreamPositions,
} from './eventStore.ts';

export interface EventBatch {
  readonly events: readonly StoredEvent[];
  /** Where the reader stands after this batch; store it in the same transaction as what the batch changed. */
  readonly positions: StreamPositions;
}

/**
 * Reads what was accepted since `positions`: of each partition in chain order, at most `limit` events each.
 * Positions move to the chain's end even where the last verdicts accepted nothing. Never skips: a partition's events
 * become visible together with its head, in one transaction.
 */
export async function readNewEvents(db: Db, positions: StreamPositions, limit = 2_000): Promise<EventBatch> {
  const heads = await partitionsOf(db)
    .find({}, { projection: { topic: 1, partition: 1, seq: 1 } })
    .sort({ _id: 1 })
    .toArray();
  const moved: Record<string, number> = { ...positions };
  const events: StoredEvent[] = [];
  for (const head of heads) {
    const key = partitionKeyOf(head.topic, head.partition);
    const from = positions[key] ?? 0;
    if (head.seq <= from) continue;
    const part = await eventsOf(db)
      .find({ topic: head.topic, partition: head.partition, seq: { $gt: from, $lte: head.seq } })
      .sort({ seq: 1 })
      .limit(limit)
      .toArray();
    moved[key] = part.length === limit ? (part.at(-1)?.seq ?? head.seq) : head.seq;
    for (const event of part) events.push(event);
  }
  return { events, positions: moved };
}

/** Whether a reader that stands at `positions` has read everything up to `goal`. */
export function hasReached(positions: StreamPositions, goal: StreamPositions): boolean {
  return Object.entries(goal).every(([key, seq]) => (positions[key] ?? 0) >= seq);
}
