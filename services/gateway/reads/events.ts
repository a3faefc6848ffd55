import type { Filter } from 'mongodb';
import type { DeadLetterDetail, DeadLetterList, DeadLetterQuery } from '../../../schemas/api/deadLetters.ts';
import type { EventRecord } from '../../../schemas/api/events.ts';
import type { IntakeHealth } from '../../../schemas/api/overview.ts';
import { identityOf } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Tenancy } from '../../../schemas/tenancy.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import { verdictsOf } from '../../ingest/index.ts';
import { type DeadLetter, deadLettersOf } from '../../runtime/deadLetterStore.ts';
import { eventsOf, partitionsOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { listDeadLetters, showDeadLetter } from '../adapters/deadLetters.ts';
import { showEvent } from '../adapters/events.ts';
import { readTopics, type StatusDeps } from '../adapters/status.ts';
import { sumVerdicts } from '../domain/pageModel.ts';
import type { Principal } from '../domain/principal.ts';
import { isOwnFirm, seesCity, sourcePrefixesOf } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';
import { requireFirm } from './suppliers.ts';

/** The refused records that somebody may see: those of their own sources, and for a leader those of its topic. */
function visibleLetters({ principal }: ReadContext): Filter<DeadLetter> {
  const { tenancy } = principal;
  const prefixes = sourcePrefixesOf(tenancy);
  if (prefixes === null) return {};
  const bySource = prefixes.map((prefix) => ({ source: { $gte: prefix, $lt: `${prefix}~` } }));
  const byTenant =
    tenancy.role === 'supplier'
      ? tenancy.firms.map((uscc) => ({ source: { $regex: `^/platform/[^/]+/tenant/${uscc}$` } }))
      : [];
  const byTopic = tenancy.role === 'leader' ? [{ topic: { $in: tenancy.firms.map(erpTopic) } }] : [];
  const any = [...bySource, ...byTenant, ...byTopic];
  return any.length === 0 ? { _id: { $in: [] } } : { $or: any };
}

export const readDeadLetters = (context: ReadContext, query: DeadLetterQuery): Promise<DeadLetterList> =>
  listDeadLetters(context.db, query, visibleLetters(context));

/** @throws ChainlightError NOT_FOUND */
export async function readDeadLetter(context: ReadContext, id: string): Promise<DeadLetterDetail> {
  const filter = { $and: [{ _id: { $eq: id } }, visibleLetters(context)] };
  const found = await deadLettersOf(context.db).countDocuments(filter as object, { limit: 1 });
  if (found === 0) throw new ChainlightError('NOT_FOUND', `there is no dead letter ${id} that you may see`);
  return showDeadLetter(context.db, id);
}

/**
 * One event: of a source of one's own, or about a firm whose data one may see.
 * @throws ChainlightError NOT_FOUND
 */
export async function readEvent(context: ReadContext, source: string, id: string): Promise<EventRecord> {
  const { db, principal } = context;
  const { tenancy } = principal;
  const prefixes = sourcePrefixesOf(tenancy);
  const isOwn = prefixes === null || prefixes.some((prefix) => source.startsWith(prefix));
  if (!isOwn && !isOfSubordinate(tenancy, source)) {
    const stored = await eventsOf(db).findOne({ _id: identityOf(source, id) }, { projection: { firm: 1 } });
    const refused = new ChainlightError('NOT_FOUND', `no event of ${source} with id ${id} that you may see`);
    // A leader reads what it stated itself, never its suppliers' own books.
    if (tenancy.role === 'leader' || tenancy.role === 'platform' || stored?.firm == null) throw refused;
    if (tenancy.role === 'supplier' && !isOwnFirm(tenancy, stored.firm)) throw refused;
    await requireFirm(context, stored.firm);
  }
  return showEvent(db, source, id);
}

/** Plans, decisions and figures that a bureau of the reader's own region has stated. */
function isOfSubordinate(tenancy: Tenancy, source: string): boolean {
  const [, kind, region] = source.split('/');
  return kind === 'bureau' && region !== undefined && seesCity(tenancy, region);
}

/** @throws ChainlightError NOT_FOUND: a leader of somebody else is not told apart from none */
export function requireLeader({ tenancy }: Principal, leader: string): void {
  if (tenancy.role === 'leader' && !isOwnFirm(tenancy, leader))
    throw new ChainlightError('NOT_FOUND', `there is no leader ${leader} that you may see`);
}

/** When the newest batch of a partition was judged, found along the index. */
async function lastVerdictAt(db: Db, topic: string, partition: number): Promise<string | null> {
  const newest = await verdictsOf(db).findOne(
    { topic, partition },
    { sort: { firstSeq: -1 }, projection: { recordedAt: 1 } },
  );
  return newest?.recordedAt.toISOString() ?? null;
}

/** How a leader's stream stands, partition by partition. */
export async function readIntake(
  context: ReadContext,
  status: StatusDeps,
  leader: string,
): Promise<IntakeHealth> {
  const { db, principal } = context;
  requireLeader(principal, leader);
  const topic = erpTopic(leader);
  const [topics, heads, letters, parked] = await Promise.all([
    readTopics(status.kafka, db, [topic]),
    partitionsOf(db).find({ topic }).toArray(),
    listDeadLetters(db, { limit: 1 }, { topic: { $eq: topic } }),
    db.collection('parked').countDocuments({ topic }),
  ]);
  const offsets = topics.flatMap(({ byPartition }) => byPartition);
  const partitions = await Promise.all(
    offsets.map(async (one) => ({
      ...one,
      verdicts: sumVerdicts(
        heads.flatMap(({ partition, counts }) => (partition === one.partition ? counts : [])),
      ),
      lastVerdictAt: await lastVerdictAt(db, topic, one.partition),
    })),
  );
  const last = heads.flatMap(({ lastTime }) => lastTime?.getTime() ?? []);
  return {
    topics,
    partitions,
    verdicts: sumVerdicts(heads.map(({ counts }) => counts)),
    refused: { total: letters.total, byReason: letters.byReason },
    parked,
    lastAcceptedAt: last.length === 0 ? null : new Date(Math.max(...last)).toISOString(),
  };
}
