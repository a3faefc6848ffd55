import type { Db } from 'mongodb';
import type { EventProof } from '../../../schemas/api/anchors.ts';
import { identityOf } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { eventsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import { type DayRoot, type PartitionDay, partitionDayLeaf, verdictLeaf } from '../domain/dayRoots.ts';
import { InclusionPath } from '../domain/merkle.ts';
import { dayRootsOf, openDays } from './dayRootStore.ts';
import { verdictsOf } from './ledger.ts';

/**
 * What proves to somebody who has only a day's root that an event was accepted, when, and with which content.
 * @throws ChainlightError NOT_FOUND when no such event was accepted
 */
export async function proveEvent(db: Db, source: string, id: string): Promise<EventProof> {
  const event = await eventsOf(db).findOne({ _id: identityOf(source, id) });
  if (event === null)
    throw new ChainlightError('NOT_FOUND', `no event of ${source} with id ${id} was accepted`);
  const { root, sealed } = await dayOf(db, event);
  const index = root.partitions.findIndex((part) => holds(part, event));
  const part = root.partitions[index];
  if (part === undefined)
    throw new ChainlightError('NOT_FOUND', `no verdict accepted ${source} ${id}; see \`verify\``);
  const { topic, partition, offset, seq, recordedAt, contentHash } = event;
  const lower = await pathWithin(db, part, seq);
  const upper = new InclusionPath(index, root.partitions.length);
  for (const share of root.partitions) upper.add(partitionDayLeaf(share));
  return {
    source,
    id,
    topic,
    partition,
    offset,
    recordedAt: recordedAt.toISOString(),
    contentHash,
    ...lower,
    partitionDay: part,
    dayPath: upper.steps(),
    day: root.day,
    sealed,
    root: root.root,
  };
}

const holds = (part: PartitionDay, { topic, partition, seq }: StoredEvent): boolean =>
  part.topic === topic && part.partition === partition && part.firstSeq <= seq && seq <= part.lastSeq;

async function dayOf(db: Db, event: StoredEvent): Promise<{ root: DayRoot; sealed: boolean }> {
  const { topic, partition, seq } = event;
  const share = { topic, partition, firstSeq: { $lte: seq }, lastSeq: { $gte: seq } };
  const stored = await dayRootsOf(db).findOne({ partitions: { $elemMatch: share } });
  if (stored !== null) return { root: stored, sealed: true };
  for await (const root of openDays(db))
    if (root.partitions.some((part) => holds(part, event))) return { root, sealed: false };
  throw new ChainlightError('NOT_FOUND', `no verdict accepted ${event._id}; see \`verify\``);
}

async function pathWithin(
  db: Db,
  { topic, partition, firstSeq, lastSeq }: PartitionDay,
  seq: number,
): Promise<Pick<EventProof, 'link' | 'leaf' | 'path'>> {
  const path = new InclusionPath(seq - firstSeq, lastSeq - firstSeq + 1);
  let own = { link: '', leaf: '' };
  let at = firstSeq;
  const segments = verdictsOf(db)
    .find({ topic, partition, firstSeq: { $gte: firstSeq, $lte: lastSeq } })
    .sort({ firstSeq: 1 });
  for await (const { lines, recordedAt } of segments) {
    for (const link of lines.split('\n')) {
      const leaf = verdictLeaf(recordedAt, link);
      path.add(leaf);
      if (at++ === seq) own = { link, leaf: leaf.toString('hex') };
    }
  }
  return { ...own, path: path.steps() };
}
