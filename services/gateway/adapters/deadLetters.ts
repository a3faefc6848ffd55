import type { Binary, Filter } from 'mongodb';
import type {
  DeadLetterDetail,
  DeadLetterItem,
  DeadLetterList,
  DeadLetterQuery,
} from '../../../schemas/api/deadLetters.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { startOfDate } from '../../../schemas/time.ts';
import type { Db } from '../../runtime/mongo.ts';

/** A refused record as ingest keeps it. */
export interface DeadLetterDocument {
  /** `<topic>/<partition>/<offset>` */
  readonly _id: string;
  readonly reason: string;
  readonly explanation: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly headers: Record<string, string>;
  /** Null for a record without a value. */
  readonly original: Binary | null;
  readonly originalBytes: number;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly leader: string | null;
  readonly contentHash: string;
  readonly conflictsWith: string | null;
  readonly receivedAt: Date;
  readonly state: DeadLetterItem['state'];
}

const SHOWN_BYTES = 64 * 1024;

export const deadLettersOf = (db: Db) => db.collection<DeadLetterDocument>('dead_letters');

/** Refused records, newest first; the counts are over all that match. */
export async function listDeadLetters(db: Db, query: DeadLetterQuery): Promise<DeadLetterList> {
  const filter: Filter<DeadLetterDocument> = {
    ...(query.reason === undefined ? {} : { reason: { $eq: query.reason } }),
    ...(query.leader === undefined ? {} : { leader: { $eq: query.leader } }),
    ...(query.since === undefined ? {} : { receivedAt: { $gte: instantOf(query.since) } }),
  };
  const [documents, groups] = await Promise.all([
    deadLettersOf(db)
      .find(filter, { projection: { original: 0 } })
      .sort({ receivedAt: -1, _id: 1 })
      .limit(query.limit)
      .toArray(),
    deadLettersOf(db)
      .aggregate<{ _id: string; count: number }>([
        { $match: filter },
        { $group: { _id: '$reason', count: { $sum: 1 } } },
        { $sort: { count: -1, _id: 1 } },
      ])
      .toArray(),
  ]);
  return {
    total: groups.reduce((sum, group) => sum + group.count, 0),
    byReason: Object.fromEntries(groups.map((group) => [group._id, group.count])),
    items: documents.map(itemOf),
  };
}

/** @throws ChainlightError NOT_FOUND */
export async function showDeadLetter(db: Db, id: string): Promise<DeadLetterDetail> {
  const document = await deadLettersOf(db).findOne({ _id: { $eq: id } });
  if (document === null)
    throw new ChainlightError(
      'NOT_FOUND',
      `there is no dead letter ${id}; an id is <topic>/<partition>/<offset>`,
    );
  const { key, headers, source, eventId, type, leader, contentHash, conflictsWith, originalBytes } = document;
  return {
    ...itemOf(document),
    key,
    headers,
    source,
    eventId,
    type,
    leader,
    contentHash,
    conflictsWith,
    originalBytes,
    original: document.original === null ? null : readable(Buffer.from(document.original.buffer)),
  };
}

function itemOf(document: Omit<DeadLetterDocument, 'original'>): DeadLetterItem {
  const { _id, reason, explanation, topic, partition, offset, receivedAt, state } = document;
  return {
    id: _id,
    reason,
    explanation,
    topic,
    partition,
    offset,
    receivedAt: receivedAt.toISOString(),
    state,
  };
}

function readable(bytes: Buffer): NonNullable<DeadLetterDetail['original']> {
  const shown = bytes.subarray(0, SHOWN_BYTES);
  const truncated = shown.length < bytes.length;
  try {
    // A cut may fall into the middle of a character: then only what stands before it is decoded.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(shown, { stream: truncated });
    return { encoding: 'utf-8', text, truncated };
  } catch {
    return { encoding: 'base64', text: shown.toString('base64'), truncated };
  }
}

const instantOf = (text: string): Date => (text.length === 10 ? startOfDate(text) : new Date(text));
