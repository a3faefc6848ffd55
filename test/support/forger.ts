import type { Db } from 'mongodb';
import {
  type ChainEntry,
  entryLine,
  GENESIS,
  nextHead,
  readEntryLine,
} from '../../services/ingest/domain/chain.ts';
import {
  composeDay,
  DayCutter,
  type PartitionDay,
  verdictLeaf,
} from '../../services/ingest/domain/dayRoots.ts';
import { sha256 } from '../../services/ingest/domain/validate.ts';
import { dayRootsOf, verdictsOf } from '../../services/ingest/index.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { eventsOf, partitionsOf, type StoredEvent } from '../../services/runtime/eventStore.ts';

/** A verdict with the event it accepted, as a forger handles them. */
export interface Forged {
  entry: ChainEntry;
  event: StoredEvent | null;
  recordedAt: Date;
}

/**
 * What somebody with full access to the database and this source code can do: changes one partition's record at will, then
 * makes every position, content hash, chain head, stored event and day root fit again.
 */
export async function forge(
  db: Db,
  topic: string,
  partition: number,
  change: (record: Forged[]) => Forged[],
): Promise<void> {
  const segments = await verdictsOf(db).find({ topic, partition }).sort({ firstSeq: 1 }).toArray();
  const events = new Map(
    (await eventsOf(db).find({ topic, partition }).toArray()).map((event) => [event.seq, event]),
  );
  const record = segments.flatMap(({ lines, recordedAt }) =>
    lines.split('\n').map((line): Forged => {
      const entry = readEntryLine(line);
      if (entry === null) throw new Error(`no verdict: ${line}`);
      return { entry, event: events.get(entry.seq) ?? null, recordedAt };
    }),
  );

  const forged = change(record).map(({ entry, event, recordedAt }, index) => {
    const contentHash = event === null ? entry.contentHash : sha256(event.body);
    const identity = event?._id ?? entry.identity;
    const next = { ...entry, seq: index + 1, contentHash, identity };
    const line = entryLine(next);
    return { entry: next, line, event, recordedAt };
  });
  await eventsOf(db).deleteMany({ topic, partition });
  await verdictsOf(db).deleteMany({ topic, partition });
  let head = GENESIS;
  for (const { entry, line, event, recordedAt } of forged) {
    const headBefore = head;
    head = nextHead(head, line);
    const { seq, offset, contentHash } = entry;
    await verdictsOf(db).insertOne({
      _id: `${topic}/${partition}/${seq}`,
      topic,
      partition,
      firstSeq: seq,
      lastSeq: seq,
      headBefore,
      head,
      lines: line,
      recordedAt,
    });
    if (event !== null)
      await eventsOf(db).insertOne({ ...event, seq, offset, contentHash, hash: head, recordedAt });
  }
  await forgeHead(db, topic, partition, head, forged);
  await forgeDayRoots(db);
}

/** What the partition's own record says of its chain, and the dead letters, made to fit. */
async function forgeHead(
  db: Db,
  topic: string,
  partition: number,
  head: string,
  forged: readonly Forged[],
): Promise<void> {
  const counts = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
  for (const { entry } of forged) counts[entry.verdict]++;
  const times = forged.flatMap(({ event }) => (event === null ? [] : [event.time.getTime()]));
  await partitionsOf(db).updateOne(
    { _id: `${topic}/${partition}` },
    {
      $set: {
        head,
        seq: forged.length,
        nextOffset: Math.max(...forged.map(({ entry }) => entry.offset)) + 1,
        counts,
        maxTime: times.length === 0 ? null : new Date(Math.max(...times)),
        lastTime: times.length === 0 ? null : new Date(times.at(-1) ?? 0),
      },
    },
  );
  const refused = forged.filter(({ entry }) => ['rejected', 'conflicts'].includes(entry.verdict));
  await deadLettersOf(db).deleteMany({
    topic,
    partition,
    offset: { $nin: refused.map(({ entry }) => entry.offset) },
  });
}

/** Computes all stored day roots anew from the forged verdicts. */
async function forgeDayRoots(db: Db): Promise<void> {
  const days = await dayRootsOf(db).find().toArray();
  const shares: (PartitionDay & { day: string })[] = [];
  for (const { topic, partition } of await partitionsOf(db).find().toArray()) {
    const cutter = new DayCutter({ topic, partition }, [], null);
    for await (const { lines, recordedAt } of verdictsOf(db)
      .find({ topic, partition })
      .sort({ firstSeq: 1 })) {
      for (const line of lines.split('\n')) cutter.add(recordedAt, verdictLeaf(recordedAt, line));
    }
    shares.push(...cutter.shares());
  }
  for (const { _id, sealedAt } of days) {
    const own = shares.filter(({ day }) => day === _id).map(({ day: _day, ...share }) => share);
    await dayRootsOf(db).replaceOne({ _id }, { ...composeDay(_id, own), sealedAt });
  }
}
