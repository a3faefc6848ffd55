import type { Db } from 'mongodb';
import { DAY_ROOTS, partitionKeyOf } from '../../runtime/eventStore.ts';

interface SealedDay {
  readonly _id: string;
  readonly root: string;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly firstSeq: number;
    readonly lastSeq: number;
  }[];
}
interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly seq: number;
}

/** The places of events with the sealed day that each stands in and its Merkle root, if the day is over. */
export async function withDayRoots<P extends Place>(
  db: Db,
  places: readonly P[],
): Promise<(P & { readonly dayRoot?: { readonly day: string; readonly root: string } })[]> {
  const seqs = new Map<string, { topic: string; partition: number; first: number; last: number }>();
  for (const { topic, partition, seq } of places) {
    const key = partitionKeyOf(topic, partition);
    const known = seqs.get(key) ?? { topic, partition, first: seq, last: seq };
    seqs.set(key, { ...known, first: Math.min(known.first, seq), last: Math.max(known.last, seq) });
  }
  if (seqs.size === 0) return [];
  const days = await db
    .collection<SealedDay>(DAY_ROOTS)
    .find({
      $or: [...seqs.values()].map(({ topic, partition, first, last }) => ({
        partitions: { $elemMatch: { topic, partition, firstSeq: { $lte: last }, lastSeq: { $gte: first } } },
      })),
    })
    .toArray();
  const runs = days.flatMap(({ _id: day, root, partitions }) =>
    partitions.map((part) => ({ ...part, dayRoot: { day, root } })),
  );
  return places.map((place) => {
    const run = runs.find(
      ({ topic, partition, firstSeq, lastSeq }) =>
        topic === place.topic &&
        partition === place.partition &&
        firstSeq <= place.seq &&
        place.seq <= lastSeq,
    );
    return run === undefined ? place : { ...place, dayRoot: run.dayRoot };
  });
}
