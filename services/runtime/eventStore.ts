import type { Collection, Db } from 'mongodb';
import { newestForm } from '../../schemas/events/versions.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';

export type { StoredEvent } from '../../schemas/storedEvent.ts';

/** Where ingest stands in a partition; one document each, moved by compare-and-set together with the events. */
export interface PartitionHead {
  /** `<topic>/<partition>` */
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next Kafka record to be judged. */
  readonly nextOffset: number;
  /** How far the topic was read, where markers of transactions or aborted records stand behind the last record; absent else. */
  readonly readTo?: number;
  /** Number of verdicts in the chain; the last one's `seq`. */
  readonly seq: number;
  readonly head: string;
  /** Latest business time accepted from this partition. */
  readonly maxTime: Date | null;
  /** Latest business time of the newest batch that accepted anything. */
  readonly lastTime: Date | null;
  readonly counts: VerdictCounts;
}

/** Everything before this offset was read, judged where it was a record. */
export const readUpTo = ({ nextOffset, readTo = 0 }: Pick<PartitionHead, 'nextOffset' | 'readTo'>): number =>
  Math.max(nextOffset, readTo);

export interface VerdictCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: number;
  readonly parked: number;
}

/** How far each partition's chain had been read: `<topic>/<partition>` → seq. */
export type StreamPositions = Readonly<Record<string, number>>;

/**
 * The event-time watermark: every event with a business time up to `at` that will come in time has been stored, at the
 * latest at `positions`. A follower may act on `at` only once it has read up to `positions`.
 */
export interface StreamClock {
  readonly _id: 'watermark';
  readonly at: Date;
  readonly positions: StreamPositions;
  /** Whether the stream has caught up with the clock on the wall, so that deadlines follow the latter. */
  readonly caughtUp: boolean;
}

export const eventsOf = (db: Db): Collection<StoredEvent> => db.collection<StoredEvent>('events');
export const partitionsOf = (db: Db): Collection<PartitionHead> => db.collection<PartitionHead>('partitions');
export const streamClockOf = (db: Db): Collection<StreamClock> => db.collection<StreamClock>('stream_clock');

/** Collection of the sealed days' Merkle roots: ingest writes it, whoever explains a figure reads it. */
export const DAY_ROOTS = 'day_roots';

export const partitionKeyOf = (topic: string, partition: number): string => `${topic}/${partition}`;
/** The partition that `partitionKeyOf` made a key of. */
export const partitionOf = (key: string): Pick<StoredEvent, 'topic' | 'partition'> => {
  const cut = key.lastIndexOf('/');
  return { topic: key.slice(0, cut), partition: Number(key.slice(cut + 1)) };
};

/** The `data` of a stored event in the newest version of its type. */
export function dataOf<Data = Record<string, unknown>>(event: Pick<StoredEvent, 'type' | 'body'>): Data {
  return newestForm(event).data as Data;
}

/** Whether a registered leader or a published plan says that it belongs to a simulation. */
export async function isSimulated(db: Db): Promise<boolean> {
  const said = await eventsOf(db).findOne(
    { type: { $in: ['leader.registered.v1', 'target.plan-published.v1'] }, body: /"simulated":true/ },
    { projection: { _id: 1 } },
  );
  return said !== null;
}

const FORMER_INDEXES = ['firm_period_type', 'type_time'];

/** Makes the indexes of the event log; safe to call at every start. */
export async function ensureEventIndexes(db: Db): Promise<void> {
  await eventsOf(db).createIndexes([
    // Unique by the compare-and-set on the partition's head. A unique index would make concurrent transactions crawl: each insert
    // has to pass over all keys that the others have not committed yet.
    { key: { topic: 1, partition: 1, seq: 1 }, name: 'chain' },
    // Serves a firm's events of some types and months, and all events of a type that is rare. One index of each event more would cost
    // the database a seventh of its work at intake.
    { key: { type: 1, firm: 1, period: 1 }, name: 'type_firm_period' },
  ]);
  const present = await eventsOf(db).indexes();
  for (const { name } of present)
    if (name !== undefined && FORMER_INDEXES.includes(name)) await eventsOf(db).dropIndex(name);
}
