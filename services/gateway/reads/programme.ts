import type { Finding } from '../../../schemas/api/findings.ts';
import type { FigureExplanation, FigureQuery } from '../../../schemas/api/kpi.ts';
import type {
  CityPage,
  CityQuery,
  CityRow,
  FindingPage,
  FindingQuery,
  Network,
  NetworkQuery,
} from '../../../schemas/api/overview.ts';
import type { ClaimSection } from '../../../schemas/api/page.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { explainFigure, scopeOf } from '../../measurement/index.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { readSummary } from '../adapters/readModels.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import { discloseFinding, partsScopesOf } from '../domain/disclosure.ts';
import { cityRows, claimSection } from '../domain/summaries.ts';
import { isOwnFirm, seesCity, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { inJurisdiction, shownDisplacement } from './chainGains.ts';
import type { ReadContext } from './context.ts';
import { readAllFindings } from './findings.ts';
import { INTAKE_FIGURE, openIntakeFigure } from './intakeFigures.ts';
import { openKeyFigure } from './keyFigures.ts';
import { BOARD_FIGURE, ONBOARDINGS_FIGURE, openOnboardingFigure } from './onboardingFigures.ts';
import { concerns } from './publications.ts';
import { isStageTime, openStageTime } from './stageTimes.ts';
import { requireFirm, scopesFor } from './suppliers.ts';

const MAX_NODES = 5_000;
const MAX_EDGES = 20_000;

/** The cities of the reader's jurisdiction, ranked. They are few: a summary document holds them all. */
export async function listCities({ db, principal }: ReadContext, query: CityQuery): Promise<CityPage> {
  const { asOf, cities } = cityRows(await readSummary(db, 'targets'));
  const all = cities
    .filter(({ code }) => seesCity(principal.tenancy, code))
    .filter(({ status }) => query.status === undefined || status === query.status)
    .sort(byField(query));
  const start =
    query.cursor === undefined
      ? 0
      : all.findIndex(({ figureId }) => figureId === positionOf(query.cursor ?? '')[1]) + 1;
  const items = all.slice(start, start + query.limit);
  const last = items.at(-1);
  const isMore = start + items.length < all.length;
  return {
    asOf,
    total: all.length,
    items,
    nextCursor: isMore && last !== undefined ? cursorOf([null, last.figureId]) : null,
  };
}

function byField({ sort, order }: CityQuery): (a: CityRow, b: CityRow) => number {
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => {
    // A city without a target has no share: it stands last, whichever way round.
    const [left, right] = [a[sort], b[sort]];
    if (left === null || right === null)
      return left === right ? (a.figureId < b.figureId ? -1 : 1) : left === null ? 1 : -1;
    if (left === right) return a.figureId < b.figureId ? -1 : 1;
    return left < right ? -sign : sign;
  };
}

export const readClaims = async ({ db }: ReadContext): Promise<ClaimSection> =>
  claimSection(await readSummary(db, 'claims'));

/**
 * Opens a figure down to its events, if it is one that the reader may see in full. Of counts of intake only the newest records are
 * listed, on one page.
 * @throws ChainlightError NOT_FOUND, CONSENT_REQUIRED, BAD_INPUT for a cursor that is none
 */
export async function openFigure(
  context: ReadContext,
  { id: figureId, limit, cursor }: FigureQuery,
): Promise<FigureExplanation> {
  const page = { limit, after: cursor };
  const { db, principal, cache } = context;
  const { tenancy } = principal;
  const [head = '', second = '', third = ''] = figureId.split('/');
  const unknown = new ChainlightError('NOT_FOUND', `${figureId} names no figure that you may see`);
  if (head === ONBOARDINGS_FIGURE && isStageTime(figureId)) return openStageTime(context, figureId, page);
  if (head === ONBOARDINGS_FIGURE || head === BOARD_FIGURE)
    return openOnboardingFigure(context, figureId, page);
  if (head === INTAKE_FIGURE) return openIntakeFigure(context, figureId);
  if (head === 'claim' || head === 'claims' || head === 'service-approvals') {
    if (tenancy.role !== 'operator' && tenancy.role !== 'bureau' && tenancy.role !== 'financial-auditor')
      throw unknown;
    if (head === 'claims') return openKeyFigure(context, figureId, page);
  } else if (head === 'targets') {
    return openKeyFigure(context, figureId, page);
  } else if (head === 'target' || head === 'forecast') {
    if (!seesCity(tenancy, second)) throw unknown;
  } else if (head === 'turns') {
    if (tenancy.role === 'leader' && (!isOwnFirm(tenancy, second) || third !== 'leader')) throw unknown;
    if (tenancy.role === 'supplier') throw unknown;
    const isForeign = (await inJurisdiction(db, tenancy, [{ leaderUscc: second }])).length === 0;
    if (tenancy.role !== 'leader' && isForeign) throw unknown;
  } else if (scopeOf(third) !== null) {
    const isOfficial = tenancy.role !== 'leader' && tenancy.role !== 'supplier';
    if (!isOfficial || !(await concerns(context))(figureId)) throw unknown;
  } else {
    await requireFirm(context, third);
    const granted = await scopesFor(context, third);
    if (!partsScopesOf(kpiOfSlug(head)).every((scope) => granted.includes(scope)))
      throw new ChainlightError('CONSENT_REQUIRED', `${third} has not agreed to show ${figureId}`);
  }
  const opened = (await cache.get(['figure', figureId, page], () =>
    explainFigure(db, figureId, {}, page),
  )) as FigureExplanation;
  if (opened.displacement === undefined) return opened;
  const leaders = opened.displacement.map(({ leaderUscc }) => leaderUscc);
  return { ...opened, displacement: await shownDisplacement(context, leaders) };
}

const kpiOfSlug = (slug: string): string =>
  slug
    .split('-')
    .map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');

/** What is kept under this key is worked out over the whole data set, for all readers. */
export const FINDINGS_KEY = ['findings'] as const;

/** Every finding about the firms that the reader may see, in the order of their ids. */
export async function visibleFindings(
  context: ReadContext,
  query: Omit<FindingQuery, 'limit' | 'cursor'> = {},
): Promise<Finding[]> {
  return (await findingsFor(context))
    .filter(({ code }) => query.code === undefined || code === query.code)
    .filter(({ state }) => query.state === undefined || state === query.state)
    .filter(({ severity }) => query.severity === undefined || severity === query.severity)
    .filter(({ entities }) => query.supplier === undefined || entities.includes(query.supplier))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function findingsFor({ db, principal, cache }: ReadContext): Promise<readonly Finding[]> {
  const { tenancy } = principal;
  const { findings } = await cache.get(FINDINGS_KEY, () => readAllFindings(db));
  const visible = visibleTo(tenancy);
  if (Object.keys(visible).length === 0) return findings;
  const firms = new Set((await onboardingsOf(db).distinct('supplierUscc', visible as object)) as string[]);
  const about = findings.filter(({ entities }) => entities.some((entity) => firms.has(entity)));
  if (tenancy.role !== 'supplier') return about;
  const leaders = await db
    .collection<{ _id: string }>('leaders')
    .find({ _id: { $in: about.flatMap(({ entities }) => entities) } }, { projection: { _id: 1 } })
    .toArray();
  const known = new Set([...tenancy.firms, ...leaders.map(({ _id }) => _id)]);
  return about.map((finding) => discloseFinding(finding, known));
}

export async function listFindings(context: ReadContext, query: FindingQuery): Promise<FindingPage> {
  const all = await visibleFindings(context, query);
  const after = query.cursor === undefined ? null : positionOf(query.cursor)[1];
  const rest = after === null ? all : all.filter(({ id }) => id > after);
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const isMore = rest.length > items.length && last !== undefined;
  return { total: all.length, items, nextCursor: isMore ? cursorOf([null, last.id]) : null };
}

/** The tiers of a chain by declared relations. A leader sees its own chain's first tier and whom those declare to buy from. */
export async function readNetwork(context: ReadContext, query: NetworkQuery): Promise<Network> {
  const { db, principal } = context;
  const { tenancy } = principal;
  if (tenancy.role === 'leader' && !isOwnFirm(tenancy, query.leader))
    throw new ChainlightError(
      'NOT_FOUND',
      `there is no chain of ${query.leader} among those that you may see`,
    );
  const tierOf = new Map<string, number>([[query.leader, 0]]);
  const edges: Network['edges'] = [];
  let frontier = [query.leader];
  let truncated = false;
  for (let tier = 1; tier <= query.tiers && frontier.length > 0; tier++) {
    const relations = await db
      .collection<{ buyerUscc: string; supplierUscc: string }>('relations')
      .find({ buyerUscc: { $in: frontier }, 'declared.0': { $exists: true } })
      .project<{ buyerUscc: string; supplierUscc: string }>({ buyerUscc: 1, supplierUscc: 1 })
      .sort({ _id: 1 })
      .limit(MAX_EDGES + 1)
      .toArray();
    frontier = [];
    for (const { buyerUscc, supplierUscc } of relations) {
      if (tierOf.size > MAX_NODES || edges.length >= MAX_EDGES) {
        truncated = true;
        break;
      }
      if (!tierOf.has(supplierUscc)) {
        tierOf.set(supplierUscc, tier);
        frontier.push(supplierUscc);
      }
      edges.push({ buyer: buyerUscc, supplier: supplierUscc });
    }
  }
  const visible = await onboardingsOf(db)
    .find({ $and: [{ supplierUscc: { $in: [...tierOf.keys()] } }, visibleTo(tenancy)] } as object)
    .project<{ supplierUscc: string; supplierName: string | null; status: string; stage: string }>({
      supplierUscc: 1,
      supplierName: 1,
      status: 1,
      stage: 1,
    })
    .toArray();
  const known = new Map(visible.map((document) => [document.supplierUscc, document]));
  const isRegional = tenancy.role === 'bureau' && Object.keys(visibleTo(tenancy)).length > 0;
  // A bureau of a region sees the firms of its region, and the leader that they deliver to.
  const isShown = (uscc: string): boolean => !isRegional || uscc === query.leader || known.has(uscc);
  const nodes = [...tierOf]
    .filter(([uscc]) => isShown(uscc))
    .map(([uscc, tier]) => ({
      uscc,
      name: known.get(uscc)?.supplierName ?? null,
      tier,
      status: known.get(uscc)?.status ?? null,
      stage: known.get(uscc)?.stage ?? null,
    }));
  const shownEdges = edges.filter(({ buyer, supplier }) => isShown(buyer) && isShown(supplier));
  return { leader: query.leader, nodes, edges: shownEdges, truncated };
}
