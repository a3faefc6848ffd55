import type { Db } from 'mongodb';
import { isChainlightError } from '../../../schemas/errors.ts';
import { coordinatesOf, type DeadLetter, deadLettersOf, readRecord } from '../../runtime/deadLetterStore.ts';
import { eventsOf, type PartitionHead, partitionKeyOf, partitionsOf } from '../../runtime/eventStore.ts';
import type { ChainEntry } from '../domain/chain.ts';
import { contentHashOf } from '../domain/decide.ts';
import { type ChainFault, faultAt } from './chainFault.ts';
import { fromFrame } from './incoming.ts';
import { parkedOf, readParked } from './ledger.ts';
import type { Link } from './readChain.ts';
import { linesSince, parkedVerdicts, readVerdicts } from './readVerdicts.ts';

const PAGE = 500;
const SEND_AGAIN = 'restore it from a backup, or have the sender send the record again';

export const isRefusal = ({ verdict }: Pick<ChainEntry, 'verdict'>): boolean =>
  verdict === 'rejected' || verdict === 'conflicts';

/** Compares the dead letters of some refusals of a partition with their links. */
export async function faultOfLetters(
  db: Db,
  head: PartitionHead,
  refusals: readonly Link[],
): Promise<ChainFault | null> {
  const wanted = new Map(
    refusals.map((link) => [coordinatesOf({ ...head, offset: link.entry.offset }), link]),
  );
  const conflicting = refusals.flatMap(({ entry }) =>
    entry.verdict === 'conflicts' && entry.identity !== null ? [entry.identity] : [],
  );
  const accepted = new Map<string, string>();
  if (conflicting.length > 0)
    for await (const { _id, contentHash } of eventsOf(db).find(
      { _id: { $in: conflicting } },
      { projection: { contentHash: 1 } },
    ))
      accepted.set(_id, contentHash);
  const faults = new Map<string, string>();
  const seen = new Set<string>();
  for await (const letter of deadLettersOf(db).find({ _id: { $in: [...wanted.keys()] } })) {
    const link = wanted.get(letter._id);
    if (link === undefined) continue;
    seen.add(letter._id);
    const detail = await faultOfLetter(db, letter, head, link, accepted);
    if (detail !== null) faults.set(letter._id, detail);
  }
  for (const [id, { entry }] of wanted) {
    if (!seen.has(id))
      return faultAt(
        head,
        entry,
        'missing',
        `its dead letter is gone; ${SEND_AGAIN} (the topic dead-letters has it too)`,
      );
    const detail = faults.get(id);
    if (detail !== undefined)
      return faultAt(head, entry, 'altered', `its dead letter: ${detail}; ${SEND_AGAIN}`);
  }
  return null;
}

async function faultOfLetter(
  db: Db,
  letter: DeadLetter,
  { topic, partition }: PartitionHead,
  { entry, recordedAt }: Link,
  accepted: ReadonlyMap<string, string>,
): Promise<string | null> {
  const conflictsWith = entry.verdict === 'conflicts' ? accepted.get(entry.identity ?? '') : null;
  const expected: Partial<Record<keyof DeadLetter, unknown>> = {
    reason: entry.code,
    topic,
    partition,
    offset: entry.offset,
    contentHash: entry.contentHash,
    receivedAt: recordedAt.getTime(),
    ...(conflictsWith === undefined ? {} : { conflictsWith }),
  };
  for (const [field, value] of Object.entries(expected)) {
    const actual = letter[field as keyof DeadLetter];
    if ((actual instanceof Date ? actual.getTime() : actual) !== value)
      return `${field} is not what the chain says`;
  }
  try {
    const { value, ...frame } = await readRecord(db, letter);
    if ((value?.length ?? 0) !== letter.originalBytes) return 'its original has another length';
    const record = fromFrame({ topic, partition, offset: entry.offset }, frame, value);
    return contentHashOf(record, entry.identity !== null) === entry.contentHash
      ? null
      : 'its original is not what was refused';
  } catch (error) {
    return isChainlightError(error) ? error.message : 'its original cannot be read';
  }
}

/** Compares the records that wait with the verdicts that parked them. @param waiting offset → position of that verdict */
export async function faultOfWaiting(
  db: Db,
  head: PartitionHead,
  waiting: ReadonlyMap<number, number>,
): Promise<ChainFault | null> {
  const places = [...waiting].map(([offset, seq]) => ({ offset, seq }));
  for (let start = 0; start < places.length; start += PAGE) {
    const page = places.slice(start, start + PAGE);
    const verdicts = await parkedVerdicts(db, head, page);
    const ids = page.map(({ offset }) => coordinatesOf({ ...head, offset }));
    const found = new Map<number, string | null>();
    for await (const document of parkedOf(db).find({ _id: { $in: ids } })) {
      const offset = Number(document._id.slice(document._id.lastIndexOf('/') + 1));
      const isInPlace =
        document.topic === head.topic && document.partition === head.partition && document.offset === offset;
      found.set(offset, isInPlace ? contentHashOf(readParked(document), true) : null);
    }
    for (const { offset } of page) {
      const verdict = verdicts.get(offset) ?? { offset, identity: null, contentHash: '' };
      if (!found.has(offset)) {
        if (await releasedSince(db, head, offset)) continue;
        return faultAt(
          head,
          verdict,
          'missing',
          'it waited for a relation or a leader, and what waited is gone: no verdict will follow; have the sender send it again',
        );
      }
      if (found.get(offset) !== verdict.contentHash)
        return faultAt(
          head,
          verdict,
          'altered',
          'it waits for a relation or a leader, and what waits is not what came; when it is released it is refused (PARKED_ALTERED), then have the sender send it again',
        );
    }
  }
  for await (const { offset, identity } of parkedOf(db).find(
    { topic: head.topic, partition: head.partition },
    { projection: { offset: 1, identity: 1 } },
  ))
    if (!waiting.has(offset) && !(offset >= head.nextOffset))
      return faultAt(
        head,
        { offset, identity },
        'inserted',
        'no verdict let this record wait; delete it from `parked`',
      );
  return null;
}

async function releasedSince(db: Db, head: PartitionHead, offset: number): Promise<boolean> {
  for await (const entry of linesSince(db, head)) if (entry.released && entry.offset === offset) return true;
  return false;
}

/** A dead letter that no verdict made. Letters and the counts of the verdicts move together, so these are asked for afterwards. */
export async function strayLetter(db: Db): Promise<ChainFault | null> {
  const letters = await deadLettersOf(db).countDocuments();
  let refused = 0;
  for await (const { counts } of partitionsOf(db).find()) refused += counts.rejected + counts.conflicts;
  if (letters <= refused) return null;
  let place = '';
  let known = new Set<number>();
  const fields = { topic: 1, partition: 1, offset: 1, source: 1, eventId: 1 } as const;
  for await (const letter of deadLettersOf(db).find({}, { projection: fields }).sort({ _id: 1 })) {
    const { _id, topic, partition, offset } = letter;
    if (typeof topic === 'string' && typeof partition === 'number' && _id === coordinatesOf(letter)) {
      if (place !== partitionKeyOf(topic, partition)) known = await refusedIn(db, topic, partition);
      place = partitionKeyOf(topic, partition);
      // It may have been refused since.
      if (!known.has(offset)) known = await refusedIn(db, topic, partition);
      if (known.has(offset)) continue;
    }
    const identity = letter.source === null ? null : `${letter.source} ${letter.eventId ?? ''}`;
    return faultAt(
      letter,
      { offset, identity },
      'inserted',
      `no verdict made the dead letter ${_id}; delete it, and do not redrive it`,
    );
  }
  return null;
}

async function refusedIn(db: Db, topic: string, partition: number): Promise<Set<number>> {
  const offsets = new Set<number>();
  for (const verdict of ['rejected', 'conflicts'] as const)
    for await (const { offset } of readVerdicts(db, verdict, { topic, partition })) offsets.add(offset);
  return offsets;
}
