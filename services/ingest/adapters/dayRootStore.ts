import { type Collection, type Db, MongoServerError } from 'mongodb';
import { DAY_ROOTS, partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import {
  composeDay,
  DayCutter,
  type DayRoot,
  dayAfter,
  type PartitionDay,
  recordingDay,
  type SealedShares,
  verdictLeaf,
} from '../domain/dayRoots.ts';
import { verdictsOf } from './ledger.ts';

/** A day's Merkle root as it was when the day was over; written once. */
export interface SealedDay extends DayRoot {
  /** The day, YYYY-MM-DD. */
  readonly _id: string;
  readonly sealedAt: Date;
}

/** How long after midnight (UTC) a day stays open for batches that were under way. */
const GRACE_MS = 10 * 60_000;
const DUPLICATE_KEY = 11_000;

export const dayRootsOf = (db: Db): Collection<SealedDay> => db.collection<SealedDay>(DAY_ROOTS);

/** What is sealed so far. */
export interface Sealed {
  /** In order. */
  readonly days: readonly SealedDay[];
  readonly lastDay: string | null;
  sharesOf(topic: string, partition: number): SealedShares;
}

export async function readSealed(db: Db): Promise<Sealed> {
  const days = await dayRootsOf(db).find().sort({ _id: 1 }).toArray();
  const shares = new Map<string, (PartitionDay & { day: string })[]>();
  for (const { day, partitions } of days) {
    for (const part of partitions) {
      const key = partitionKeyOf(part.topic, part.partition);
      shares.set(key, [...(shares.get(key) ?? []), { ...part, day }]);
    }
  }
  return {
    days,
    lastDay: days.at(-1)?._id ?? null,
    sharesOf: (topic, partition) => shares.get(partitionKeyOf(topic, partition)) ?? [],
  };
}

/**
 * Seals every day that is over: stores its Merkle root, once. Several processes may do this at the same time, the first one's stands.
 * @returns the days that were sealed
 */
export async function sealDays(db: Db, now: Date): Promise<string[]> {
  const today = recordingDay(new Date(now.getTime() - GRACE_MS));
  const lastDay = await lastSealedDay(db);
  if (lastDay !== null && dayAfter(lastDay) >= today) return [];
  const sealed: string[] = [];
  for await (const root of openDays(db, today)) {
    await insertOnce(db, { _id: root.day, ...root, sealedAt: now });
    sealed.push(root.day);
  }
  return sealed;
}

async function lastSealedDay(db: Db): Promise<string | null> {
  const last = await dayRootsOf(db).findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
  return last?._id ?? null;
}

/** The days that are not sealed, in order, as they stand now; only those before `end`, where it is given. */
export async function* openDays(db: Db, end?: string): AsyncGenerator<DayRoot> {
  let lastDay = await lastSealedDay(db);
  const done = await sealedPositions(db);
  for (;;) {
    const open = await openPartitions(db, done, lastDay);
    const day = open.map((part) => part.day).sort()[0];
    if (day === undefined || (end !== undefined && day >= end)) return;
    const shares: PartitionDay[] = [];
    for (const part of open) {
      if (part.day !== day) continue;
      const { day: _day, ...share } = await shareOf(db, part, day, lastDay);
      shares.push(share);
      done.set(partitionKeyOf(part.topic, part.partition), share.lastSeq);
    }
    yield composeDay(day, shares);
    lastDay = day;
  }
}

interface OpenPartition {
  readonly topic: string;
  readonly partition: number;
  /** Position up to which it is sealed. */
  readonly seq: number;
  /** Day of its first verdict after that. */
  readonly day: string;
}

async function sealedPositions(db: Db): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  for await (const { partitions } of dayRootsOf(db).find().sort({ _id: 1 })) {
    for (const { topic, partition, lastSeq } of partitions)
      positions.set(partitionKeyOf(topic, partition), lastSeq);
  }
  return positions;
}

async function openPartitions(
  db: Db,
  done: ReadonlyMap<string, number>,
  lastDay: string | null,
): Promise<OpenPartition[]> {
  const open: OpenPartition[] = [];
  for await (const { _id, topic, partition } of partitionsOf(db).find()) {
    const seq = done.get(_id) ?? 0;
    const first = await verdictsOf(db).findOne(
      { topic, partition, firstSeq: { $gt: seq } },
      { sort: { firstSeq: 1 }, projection: { recordedAt: 1 } },
    );
    if (first === null) continue;
    const day = new DayCutter({ topic, partition }, [], lastDay, seq).dayOf(first.recordedAt);
    open.push({ topic, partition, seq, day });
  }
  return open;
}

async function shareOf(
  db: Db,
  { topic, partition, seq }: OpenPartition,
  day: string,
  lastDay: string | null,
): Promise<PartitionDay & { day: string }> {
  const cutter = new DayCutter({ topic, partition }, [], lastDay, seq);
  const segments = verdictsOf(db)
    .find({ topic, partition, firstSeq: { $gt: seq } })
    .sort({ firstSeq: 1 });
  for await (const { recordedAt, lines } of segments) {
    if (cutter.dayOf(recordedAt) !== day) break;
    for (const line of lines.split('\n')) cutter.add(recordedAt, verdictLeaf(recordedAt, line));
  }
  const [share] = cutter.shares();
  if (share === undefined) throw new Error(`partition ${topic}/${partition} has no verdict on ${day}`);
  return share;
}

async function insertOnce(db: Db, day: SealedDay): Promise<void> {
  try {
    await dayRootsOf(db).insertOne(day);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
  }
}
