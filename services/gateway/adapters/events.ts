import type { Binary } from 'mongodb';
import type { EventRecord } from '../../../schemas/api/events.ts';
import { type Envelope, identityOf } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { type DeadLetter, deadLettersOf, readRecord } from '../../runtime/deadLetterStore.ts';
import { eventsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';

/** A record that waits for its relation, as ingest keeps it. */
interface ParkedDocument {
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: Binary;
  readonly identity: string;
}

const parkedOf = (db: Db) => db.collection<ParkedDocument>('parked');

/**
 * One event by its identity: the accepted one, or else the record that was refused under it.
 * @throws ChainlightError NOT_FOUND when no record with this identity was ever judged
 */
export async function showEvent(db: Db, source: string, id: string): Promise<EventRecord> {
  const stored = await eventsOf(db).findOne({ _id: identityOf(source, id) });
  if (stored !== null) return accepted(stored, await correctionsOf(db, source, id));
  const refused = await deadLettersOf(db).findOne(
    { source: { $eq: source }, eventId: { $eq: id } },
    { sort: { receivedAt: -1, _id: -1 } },
  );
  if (refused !== null) return refusedRecord(db, refused);
  const parked = await parkedOf(db).findOne({ identity: identityOf(source, id) });
  if (parked !== null) return parkedRecord(parked);
  throw new ChainlightError('NOT_FOUND', `no event of ${source} with id ${id} has been judged`, {
    source,
    id,
  });
}

function accepted(stored: StoredEvent, corrections: EventRecord['corrections']): EventRecord {
  const { topic, partition, offset } = stored;
  return {
    event: JSON.parse(stored.body),
    verdict: 'accepted',
    reason: null,
    topic,
    partition,
    offset,
    hash: stored.contentHash,
    chainHash: stored.hash,
    recordedAt: stored.recordedAt.toISOString(),
    corrections,
  };
}

async function refusedRecord(db: Db, refused: DeadLetter): Promise<EventRecord> {
  const { topic, partition, offset, reason } = refused;
  const { value } = await readRecord(db, refused);
  return {
    event: value === null ? null : jsonObjectIn(value),
    verdict: reason === 'CONFLICT' ? 'conflict' : 'rejected',
    reason,
    topic,
    partition,
    offset,
    hash: refused.contentHash,
    chainHash: null,
    recordedAt: refused.receivedAt.toISOString(),
    corrections: [],
  };
}

function parkedRecord(parked: ParkedDocument): EventRecord {
  const { topic, partition, offset } = parked;
  return {
    event: jsonObjectIn(Buffer.from(parked.value.buffer)),
    verdict: 'parked',
    reason: 'RELATION_UNKNOWN',
    topic,
    partition,
    offset,
    hash: null,
    chainHash: null,
    recordedAt: null,
    corrections: [],
  };
}

function jsonObjectIn(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Corrections come from the same source; identities of one source lie side by side in the index. */
async function correctionsOf(
  db: Db,
  source: string,
  correctedId: string,
): Promise<EventRecord['corrections']> {
  const candidates = await eventsOf(db)
    .find({ type: 'correction.declared.v1', _id: { $gte: `${source} `, $lt: `${source}!` } })
    .sort({ time: 1, _id: 1 })
    .toArray();
  return candidates
    .map((candidate) => JSON.parse(candidate.body) as Envelope)
    .filter((event) => event.data.correctedId === correctedId)
    .map(({ id, time, data }) => ({ source, id, time, data }));
}
