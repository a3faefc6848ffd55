import { Binary, type ClientSession, type Db, MongoServerError } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { coordinatesOf, deadLettersOf, frameBytes, frameFrom } from '../../runtime/deadLetterStore.ts';
import {
  ensureEventIndexes,
  eventsOf,
  type PartitionHead,
  partitionKeyOf,
  partitionsOf,
} from '../../runtime/eventStore.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { GENESIS, VERDICTS } from '../domain/chain.ts';
import type { BatchDecision, ParkedRecord } from '../domain/decide.ts';
import type { IncomingRecord } from '../domain/record.ts';
import { makeDeadLetters, storeDeadLetters } from './deadLetters.ts';
import { frameOf, fromFrame } from './incoming.ts';
import { INGEST_PROJECTORS } from './projectors.ts';

/** Links of a partition's chain that were written together. */
export interface VerdictSegment {
  /** `<topic>/<partition>/<first seq>` */
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Head before the first link, and after the last. */
  readonly headBefore: string;
  readonly head: string;
  /** Texts of the links, one a line: exactly what was hashed. */
  readonly lines: string;
  readonly recordedAt: Date;
}

/** A record that waits for a relation or a leader; deleted when it is judged anew. */
export interface ParkedDocument {
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Key and headers (`frameBytes`). */
  readonly frame: Binary;
  readonly value: Binary;
  /** A leader, or `<buyer>/<supplier>`: what is missing next, since a relation may be once its leader has come. */
  readonly waitingFor: string;
  readonly identity: string;
  /** Position of the verdict that parked it; what was parked before this was kept has none. */
  readonly seq?: number;
}

export const verdictsOf = (db: Db) => db.collection<VerdictSegment>('verdicts');
export const parkedOf = (db: Db) => db.collection<ParkedDocument>('parked');

const DUPLICATE_KEY = 11_000;

export async function ensureIngestIndexes(db: Db): Promise<void> {
  await ensureEventIndexes(db);
  for (const projector of INGEST_PROJECTORS) await projector.ensureIndexes(db);
  await verdictsOf(db).createIndex({ topic: 1, partition: 1, firstSeq: 1 });
  await deadLettersOf(db).createIndexes([
    { key: { reason: 1, receivedAt: 1 } },
    { key: { leader: 1, receivedAt: 1 } },
    { key: { source: 1, eventId: 1 } },
    { key: { published: 1 }, partialFilterExpression: { published: false } },
  ]);
  await parkedOf(db).createIndex({ topic: 1, partition: 1, waitingFor: 1 });
}

/** State of a partition before its first record. */
export function newPartition(topic: string, partition: number): PartitionHead {
  return {
    _id: partitionKeyOf(topic, partition),
    topic,
    partition,
    nextOffset: 0,
    seq: 0,
    head: GENESIS,
    maxTime: null,
    lastTime: null,
    counts: { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 },
  };
}

/** Where a partition stands; made on first sight. */
export async function loadPartition(db: Db, topic: string, partition: number): Promise<PartitionHead> {
  const fresh = newPartition(topic, partition);
  const { _id, ...rest } = fresh;
  const found = await partitionsOf(db).findOneAndUpdate(
    { _id },
    { $setOnInsert: rest },
    { upsert: true, returnDocument: 'after' },
  );
  return found ?? fresh;
}

/** Notes how far a partition was read behind its last record; nothing where it was moved on meanwhile. */
export async function noteReadTo(db: Db, { _id, nextOffset }: PartitionHead, readTo: number): Promise<void> {
  await partitionsOf(db).updateOne({ _id, nextOffset }, { $max: { readTo } });
}

/** Notes of parked records what they wait for by now, by offset, so that they are found when that comes. */
export async function noteWaiting(
  db: Db,
  documents: readonly ParkedDocument[],
  waiting: ReadonlyMap<number, string>,
): Promise<void> {
  const changes = documents.flatMap(({ _id, offset, waitingFor: before }) => {
    const waitingFor = waiting.get(offset);
    return waitingFor === undefined || waitingFor === before
      ? []
      : [{ updateOne: { filter: { _id }, update: { $set: { waitingFor } } } }];
  });
  if (changes.length > 0) await parkedOf(db).bulkWrite(changes, { ordered: false });
}

/** Content hashes of those identities that were accepted before. */
export async function lookUpIdentities(db: Db, identities: readonly string[]): Promise<Map<string, string>> {
  if (identities.length === 0) return new Map();
  const found = await eventsOf(db)
    .find(
      { _id: { $in: [...identities] } },
      { projection: { contentHash: 1 }, batchSize: identities.length + 1 },
    )
    .toArray();
  return new Map(found.map((event) => [event._id, event.contentHash]));
}

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly partition: PartitionHead }
  | { readonly kind: 'identity-taken' };

export interface Commit {
  readonly before: PartitionHead;
  readonly nextOffset: number;
  readonly decision: BatchDecision;
  /** Ids of parked documents that this batch judged anew. */
  readonly released: readonly string[];
  readonly now: Date;
}

/**
 * Makes a batch durable in one transaction: events, verdicts, dead letters, parked records, registry, and the partition's
 * head by compare-and-set. Nothing is visible before all of it is.
 * @returns identity-taken when another partition stored one of the identities meanwhile: decide anew
 * @throws ChainlightError CHAIN_FENCED when somebody else has moved the partition: this process no longer owns it;
 * DEAD_LETTER_UNWRITABLE when the database refuses a dead letter
 */
export async function commitBatch(mongo: Mongo, commit: Commit): Promise<CommitOutcome> {
  const { before, decision, now } = commit;
  const after = advance(before, commit);
  const letters = await makeDeadLetters(mongo.db, decision.dead, now);
  try {
    await mongo.client.withSession((session) =>
      session.withTransaction(async () => {
        await moveHead(mongo.db, before, after, session);
        if (decision.accepted.length > 0) {
          await eventsOf(mongo.db).insertMany([...decision.accepted], { session, ordered: false });
          for (const projector of INGEST_PROJECTORS)
            await projector.apply(mongo.db, decision.accepted, session, mongo.db);
        }
        await writeVerdicts(mongo.db, before, after, decision, now, session);
        await storeDeadLetters(mongo.db, letters, session);
        if (commit.released.length > 0)
          await parkedOf(mongo.db).deleteMany({ _id: { $in: [...commit.released] } }, { session });
        if (decision.parked.length > 0)
          await parkedOf(mongo.db).insertMany(decision.parked.map(toParked), { session });
      }),
    );
  } catch (error) {
    if (isDuplicateIdentity(error)) return { kind: 'identity-taken' };
    throw error;
  }
  return { kind: 'committed', partition: after };
}

function advance(before: PartitionHead, { decision, nextOffset }: Commit): PartitionHead {
  const counts = { ...before.counts };
  for (const verdict of VERDICTS) counts[verdict] += decision.counts[verdict];
  const { maxTime } = decision;
  return {
    ...before,
    nextOffset: Math.max(before.nextOffset, nextOffset),
    seq: decision.seq,
    head: decision.head,
    maxTime:
      maxTime !== null && (before.maxTime === null || maxTime > before.maxTime) ? maxTime : before.maxTime,
    lastTime: maxTime ?? before.lastTime,
    counts,
  };
}

async function moveHead(
  db: Db,
  before: PartitionHead,
  after: PartitionHead,
  session: ClientSession,
): Promise<void> {
  const { _id, ...rest } = after;
  const moved = await partitionsOf(db).updateOne(
    { _id, nextOffset: before.nextOffset, seq: before.seq, head: before.head },
    { $set: rest },
    { session },
  );
  if (moved.matchedCount !== 1) {
    throw new ChainlightError('CHAIN_FENCED', `partition ${_id} was moved on by another ingest process`, {
      partition: _id,
    });
  }
}

async function writeVerdicts(
  db: Db,
  before: PartitionHead,
  after: PartitionHead,
  decision: BatchDecision,
  now: Date,
  session: ClientSession,
): Promise<void> {
  if (decision.lines.length === 0) return;
  await verdictsOf(db).insertOne(
    {
      _id: `${before._id}/${before.seq + 1}`,
      topic: before.topic,
      partition: before.partition,
      firstSeq: before.seq + 1,
      lastSeq: after.seq,
      headBefore: before.head,
      head: after.head,
      lines: decision.lines.join('\n'),
      recordedAt: now,
    },
    { session },
  );
}

function toParked({ record, waitingFor, identity, seq }: ParkedRecord): ParkedDocument {
  return {
    _id: coordinatesOf(record),
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    frame: new Binary(frameBytes(frameOf(record))),
    value: new Binary(record.value ?? Buffer.alloc(0)),
    waitingFor,
    identity,
    seq,
  };
}

export function fromParked(document: ParkedDocument): IncomingRecord {
  const { topic, partition, offset } = document;
  const frame = frameFrom(Buffer.from(document.frame.buffer));
  return fromFrame({ topic, partition, offset }, frame, Buffer.from(document.value.buffer));
}

/** The same for one that somebody may have changed: what cannot be read any more is left out. */
export function readParked(document: ParkedDocument): IncomingRecord {
  try {
    return fromParked(document);
  } catch {
    const { topic, partition, offset } = document;
    return { topic, partition, offset, key: null, headers: {}, value: null };
  }
}

function isDuplicateIdentity(error: unknown): boolean {
  return (
    error instanceof MongoServerError &&
    error.code === DUPLICATE_KEY &&
    / collection: \S+\.events /.test(error.message)
  );
}
