import { type Db, type Document, MaxKey, MinKey } from 'mongodb';
import type { AnchoredDay } from '../../../schemas/api/anchors.ts';
import { eventsOf, type PartitionHead, partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import { composeDay, type DayRoot, type PartitionDay } from '../domain/dayRoots.ts';
import { type ChainFault, faultAt, unaccepted } from './chainFault.ts';
import { readSealed, type Sealed } from './dayRootStore.ts';
import { verdictsOf } from './ledger.ts';
import type { Link } from './readChain.ts';
import { strayLetter } from './verifyKept.ts';
import { type PartitionAnchors, verifyPartition } from './verifyPartition.ts';

export type { ChainFault } from './chainFault.ts';

export interface PartitionChain {
  readonly topic: string;
  readonly partition: number;
  /** Number of verdicts. */
  readonly length: number;
  readonly head: string;
}

export interface ChainReport {
  readonly events: number;
  readonly partitions: readonly PartitionChain[];
  /** Merkle root of each day, recomputed; the last ones may still be open. */
  readonly days: readonly AnchoredDay[];
  readonly firstFault: ChainFault | null;
}

/** What somebody kept of all chains; see `openAnchors`. */
export interface Anchors {
  readonly partitions: readonly PartitionChain[];
  readonly days: readonly AnchoredDay[];
  of(partition: PartitionChain): PartitionAnchors;
}

/** Sees a chain link by link; a promise that it gives is awaited. */
export interface ChainVisitor {
  onLink(link: Link): Promise<void> | undefined;
  end(): Promise<void>;
}

export interface VerifyOptions {
  readonly anchors?: Anchors;
  /** Called now and then with the number of verdicts read so far. */
  readonly onProgress?: (verdicts: number) => void;
  /** Sees every chain, in the order of the partitions' keys. */
  readonly onPartition?: (chain: PartitionChain) => Promise<ChainVisitor>;
}

const PROGRESS_EVERY = 25_000;

/**
 * Recomputes every partition's chain from its first link and every sealed day's Merkle root, compares each stored event with the
 * link that accepted it, and all of it with what was kept outside. May run while events come in: it looks at what stood at its start.
 */
export async function verifyChains(db: Db, options: VerifyOptions = {}): Promise<ChainReport> {
  const heads = await partitionsOf(db).find().sort({ _id: 1 }).toArray();
  const sealed = await readSealed(db);
  const shares: (PartitionDay & { day: string })[] = [];
  const partitions: PartitionChain[] = [];
  let events = 0;
  let verdicts = 0;
  let firstFault: ChainFault | null = null;
  for (const head of heads) {
    const { topic, partition, seq } = head;
    if (misplacedHead(head)) {
      firstFault ??= faultAt(head, null, 'altered', `the record of partition ${head._id} names no partition`);
      continue;
    }
    const chain = { topic, partition, length: seq, head: head.head };
    const kept = options.anchors?.partitions.find(
      (anchor) => anchor.topic === topic && anchor.partition === partition,
    );
    const visitor = await options.onPartition?.(chain);
    const result = await verifyPartition(db, head, {
      sealed: sealed.sharesOf(topic, partition),
      lastSealedDay: sealed.lastDay,
      anchors: kept === undefined ? null : (options.anchors?.of(kept) ?? null),
      onLink: (link) => {
        if (++verdicts % PROGRESS_EVERY === 0) options.onProgress?.(verdicts);
        return visitor?.onLink(link);
      },
    });
    await visitor?.end();
    events += result.events;
    shares.push(...result.days);
    firstFault ??= result.fault;
    partitions.push(chain);
  }
  firstFault ??= await lostPartition(options.anchors, heads);
  firstFault ??= await strayEvent(db);
  firstFault ??= await strayVerdict(db);
  firstFault ??= await strayLetter(db);
  const days = composeDays(shares, sealed);
  firstFault ??= dayFault(days, sealed, options.anchors);
  return { events, partitions, days, firstFault };
}

async function lostPartition(
  anchors: Anchors | undefined,
  heads: readonly PartitionHead[],
): Promise<ChainFault | null> {
  for (const anchor of anchors?.partitions ?? []) {
    if (anchor.length === 0) continue;
    if (heads.some(({ topic, partition }) => anchor.topic === topic && anchor.partition === partition))
      continue;
    for await (const first of anchors?.of(anchor).verdicts(0) ?? [])
      return faultAt(anchor, first, 'missing', 'the whole partition is gone');
  }
  return null;
}

/**
 * An event of no partition's chain, whatever stands where its topic, partition and position should: looked for between the partitions
 * in the index, which orders values of every type, so that nothing stored is ever part of a question.
 */
async function strayEvent(db: Db): Promise<ChainFault | null> {
  const known = await partitionsOf(db).find().sort({ topic: 1, partition: 1 }).toArray();
  const lowest = new MinKey();
  const highest = new MaxKey();
  let from: Document = { topic: lowest, partition: lowest, seq: lowest };
  for (const next of [...known, null]) {
    const to =
      next === null
        ? { topic: highest, partition: highest, seq: highest }
        : { topic: next.topic, partition: next.partition, seq: lowest };
    for (;;) {
      const [stray] = await eventsOf(db).find().hint('chain').min(from).max(to).limit(1).toArray();
      if (stray === undefined) break;
      const { topic, partition } = stray;
      // A partition may have begun meanwhile.
      const begun = await partitionsOf(db).findOne({ _id: partitionKeyOf(topic, partition) });
      if (begun === null || begun.topic !== topic || begun.partition !== partition)
        return unaccepted(stray, stray);
      from = { topic, partition, seq: highest };
    }
    if (next !== null) from = { topic: next.topic, partition: next.partition, seq: highest };
  }
  return null;
}

/** A verdict behind the end of its partition's chain, or of a partition whose own record is gone: as a reset one leaves it. */
async function strayVerdict(db: Db): Promise<ChainFault | null> {
  const places = await verdictsOf(db)
    .aggregate<{ readonly _id: Pick<PartitionHead, 'topic' | 'partition'>; readonly last: unknown }>([
      { $sort: { topic: 1, partition: 1, firstSeq: 1 } },
      { $group: { _id: { topic: '$topic', partition: '$partition' }, last: { $max: '$firstSeq' } } },
    ])
    .toArray();
  for (const { _id: place, last } of places) {
    // Verdicts and heads move together, so the head is asked for afterwards.
    const head = await partitionsOf(db).findOne({ _id: partitionKeyOf(place.topic, place.partition) });
    if (head !== null && typeof last === 'number' && last <= head.seq) continue;
    const end = head === null ? 'the record of their partition is gone' : `its chain ends at ${head.seq}`;
    return faultAt(place, null, 'chain-broken', `verdict ${last} is stored, but ${end}`);
  }
  return null;
}

/** A partition's own record that names no partition. */
const misplacedHead = ({ _id, topic, partition, seq }: PartitionHead): boolean =>
  !Number.isSafeInteger(partition) || !Number.isSafeInteger(seq) || _id !== partitionKeyOf(topic, partition);

function composeDays(shares: readonly (PartitionDay & { day: string })[], sealed: Sealed): AnchoredDay[] {
  const byDay = new Map<string, PartitionDay[]>();
  for (const { day, ...share } of shares) byDay.set(day, [...(byDay.get(day) ?? []), share]);
  const isSealed = new Set(sealed.days.map(({ _id }) => _id));
  return [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, own]) => {
      const { root, verdicts, partitions } = composeDay(day, own);
      return { day, root, verdicts, sealed: isSealed.has(day), partitions: [...partitions] };
    });
}

function dayFault(days: readonly DayRoot[], sealed: Sealed, anchors: Anchors | undefined): ChainFault | null {
  const found = new Map(days.map(({ day, root }) => [day, root]));
  const stored = new Map(sealed.days.map(({ _id, root }) => [_id, root]));
  for (const { _id, root, partitions } of sealed.days) {
    if (found.get(_id) !== root)
      return wrongDay(partitions, `the Merkle root of ${_id} is not the one that was stored`);
  }
  for (const { day, root, sealed: isSealed, partitions } of anchors?.days ?? []) {
    if (isSealed && stored.get(day) !== root)
      return wrongDay(partitions, `the Merkle root of ${day} is not the one that was anchored`);
  }
  return null;
}

const wrongDay = (partitions: readonly PartitionDay[], detail: string): ChainFault =>
  faultAt(partitions[0] ?? { topic: '', partition: 0 }, null, 'rewritten', detail);
