import type { Db, Filter, Sort } from 'mongodb';
import type {
  Board,
  BoardQuery,
  OnboardingFilter,
  OnboardingPage,
  OnboardingQuery,
  OnboardingRow,
} from '../../../schemas/api/board.ts';
import type { Funnel, FunnelDimension } from '../../../schemas/api/onboarding.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { STAGES } from '../../../schemas/onboarding.ts';
import { waitingOf } from '../../../schemas/waiting.ts';
import { type OnboardingDocument, onboardingsOf, readFunnelOf } from '../../onboarding/index.ts';
import { readSummary } from '../adapters/readModels.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import { withholdFewFirms } from '../domain/disclosure.ts';
import { stallRiskOf } from '../domain/stallRisk.ts';
import { cityRows } from '../domain/summaries.ts';
import { onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { businessTime, type ReadContext } from './context.ts';

type Documents = Filter<OnboardingDocument>;

const SORT_FIELDS = {
  id: '_id',
  name: 'supplierName',
  uscc: 'supplierUscc',
  city: 'cityCode',
  nominatedAt: 'nominatedAt',
  nextDueAt: 'nextDueAt',
  closedAt: 'closedAt',
} as const satisfies Record<OnboardingQuery['sort'], keyof OnboardingDocument>;
/** Heavy parts that no list shows. */
const LEAN = { facts: 0, history: 0, stages: 0, findings: 0 } as const;

/** The filter of a question, always together with what the reader may see. */
export function onboardingFilter(
  { principal }: ReadContext,
  query: OnboardingFilter,
  asOf: Date | null,
): Documents {
  const equals: Documents = {};
  const set = (field: keyof OnboardingDocument | 'failureReason.group', value: unknown): void => {
    if (value !== undefined) Object.assign(equals, { [field]: { $eq: value } });
  };
  set('supplierUscc', query.supplier);
  set('leaderUscc', query.leader);
  set('providerUscc', query.provider);
  set('platform', query.platform);
  set('programme', query.programme);
  set('cityCode', query.city);
  set('industryCode', query.industry);
  set('districtCode', query.district);
  set('zone', query.zone);
  set('status', query.status);
  set('stage', query.stage);
  set('phase', query.phase);
  set('failureReason.group', query.reason);
  const all: Documents[] = [visibleTo(principal.tenancy) as Documents, equals];
  if (query.q !== undefined) {
    const text = query.q.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    all.push({
      $or: [{ supplierName: { $regex: text, $options: 'i' } }, { supplierUscc: { $regex: `^${text}` } }],
    });
  }
  if (query.waitingAt !== undefined)
    all.push({ steps: { $elemMatch: { step: { $eq: query.waitingAt }, waitingOn: { $ne: null } } } });
  if (query.stalled !== undefined) {
    const late = {
      $elemMatch: { waitingOn: { $ne: null }, deadline: { $lt: (asOf ?? new Date(0)).toISOString() } },
    };
    all.push(
      query.stalled ? { status: 'ACTIVE', steps: late } : { $nor: [{ status: 'ACTIVE', steps: late }] },
    );
  }
  if (query.needsHelp !== undefined) all.push({ 'help.0': { $exists: query.needsHelp } });
  return { $and: all.filter((part) => Object.keys(part).length > 0) };
}

const orAll = (filter: Documents): Documents =>
  Array.isArray(filter.$and) && filter.$and.length === 0 ? {} : filter;

/** One page of onboardings. */
export async function listOnboardings(context: ReadContext, query: OnboardingQuery): Promise<OnboardingPage> {
  const { db, cache, principal } = context;
  const asOf = await businessTime(db);
  const { limit, cursor, sort, order, ...asked } = query;
  const filter = orAll(onboardingFilter(context, asked, asOf));
  const field = SORT_FIELDS[sort];
  const direction = order === 'asc' ? 1 : -1;
  const paged: Documents =
    cursor === undefined ? filter : { $and: [filter, afterPosition(field, direction, cursor)] };
  const [counted, documents] = await Promise.all([
    cache.get(['count', principal.tenancy, asked], () => onboardingsOf(db).countDocuments(filter)),
    onboardingsOf(db)
      .find(paged, { projection: LEAN })
      .sort({ [field]: direction, ...(field === '_id' ? {} : { _id: direction }) } as Sort)
      .limit(limit + 1)
      .toArray(),
  ]);
  const shown = documents.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor =
    documents.length > limit && last !== undefined ? cursorOf([comparable(last[field]), last._id]) : null;
  // A count may be some seconds old; where all stand on the first page it is plain to see.
  const isAll = cursor === undefined && documents.length <= limit;
  return {
    total: isAll ? documents.length : counted,
    items: shown.map((document) => rowOf(document, asOf)),
    nextCursor,
  };
}

const comparable = (value: unknown): string | number | null =>
  value instanceof Date ? value.toISOString() : ((value as string | number | null | undefined) ?? null);

/** What comes after a page's end. A missing value sorts before all others. */
function afterPosition(field: string, direction: 1 | -1, cursor: string): Documents {
  const [text, id] = positionOf(cursor);
  const beyond = direction === 1 ? '$gt' : '$lt';
  if (field === '_id') return { _id: { [beyond]: id } } as Documents;
  const value = field.endsWith('At') && typeof text === 'string' ? instantOf(text) : text;
  const sameValue = { [field]: value, _id: { [beyond]: id } };
  if (value === null)
    return { $or: direction === 1 ? [{ [field]: { $ne: null } }, sameValue] : [sameValue] } as Documents;
  const further = { [field]: { [beyond]: value } };
  return {
    $or: direction === 1 ? [further, sameValue] : [further, { [field]: null }, sameValue],
  } as Documents;
}

/** @throws ChainlightError BAD_INPUT for the cursor of a list in another order */
function instantOf(text: string): Date {
  const instant = new Date(text);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new ChainlightError('BAD_INPUT', 'cursor: belongs to a list in another order', {
    fields: [{ field: 'cursor', message: 'belongs to a list in another order' }],
  });
}

export function rowOf(
  document: Omit<OnboardingDocument, 'facts' | 'history'>,
  asOf: Date | null,
): OnboardingRow {
  const { _id, supplierUscc, supplierName, platform, programme, leaderUscc, providerUscc } = document;
  const { cityCode, districtCode, zone, status, stage, phase, followUp, failureReason } = document;
  const { level, baselineLevel, steps } = document;
  return {
    workflowId: _id,
    uscc: supplierUscc,
    name: supplierName,
    ...{ platform, programme, leaderUscc, providerUscc, cityCode, districtCode, zone },
    ...{ status, stage, phase, followUp, failureReason, level, baselineLevel },
    nominatedAt: document.nominatedAt?.toISOString() ?? null,
    closedAt: document.closedAt?.toISOString() ?? null,
    nextDueAt: document.nextDueAt?.toISOString() ?? null,
    waiting: waitingOf(steps),
    risk: stallRiskOf(status === 'ACTIVE', steps, asOf),
    // A document that was written before suppliers could ask has none.
    help: [...(document.help ?? [])],
  };
}

/** Every stage with its counts and its most urgent rows. */
export function readBoard(context: ReadContext, query: BoardQuery): Promise<Board> {
  const { db, cache, principal } = context;
  return cache.get(['board', principal.tenancy, query], async () => {
    const asOf = await businessTime(db);
    const { rows, ...asked } = query;
    const filter = orAll(onboardingFilter(context, asked, asOf));
    const [groups, late] = await Promise.all([
      onboardingsOf(db)
        .aggregate<{ _id: { status: string; stage: string }; count: number }>([
          { $match: filter },
          { $group: { _id: { status: '$status', stage: '$stage' }, count: { $sum: 1 } } },
        ])
        .toArray(),
      onboardingsOf(db)
        .aggregate<{ _id: string; count: number }>([
          { $match: orAll(onboardingFilter(context, { ...asked, stalled: true }, asOf)) },
          { $group: { _id: '$stage', count: { $sum: 1 } } },
        ])
        .toArray(),
    ]);
    const byStatus: Record<string, number> = {};
    for (const { _id, count } of groups) byStatus[_id.status] = (byStatus[_id.status] ?? 0) + count;
    const stages = await Promise.all(
      STAGES.map(async (stage) => {
        const urgent =
          rows === 0
            ? []
            : await onboardingsOf(db)
                .find({ $and: [filter, { status: 'ACTIVE', stage }] }, { projection: LEAN })
                .sort({ nextDueAt: 1, _id: 1 })
                .limit(rows)
                .toArray();
        return {
          stage,
          open: groups.find(({ _id }) => _id.status === 'ACTIVE' && _id.stage === stage)?.count ?? 0,
          stalled: late.find(({ _id }) => _id === stage)?.count ?? 0,
          rows: urgent.map((document) => rowOf(document, asOf)),
        };
      }),
    );
    const total = groups.reduce((sum, { count }) => sum + count, 0);
    return { asOf: asOf?.toISOString() ?? null, total, byStatus, stages };
  });
}

/** The funnel of what the reader may see, with `by` of each group beside it. */
export function readFunnel(
  context: ReadContext,
  query: OnboardingFilter & { readonly by?: FunnelDimension | undefined },
): Promise<Funnel> {
  const { db, cache, principal } = context;
  const { by, ...asked } = query;
  return cache.get(['funnel', principal.tenancy, query], async () => {
    const filter = orAll(onboardingFilter(context, asked, null));
    const [{ groups, ...all }, names] = await Promise.all([
      readFunnelOf(db, filter, by),
      by === undefined ? null : groupNames(db, by),
    ]);
    if (groups === undefined) return all;
    return {
      ...all,
      groups: groups
        .map(withholdFewFirms)
        .map((group) => ({ ...group, name: names?.get(group.key) ?? null })),
    };
  });
}

/** What cities and chains are called; industries and providers stand by their codes. */
async function groupNames(db: Db, by: FunnelDimension): Promise<ReadonlyMap<string, string>> {
  if (by === 'city')
    return new Map(cityRows(await readSummary(db, 'targets')).cities.map(({ code, name }) => [code, name]));
  if (by !== 'chain') return new Map();
  const leaders = await db.collection<{ _id: string; name: string }>('leaders').find({}).toArray();
  return new Map(leaders.map(({ _id, name }) => [_id, name]));
}
