import type { Db, Filter } from 'mongodb';
import type {
  DeadLetterDetail,
  DeadLetterItem,
  DeadLetterList,
  DeadLetterQuery,
} from '../../../schemas/api/deadLetters.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { startOfDate } from '../../../schemas/time.ts';
import {
  type DeadLetter,
  type DeadLetterAct,
  deadLetterActsOf,
  deadLettersOf,
  readRecord,
} from '../../runtime/deadLetterStore.ts';

const SHOWN_BYTES = 64 * 1024;

type Listed = Omit<DeadLetter, 'frame' | 'original'> & { readonly acts: readonly DeadLetterAct[] };

/** Refused records, newest first; the counts are over all that match. @param visible what the reader may see */
export async function listDeadLetters(
  db: Db,
  query: DeadLetterQuery,
  visible: Filter<DeadLetter> = {},
): Promise<DeadLetterList> {
  const chosen = [
    { $match: { $and: [visible, filterOf(query)] } },
    { $project: { frame: 0, original: 0 } },
    { $lookup: { from: 'dead_letter_acts', localField: '_id', foreignField: '_id', as: 'acts' } },
    ...(query.state === undefined
      ? []
      : [{ $match: query.state === 'open' ? { acts: [] } : { 'acts.state': { $eq: query.state } } }]),
  ];
  const [documents, groups] = await Promise.all([
    deadLettersOf(db)
      .aggregate<Listed>([...chosen, { $sort: { receivedAt: -1, _id: 1 } }, { $limit: query.limit }])
      .toArray(),
    deadLettersOf(db)
      .aggregate<{ _id: string; count: number }>([
        ...chosen,
        { $group: { _id: '$reason', count: { $sum: 1 } } },
        { $sort: { count: -1, _id: 1 } },
      ])
      .toArray(),
  ]);
  return {
    total: groups.reduce((sum, group) => sum + group.count, 0),
    byReason: Object.fromEntries(groups.map((group) => [group._id, group.count])),
    items: documents.map((document) => itemOf(document, document.acts[0] ?? null)),
  };
}

/** What the filters that commands share mean in the database. */
export function filterOf(query: Pick<DeadLetterQuery, 'reason' | 'leader' | 'since'>): Filter<DeadLetter> {
  return {
    ...(query.reason === undefined ? {} : { reason: { $eq: query.reason } }),
    ...(query.leader === undefined ? {} : { leader: { $eq: query.leader } }),
    ...(query.since === undefined ? {} : { receivedAt: { $gte: instantOf(query.since) } }),
  };
}

/** @throws ChainlightError NOT_FOUND */
export async function findDeadLetter(db: Db, id: string): Promise<DeadLetter> {
  const letter = await deadLettersOf(db).findOne({ _id: { $eq: id } });
  if (letter !== null) return letter;
  throw new ChainlightError(
    'NOT_FOUND',
    `there is no dead letter ${id}; an id is <topic>/<partition>/<offset>`,
  );
}

/**
 * For a filter that found nothing: whoever mistyped a leader must not read that nothing was refused.
 * @throws ChainlightError NOT_FOUND when no such leader is registered and no record of it was refused
 */
export async function requireKnownLeader(db: Db, leader: string): Promise<void> {
  const registered = await db
    .collection<{ _id: string }>('leaders')
    .countDocuments({ _id: { $eq: leader } }, { limit: 1 });
  const refused = await deadLettersOf(db).countDocuments({ leader: { $eq: leader } }, { limit: 1 });
  if (registered + refused > 0) return;
  throw new ChainlightError(
    'NOT_FOUND',
    `${leader} is not a registered leader, and no record of it was refused; cli leaders list shows those that are`,
    { leader },
  );
}

/**
 * The value of a refused record, every byte as it came; null where it had none.
 * @throws ChainlightError NOT_FOUND; KEPT_BYTES_ALTERED when its bytes are not what was refused
 */
export async function readOriginal(db: Db, id: string): Promise<Buffer | null> {
  return (await readRecord(db, await findDeadLetter(db, id))).value;
}

/** @throws ChainlightError NOT_FOUND; KEPT_BYTES_ALTERED when its bytes are not what was refused */
export async function showDeadLetter(db: Db, id: string): Promise<DeadLetterDetail> {
  const letter = await findDeadLetter(db, id);
  const act = await deadLetterActsOf(db).findOne({ _id: { $eq: id } });
  const { key, headers, value } = await readRecord(db, letter);
  const { source, eventId, type, leader, contentHash, conflictsWith, redriveOf, originalBytes } = letter;
  return {
    ...itemOf(letter, act),
    key: key?.toString() ?? null,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, value?.toString() ?? ''])),
    source,
    eventId,
    type,
    leader,
    contentHash,
    conflictsWith,
    redriveOf,
    act: act === null ? null : actOf(act),
    originalBytes,
    original: value === null ? null : readable(value.subarray(0, SHOWN_BYTES), value.length),
  };
}

function itemOf(letter: Omit<DeadLetter, 'frame' | 'original'>, act: DeadLetterAct | null): DeadLetterItem {
  const { _id, reason, explanation, explanationZh, topic, partition, offset, receivedAt } = letter;
  return {
    id: _id,
    reason,
    explanation,
    ...(explanationZh === undefined ? {} : { explanationZh }),
    topic,
    partition,
    offset,
    receivedAt: receivedAt.toISOString(),
    state: act?.state ?? 'open',
  };
}

const actOf = (act: DeadLetterAct): DeadLetterDetail['act'] => ({
  actor: act.actor,
  at: act.at.toISOString(),
  event: act.event,
  redrivenTo: act.state === 'redriven' ? act.redrivenTo : null,
  why: act.state === 'discarded' ? act.why : null,
});

function readable(shown: Buffer, originalBytes: number): NonNullable<DeadLetterDetail['original']> {
  const truncated = shown.length < originalBytes;
  try {
    // A cut may fall into the middle of a character: then only what stands before it is decoded.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(shown, { stream: truncated });
    return { encoding: 'utf-8', text, truncated };
  } catch {
    return { encoding: 'base64', text: shown.toString('base64'), truncated };
  }
}

const instantOf = (text: string): Date => (text.length === 10 ? startOfDate(text) : new Date(text));
