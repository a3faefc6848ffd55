import { hash } from 'node:crypto';
import type { EventPlace, FigureExplanation } from '../../../schemas/api/kpi.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { Uscc } from '../../../schemas/ids.ts';
import { periodOf } from '../../../schemas/time.ts';
import { erpTopic, leaderOfTopic } from '../../../schemas/topics.ts';
import {
  type FoundVerdict,
  MAX_VERDICTS,
  newestVerdicts,
  readVerdicts,
  VERDICTS,
  type Verdict,
} from '../../ingest/index.ts';
import { EMPTY_SET_HASH, inChinese, placeOf, xorHashes } from '../../measurement/index.ts';
import { coordinatesOf, deadLettersOf } from '../../runtime/deadLetterStore.ts';
import { eventsOf, type PartitionHead, partitionsOf } from '../../runtime/eventStore.ts';
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
 * Opens counts of verdicts. `intake/<verdict>/<leader>`: counted by the heads of the leader's chains, whose hashes stand for all verdicts
 * before them; the newest records are shown, each with its place in Kafka and its hash. `intake/<verdict>/<leader>/<partition>/<first>/<last
 * verdict of a receipt>`: the records of the receipt. `intake/<verdict>/-`: all topics, which open one by one
 * (`intake/<verdict>/<topic>`); for the operator. None reads a whole chain.
 * @throws ChainlightError NOT_FOUND, also for a leader of somebody else
 */
export async function openIntakeFigure(context: ReadContext, figureId: string): Promise<FigureExplanation> {
  const { db, principal, cache } = context;
  const { tenancy } = principal;
  const [, what, whose = '', ...rest] = figureId.split('/');
  const verdict = VERDICTS.find((one) => one === what);
  const receipt = receiptOf(rest);
  const isOwn = tenancy.role === 'leader' && isOwnFirm(tenancy, whose);
  const isReadable = verdict !== undefined && (rest.length === 0 || (receipt !== null && isLeader(whose)));
  if (!isReadable || !(tenancy.role === 'operator' || isOwn))
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  const topic = isLeader(whose) ? erpTopic(whose) : whose;
  const heads = await partitionsOf(db)
    .find(whose === ALL ? {} : { topic: { $eq: topic } })
    .sort({ _id: 1 })
    .toArray();
  if (heads.length === 0 && whose !== ALL && !isLeader(whose))
    throw new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  // Verdicts that accept nothing move no read model: the chains themselves say how far they are.
  const standing = heads.map(({ _id, seq, head }) => `${_id} ${seq} ${head}`);
  return cache.get(['figure', figureId, standing], async () => {
    const found =
      receipt === null
        ? await countOf(db, verdict, heads, whose === ALL)
        : await tellOf(db, verdict, topic, receipt);
    const asOf = ((await businessTime(db)) ?? new Date(0)).toISOString();
    const [en, zh] = WORDS[verdict];
    return {
      figureId,
      definition: `Records ${en}${whose === ALL ? '' : ` from the topic ${isLeader(whose) ? `of ${whose}` : topic}`}`,
      formula: 'count of verdicts in the chain of each partition',
      zh: inChinese(
        `${whose === ALL ? '' : `${isLeader(whose) ? `${whose} 的主题` : `主题 ${topic}`}中`}${zh}的记录`,
        '各分区结论链中该结论的个数',
      ),
      version: 2,
      unit: 'records',
      value: found.count,
      reason: null,
      numerator: found.count,
      denominator: null,
      window: null,
      entities: isLeader(whose) ? [whose] : [],
      ...{ grade: null, sourceClass: 'system', children: found.children },
      eventCount: found.count,
      eventsHash: found.hash,
      events: await placesOf(db, found.newest),
      asOf,
      knownAt: new Date().toISOString(),
    };
  });
}

interface Found {
  readonly count: number;
  readonly hash: string;
  readonly newest: readonly FoundVerdict[];
  readonly children: string[];
}

/** Counts by the heads. The newest records are shown of one topic; all topics lead on to each of them, the fullest first. */
async function countOf(
  db: Db,
  verdict: Verdict,
  heads: readonly PartitionHead[],
  isAll: boolean,
): Promise<Found> {
  const moved = heads.filter(({ counts }) => counts[verdict] > 0);
  const count = moved.reduce((sum, { counts }) => sum + counts[verdict], 0);
  const headsHash = setHash(heads.map(({ _id, seq, head }) => `${_id} ${seq} ${head}`).join('\n'));
  if (!isAll) {
    const newest = await Promise.all(moved.map((head) => newestVerdicts(db, verdict, head, SHOWN)));
    return { count, hash: headsHash, newest: newest.flat(), children: [] };
  }
  const byTopic = new Map<string, number>();
  for (const { topic, counts } of moved) byTopic.set(topic, (byTopic.get(topic) ?? 0) + counts[verdict]);
  const topics = [...byTopic].sort(([a, more], [b, fewer]) => fewer - more || (a < b ? -1 : 1));
  const children = topics.map(([topic]) => `${INTAKE_FIGURE}/${verdict}/${leaderOfTopic(topic) ?? topic}`);
  return { count, hash: headsHash, newest: [], children };
}

/** What a receipt tells: it is small by its making. */
async function tellOf(db: Db, verdict: Verdict, topic: string, receipt: ReceiptPlace): Promise<Found> {
  const found: FoundVerdict[] = [];
  for await (const one of readVerdicts(db, verdict, { topic, ...receipt })) found.push(one);
  return {
    count: found.length,
    hash: found.reduce((sum, one) => xorHashes(sum, recordHash(one)), EMPTY_SET_HASH),
    newest: found,
    children: [],
  };
}

/** An accepted content stands there once; the same bytes may be refused many times, and equal hashes would cancel each other. */
const recordHash = (found: FoundVerdict): string =>
  found.verdict === 'accepted'
    ? found.contentHash.slice(0, EMPTY_SET_HASH.length)
    : setHash(`${coordinatesOf(found)} ${found.contentHash}`);

const setHash = (text: string): string => hash('sha256', text, 'hex').slice(0, EMPTY_SET_HASH.length);

const ALL = '-';
const isLeader = (whose: string): boolean => Uscc.safeParse(whose).success;

type ReceiptPlace = { readonly partition: number; readonly seqs: readonly [number, number] };

/** A receipt's partition, and the first and last verdict that it tells of. */
function receiptOf(parts: readonly string[]): ReceiptPlace | null {
  if (parts.length !== 3 || !parts.every((part) => /^\d{1,15}$/.test(part))) return null;
  const [partition = 0, first = 0, last = 0] = parts.map(Number);
  if (last - first >= MAX_VERDICTS) return null;
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
