import type { EventPlace, FigureExplanation } from '../../../schemas/api/kpi.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { periodOf } from '../../../schemas/time.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import { type FoundVerdict, readVerdicts, VERDICTS, type Verdict } from '../../ingest/index.ts';
import { EMPTY_SET_HASH, inChinese, placeOf, xorHashes } from '../../measurement/index.ts';
import { coordinatesOf, deadLettersOf } from '../../runtime/deadLetterStore.ts';
import { eventsOf, partitionsOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { isOwnFirm } from '../domain/visibility.ts';
import { businessTime, type ReadContext } from './context.ts';

/** First part of the name of a count of verdicts. */
export const INTAKE_FIGURE = 'intake';
const SHOWN = 100;

const WORDS: Readonly<Record<Verdict, readonly [en: string, zh: string]>> = {
  accepted: ['accepted', '接收'],
  duplicates: ['known already', '判为重复'],
  conflicts: ['in conflict with what was accepted under the same identity', '与同一编号已接收内容冲突'],
  rejected: ['refused', '拒绝'],
  parked: ['that wait for a relation', '暂存待关联'],
};

/**
 * Opens `intake/<verdict>/<leader, or - for all>[/<partition>/<first>/<last verdict of a receipt>]`: the records so judged, the newest
 * first, each with its place in Kafka and its hash. Count and set hash are taken from the chain of verdicts itself.
 * @throws ChainlightError NOT_FOUND, also for a leader of somebody else
 */
export async function openIntakeFigure(context: ReadContext, figureId: string): Promise<FigureExplanation> {
  const { db, principal, cache } = context;
  const { tenancy } = principal;
  const [, what, leader = '', ...rest] = figureId.split('/');
  const verdict = VERDICTS.find((one) => one === what);
  const receipt = receiptOf(rest);
  const isAll = leader === '-' && rest.length === 0;
  const maySee = tenancy.role === 'operator' || (tenancy.role === 'leader' && isOwnFirm(tenancy, leader));
  if (verdict === undefined || !maySee || (rest.length > 0 && receipt === null))
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  if (isAll && tenancy.role !== 'operator')
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  const place = isAll ? {} : { topic: erpTopic(leader) };
  // Verdicts that accept nothing move no read model: the chains themselves say how far they are.
  const heads = await partitionsOf(db)
    .find(place, { projection: { seq: 1 } })
    .sort({ _id: 1 })
    .toArray();
  const seqs = heads.map(({ _id, seq }) => [_id, seq]);
  return cache.get(['figure', figureId, seqs], async () => {
    let [count, eventsHash] = [0, EMPTY_SET_HASH];
    const newest = new Map<string, FoundVerdict[]>();
    for await (const found of readVerdicts(db, verdict, { ...place, ...receipt })) {
      count++;
      eventsHash = xorHashes(eventsHash, found.contentHash.slice(0, EMPTY_SET_HASH.length));
      const key = `${found.topic}/${found.partition}`;
      const kept = newest.get(key) ?? [];
      if (kept.push(found) > SHOWN) kept.shift();
      newest.set(key, kept);
    }
    const events = await placesOf(db, [...newest.values()].flat());
    const asOf = ((await businessTime(db)) ?? new Date(0)).toISOString();
    const [en, zh] = WORDS[verdict];
    return {
      figureId,
      definition: `Records ${en}${isAll ? '' : ` from the topic of ${leader}`}`,
      formula: 'count of verdicts in the chain of each partition',
      zh: inChinese(`${isAll ? '' : `${leader} 的主题中`}${zh}的记录`, '各分区结论链中该结论的个数'),
      version: 1,
      unit: 'records',
      value: count,
      reason: null,
      numerator: count,
      denominator: null,
      window: null,
      entities: isAll ? [] : [leader],
      ...{ grade: null, sourceClass: 'system', children: [] },
      eventCount: count,
      eventsHash,
      events,
      asOf,
      knownAt: new Date().toISOString(),
    };
  });
}

/** A receipt's partition, and the first and last verdict that it tells of. */
function receiptOf(parts: readonly string[]): { partition: number; seqs: [number, number] } | null {
  if (parts.length !== 3 || !parts.every((part) => /^\d{1,15}$/.test(part))) return null;
  const [partition = 0, first = 0, last = 0] = parts.map(Number);
  return { partition, seqs: [first, last] };
}

/** The latest of these records as they stand in Kafka, with what is known of them: the stored event, or the dead letter. */
async function placesOf(db: Db, found: readonly FoundVerdict[]): Promise<EventPlace[]> {
  const identities = found.flatMap(({ identity }) => identity ?? []);
  const [stored, letters] = await Promise.all([
    eventsOf(db)
      .find({ _id: { $in: identities } })
      .toArray(),
    deadLettersOf(db)
      .find(
        { _id: { $in: found.map(coordinatesOf) } },
        { projection: { source: 1, eventId: 1, type: 1, receivedAt: 1 } },
      )
      .toArray(),
  ]);
  const eventOf = new Map(stored.map((event) => [event._id, placeOf(event)]));
  const letterOf = new Map(letters.map((letter) => [letter._id, letter]));
  const places = found.map((one): EventPlace => {
    const { topic, partition, offset, contentHash, identity } = one;
    const event = eventOf.get(identity ?? '');
    const letter = letterOf.get(coordinatesOf(one));
    const time = letter?.receivedAt ?? new Date(event?.time ?? 0);
    return {
      ...(identity === null
        ? { source: letter?.source ?? '', id: letter?.eventId ?? coordinatesOf(one) }
        : splitIdentity(identity)),
      type: event?.type ?? letter?.type ?? '',
      time: time.toISOString(),
      period: event?.period ?? periodOf(time),
      ...{ topic, partition, offset, hash: contentHash },
    };
  });
  return places.sort((a, b) => b.time.localeCompare(a.time) || b.offset - a.offset).slice(0, SHOWN);
}
