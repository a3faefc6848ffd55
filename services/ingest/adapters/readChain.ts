import type { Db } from 'mongodb';
import type { PartitionHead } from '../../runtime/eventStore.ts';
import { type ChainEntry, GENESIS, nextHead, readEntryLine } from '../domain/chain.ts';
import { verdictLeaf } from '../domain/dayRoots.ts';
import { verdictsOf } from './ledger.ts';

/** One link of a partition's chain as it is stored. */
export interface Link {
  readonly entry: ChainEntry;
  /** Head after it, recomputed from the first link on. */
  readonly head: string;
  /** Its leaf in the Merkle tree of its day. */
  readonly leaf: Buffer;
  readonly recordedAt: Date;
  /** First verdict of the batch that became durable with it. */
  readonly batch: number;
}

/** What stands at a place in the chain; `broken` says why it does not follow from what stands before, and ends the reading. */
export type LinkReading =
  | { readonly link: Link; readonly broken: null }
  | { readonly link: Link | null; readonly broken: string };

/** Reads a partition's chain from its first link up to the head that `head` names, and recomputes it. */
export async function* readChain(
  db: Db,
  { topic, partition, seq: length }: Pick<PartitionHead, 'topic' | 'partition' | 'seq'>,
): AsyncGenerator<LinkReading> {
  let running = GENESIS;
  let seq = 0;
  const segments = verdictsOf(db)
    .find({ topic, partition, firstSeq: { $lte: length } })
    .sort({ firstSeq: 1 });
  for await (const segment of segments) {
    const { recordedAt } = segment;
    const detached = segment.headBefore !== running || segment.firstSeq !== seq + 1;
    for (const line of String(segment.lines).split('\n')) {
      const entry = readEntryLine(line);
      if (entry === null || !(recordedAt instanceof Date)) {
        yield { link: null, broken: `verdict ${seq + 1} cannot be read` };
        return;
      }
      const head = nextHead(running, line);
      const link = { entry, head, leaf: verdictLeaf(recordedAt, line), recordedAt, batch: segment.firstSeq };
      if (detached || entry.seq !== seq + 1) {
        yield { link, broken: `what stands at verdict ${seq + 1} does not follow from the one before` };
        return;
      }
      yield { link, broken: null };
      running = head;
      seq++;
    }
    if (segment.head !== running || segment.lastSeq !== seq) {
      yield { link: null, broken: `the head after verdict ${seq} is not the one that was kept` };
      return;
    }
  }
}
