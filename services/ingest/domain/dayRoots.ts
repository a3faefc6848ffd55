import { leafHash, MerkleTree } from './merkle.ts';

/** One partition's share of a day: a run of its chain, and the Merkle root over it. */
export interface PartitionDay {
  readonly topic: string;
  readonly partition: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** 64 hex digits. */
  readonly root: string;
}

/** The Merkle root of a day (UTC, by recording time) over all partitions. */
export interface DayRoot {
  /** YYYY-MM-DD */
  readonly day: string;
  /** 64 hex digits. */
  readonly root: string;
  /** Number of verdicts. */
  readonly verdicts: number;
  /** In the order of `partitionDayKey`. */
  readonly partitions: readonly PartitionDay[];
}

const DAY_MS = 86_400_000;

/** The date in UTC on which something was recorded. */
export const recordingDay = (instant: Date): string => instant.toISOString().slice(0, 10);

export const dayAfter = (day: string): string =>
  recordingDay(new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS));

export const partitionDayKey = ({ topic, partition }: Pick<PartitionDay, 'topic' | 'partition'>): string =>
  `${topic}/${partition}`;

/**
 * Leaf of a verdict in its day's tree: the recording time as RFC 3339 with milliseconds in UTC, a line feed, and the text of the
 * link in the hash chain (which holds the SHA-256 of the event).
 */
export const verdictLeaf = (recordedAt: Date, line: string): Buffer =>
  leafHash(`${recordedAt.toISOString()}\n${line}`);

/** Leaf of a partition's share in the day's upper tree. */
export const partitionDayLeaf = (part: PartitionDay): Buffer =>
  leafHash(`${partitionDayKey(part)}\n${part.firstSeq}\n${part.lastSeq}\n${part.root}`);

/** Puts a day together from the partitions' shares, in any order. */
export function composeDay(day: string, shares: readonly PartitionDay[]): DayRoot {
  const partitions = [...shares].sort((a, b) => (partitionDayKey(a) < partitionDayKey(b) ? -1 : 1));
  const tree = new MerkleTree();
  for (const part of partitions) tree.add(partitionDayLeaf(part));
  const verdicts = partitions.reduce((sum, part) => sum + part.lastSeq - part.firstSeq + 1, 0);
  return { day, root: tree.root().toString('hex'), verdicts, partitions };
}

/** What is sealed of one partition: its shares of sealed days, in order. */
export type SealedShares = readonly (PartitionDay & { readonly day: string })[];

/**
 * Cuts one partition's chain into days, verdict by verdict. Within sealed days the sealed runs decide. After them a verdict belongs
 * to the day it was recorded on, but never to a day before its predecessor's nor to one that is already sealed: what a slow
 * process records late counts for the next day that is open.
 */
export class DayCutter {
  private readonly sealed: SealedShares;
  private readonly firstOpenDay: string;
  private readonly finished: (PartitionDay & { day: string })[] = [];
  private current: { day: string; firstSeq: number; tree: MerkleTree } | null = null;
  private readonly topic: string;
  private readonly partition: number;
  private seq: number;
  /** Number of sealed shares that lie behind. */
  private passed = 0;

  constructor(
    where: { topic: string; partition: number },
    sealed: SealedShares,
    lastSealedDay: string | null,
    startAfterSeq = 0,
  ) {
    this.topic = where.topic;
    this.partition = where.partition;
    this.sealed = sealed;
    this.firstOpenDay = lastSealedDay === null ? '' : dayAfter(lastSealedDay);
    this.seq = startAfterSeq;
  }

  /** Day of the next verdict in the chain. */
  dayOf(recordedAt: Date): string {
    for (let share = this.sealed[this.passed]; share !== undefined; share = this.sealed[++this.passed])
      if (this.seq < share.lastSeq) return share.day;
    return [recordingDay(recordedAt), this.firstOpenDay, this.current?.day ?? ''].reduce((a, b) =>
      a > b ? a : b,
    );
  }

  add(recordedAt: Date, leaf: Buffer): void {
    const day = this.dayOf(recordedAt);
    if (this.current?.day !== day) {
      this.close();
      this.current = { day, firstSeq: this.seq + 1, tree: new MerkleTree() };
    }
    this.current.tree.add(leaf);
    this.seq++;
  }

  /** All shares up to the last verdict; nothing can be added afterwards to the last one. */
  shares(): readonly (PartitionDay & { day: string })[] {
    this.close();
    return this.finished;
  }

  private close(): void {
    if (this.current === null) return;
    const { day, firstSeq, tree } = this.current;
    const root = tree.root().toString('hex');
    const { topic, partition, seq: lastSeq } = this;
    this.finished.push({ day, topic, partition, firstSeq, lastSeq, root });
    this.current = null;
  }
}
