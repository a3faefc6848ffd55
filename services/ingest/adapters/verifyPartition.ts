import type { Db } from 'mongodb';
import { eventsOf, type PartitionHead, partitionsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import { type AnchoredVerdict, departureOf, fingerprintOf, isSameRecord } from '../domain/anchors.ts';
import { type ChainEntry, GENESIS } from '../domain/chain.ts';
import { ChainTally } from '../domain/chainTally.ts';
import { DayCutter, type PartitionDay, type SealedShares } from '../domain/dayRoots.ts';
import { faultOfEvent } from '../domain/verifyEvent.ts';
import { type ChainFault, faultAt, unaccepted } from './chainFault.ts';
import { type Link, readChain } from './readChain.ts';
import { faultOfLetters, faultOfWaiting, isRefusal } from './verifyKept.ts';

/** What somebody kept of one partition's chain. */
export interface PartitionAnchors {
  readonly length: number;
  readonly head: string;
  /** The verdicts after position `afterSeq`, in order. */
  verdicts(afterSeq: number): AsyncIterable<AnchoredVerdict>;
}

export interface PartitionReport {
  readonly events: number;
  readonly days: readonly (PartitionDay & { readonly day: string })[];
  readonly fault: ChainFault | null;
}

export interface PartitionOptions {
  readonly sealed: SealedShares;
  readonly lastSealedDay: string | null;
  readonly anchors: PartitionAnchors | null;
  /** Sees every link, in order; a promise that it gives is awaited. */
  readonly onLink?: (link: Link) => Promise<void> | undefined;
}

const LETTERS_AT_ONCE = 500;

/** Walks one partition's chain beside its stored events, what was refused, what waits, and what was kept of it, up to the first fault. */
export async function verifyPartition(
  db: Db,
  head: PartitionHead,
  options: PartitionOptions,
): Promise<PartitionReport> {
  const { topic, partition } = head;
  const days = new DayCutter(head, options.sealed, options.lastSealedDay);
  const tally = new ChainTally();
  const refusals: Link[] = [];
  const events = eventsOf(db).find({ topic, partition, seq: { $not: { $gt: head.seq } } });
  const stored = events.sort({ seq: 1 })[Symbol.asyncIterator]();
  const anchored = options.anchors?.verdicts(0)[Symbol.asyncIterator]();
  const fail = (fault: ChainFault): PartitionReport => ({ events: count, days: days.shares(), fault });
  let event = await nextOf(stored);
  let running = GENESIS;
  let seq = 0;
  let count = 0;

  for await (const { link, broken } of readChain(db, head)) {
    const kept = (await nextOf(anchored)) ?? null;
    if (kept !== null && link !== null && !fingerprintOf(link.leaf).equals(kept.fingerprint))
      return fail(await departure(db, head, options.anchors, kept, link.entry));
    if (broken !== null) return fail(faultAt(head, link?.entry ?? kept, 'chain-broken', broken));
    const { entry, recordedAt, leaf } = link;
    const seen = options.onLink?.(link);
    if (seen !== undefined) await seen;
    days.add(recordedAt, leaf);
    const contradiction = tally.add(entry);
    if (contradiction !== null) return fail(faultAt(head, entry, 'chain-broken', contradiction));
    seq = entry.seq;
    running = link.head;
    if (options.anchors?.length === seq && options.anchors.head !== running)
      return fail(
        faultAt(head, entry, 'rewritten', `the head after verdict ${seq} is not the one that was anchored`),
      );
    if (event !== null && !(event.seq >= seq)) return fail(unaccepted(head, event));
    if (isRefusal(entry)) refusals.push(link);
    if (refusals.length >= LETTERS_AT_ONCE) {
      const refused = await faultOfLetters(db, head, refusals.splice(0));
      if (refused !== null) return fail(refused);
    }
    if (entry.verdict !== 'accepted') {
      if (event?.seq === seq) return fail(unaccepted(head, event));
      continue;
    }
    if (event?.seq !== seq) return fail(faultAt(head, entry, 'missing', 'the accepted event is not stored'));
    if (event._id !== entry.identity) return fail(await impostor(db, head, event, entry));
    const detail = faultOfEvent(event, head, link);
    if (detail !== null) return fail(faultAt(head, entry, 'altered', detail));
    count++;
    tally.noteTime(event.time, link.batch);
    event = await nextOf(stored);
  }

  const kept = await nextOf(anchored);
  if (kept !== null) return fail(faultAt(head, kept, 'missing', 'the chain ends before this verdict'));
  if (seq !== head.seq || running !== head.head) {
    const next = event === null ? null : { offset: event.offset, identity: event._id };
    return fail(faultAt(head, next, 'chain-broken', `${head.seq} verdicts were given, ${seq} are there`));
  }
  if (event !== null) return fail(unaccepted(head, event));
  const late = await beyondTheEnd(db, head);
  if (late !== null) return fail(unaccepted(head, late));
  const misstated = tally.faultOf(head, seq === 0);
  if (misstated !== null) return fail(faultAt(head, null, 'altered', misstated));
  const keptFault =
    (await faultOfLetters(db, head, refusals)) ?? (await faultOfWaiting(db, head, tally.waiting));
  if (keptFault !== null) return fail(keptFault);
  return { events: count, days: days.shares(), fault: rootFault(head, options.sealed, days) };
}

async function nextOf<Item>(iterator: AsyncIterator<Item> | undefined): Promise<Item | null> {
  const step = await iterator?.next();
  return step === undefined || step.done ? null : step.value;
}

/** An event with a position that no verdict has reached. Events and heads move together, so the head is asked for afterwards. */
async function beyondTheEnd(
  db: Db,
  { _id, topic, partition, seq }: PartitionHead,
): Promise<StoredEvent | null> {
  const last = await eventsOf(db).findOne({ topic, partition, seq: { $gt: seq } }, { sort: { seq: -1 } });
  const now = await partitionsOf(db).findOne({ _id });
  // What stands as the position need not be a plain number.
  return last === null || Number(String(last.seq)) <= (now?.seq ?? 0) ? null : last;
}

/** Names what happened where the stored chain departs from the kept one. */
async function departure(
  db: Db,
  head: PartitionHead,
  anchors: PartitionAnchors | null,
  kept: AnchoredVerdict,
  stored: ChainEntry,
): Promise<ChainFault> {
  let anchoredInStore = false;
  for await (const { link } of readChain(db, head)) {
    if (link === null || link.entry.seq <= kept.seq || !isSameRecord(link.entry, kept)) continue;
    anchoredInStore = true;
    break;
  }
  let storedInFile = false;
  for await (const later of anchors?.verdicts(kept.seq) ?? []) {
    if (!isSameRecord(later, stored)) continue;
    storedInFile = true;
    break;
  }
  const { kind, named, detail } = departureOf(kept, stored, { anchoredInStore, storedInFile });
  return faultAt(head, named === 'anchored' ? kept : stored, kind, detail);
}

/** Tells what it means that another event stands at the position of an accepted one. */
async function impostor(
  db: Db,
  head: PartitionHead,
  event: StoredEvent,
  entry: ChainEntry,
): Promise<ChainFault> {
  const own = await eventsOf(db).findOne({ _id: entry.identity ?? '' });
  if (own === null) return faultAt(head, entry, 'missing', 'another event stands in its place');
  return own.seq === event.seq
    ? unaccepted(head, event)
    : faultAt(head, entry, 'altered', 'it no longer stands at its own position');
}

function rootFault(head: PartitionHead, sealed: SealedShares, days: DayCutter): ChainFault | null {
  const found = new Map(days.shares().map((share) => [share.day, share]));
  const wrong = sealed.find(({ day, root, firstSeq, lastSeq }) => {
    const share = found.get(day);
    return share?.root !== root || share.firstSeq !== firstSeq || share.lastSeq !== lastSeq;
  });
  return wrong === undefined
    ? null
    : faultAt(head, null, 'rewritten', `the Merkle root of ${wrong.day} is not the one that was stored`);
}
