import type { Db } from 'mongodb';
import { eventsOf, type PartitionHead, partitionsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import { type ChainEntry, GENESIS, nextHead, parseEntryLine } from '../domain/chain.ts';
import { faultOfEvent } from '../domain/verifyEvent.ts';
import { verdictsOf } from './ledger.ts';

export type FaultKind =
  /** A stored event differs from what was judged. */
  | 'altered'
  /** An accepted event is no longer there. */
  | 'missing'
  /** An event stands in the log that no verdict accepted. */
  | 'inserted'
  /** The verdicts themselves do not follow from one another. */
  | 'chain-broken'
  /** The chain is sound in itself but is not the one that the anchors were taken from. */
  | 'rewritten';

export interface ChainFault {
  readonly kind: FaultKind;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number | null;
  readonly source: string | null;
  readonly id: string | null;
  readonly detail: string;
}

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
  readonly firstFault: ChainFault | null;
}

/**
 * Recomputes every partition's chain from its first link and compares each stored event with the link that accepted it.
 * @param anchors heads that somebody kept earlier: the chain must still pass through them
 */
export async function verifyChains(db: Db, anchors: readonly PartitionChain[] = []): Promise<ChainReport> {
  const heads = await partitionsOf(db).find().sort({ _id: 1 }).toArray();
  const partitions: PartitionChain[] = [];
  let events = 0;
  let firstFault: ChainFault | null = null;
  for (const head of heads) {
    const { topic, partition, seq } = head;
    const own = anchors.filter((anchor) => anchor.topic === topic && anchor.partition === partition);
    const result = await verifyPartition(db, head, own);
    events += result.events;
    firstFault ??= result.fault;
    partitions.push({ topic, partition, length: seq, head: head.head });
  }
  for (const anchor of anchors) {
    if (heads.some((head) => head.topic === anchor.topic && head.partition === anchor.partition)) continue;
    firstFault ??= faultAt(anchor, null, 'missing', 'the whole partition is gone');
  }
  return { events, partitions, firstFault };
}

async function verifyPartition(
  db: Db,
  head: PartitionHead,
  anchors: readonly PartitionChain[],
): Promise<{ events: number; fault: ChainFault | null }> {
  const { topic, partition } = head;
  const anchored = new Map(anchors.map((anchor) => [anchor.length, anchor.head]));
  const stored = eventsOf(db).find({ topic, partition }).sort({ seq: 1 })[Symbol.asyncIterator]();
  let event = await nextOf(stored);
  let running = GENESIS;
  let seq = 0;
  let events = 0;

  for await (const segment of verdictsOf(db).find({ topic, partition }).sort({ firstSeq: 1 })) {
    if (segment.headBefore !== running || segment.firstSeq !== seq + 1) {
      return {
        events,
        fault: faultAt(head, null, 'chain-broken', `verdict ${seq + 1} does not follow from the one before`),
      };
    }
    for (const line of segment.lines.split('\n')) {
      const entry = parseEntryLine(line);
      seq++;
      running = nextHead(running, line);
      if (entry.seq !== seq)
        return {
          events,
          fault: faultAt(head, entry, 'chain-broken', `verdict ${seq} is numbered ${entry.seq}`),
        };
      const anchor = anchored.get(seq);
      if (anchor !== undefined && anchor !== running) {
        return {
          events,
          fault: faultAt(
            head,
            entry,
            'rewritten',
            `the chain up to verdict ${seq} is not the one that was anchored`,
          ),
        };
      }
      if (event !== null && event.seq < seq) return { events, fault: faultOfStored(head, event, 'inserted') };
      if (entry.verdict !== 'accepted') {
        if (event?.seq === seq) return { events, fault: faultOfStored(head, event, 'inserted') };
        continue;
      }
      if (event === null || event.seq > seq)
        return { events, fault: faultAt(head, entry, 'missing', 'the accepted event is not stored') };
      const detail = faultOfEvent(event, entry, running);
      if (detail !== null) return { events, fault: faultAt(head, entry, 'altered', detail) };
      events++;
      event = await nextOf(stored);
    }
    if (segment.head !== running || segment.lastSeq !== seq) {
      return {
        events,
        fault: faultAt(
          head,
          null,
          'chain-broken',
          `the head after verdict ${seq} is not the one that was kept`,
        ),
      };
    }
  }
  if (event !== null) return { events, fault: faultOfStored(head, event, 'inserted') };
  if (seq !== head.seq || running !== head.head) {
    return {
      events,
      fault: faultAt(head, null, 'chain-broken', `${head.seq} verdicts were given, ${seq} are there`),
    };
  }
  const longer = anchors.find((anchor) => anchor.length > seq);
  if (longer)
    return {
      events,
      fault: faultAt(head, null, 'missing', `the anchor knows ${longer.length} verdicts, ${seq} are there`),
    };
  return { events, fault: null };
}

async function nextOf(iterator: AsyncIterator<StoredEvent>): Promise<StoredEvent | null> {
  const step = await iterator.next();
  return step.done ? null : step.value;
}

function faultAt(
  where: { topic: string; partition: number },
  entry: ChainEntry | null,
  kind: FaultKind,
  detail: string,
): ChainFault {
  const blank = entry?.identity?.indexOf(' ') ?? -1;
  return {
    kind,
    topic: where.topic,
    partition: where.partition,
    offset: entry?.offset ?? null,
    source: entry?.identity?.slice(0, blank) ?? null,
    id: entry?.identity?.slice(blank + 1) ?? null,
    detail,
  };
}

function faultOfStored(
  where: { topic: string; partition: number },
  event: StoredEvent,
  kind: FaultKind,
): ChainFault {
  const blank = event._id.indexOf(' ');
  return {
    kind,
    topic: where.topic,
    partition: where.partition,
    offset: event.offset,
    source: event._id.slice(0, blank),
    id: event._id.slice(blank + 1),
    detail: 'no verdict accepted this event',
  };
}
