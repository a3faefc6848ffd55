import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { addMonths, dateOf, periodOf, periodsBetween } from '../../../schemas/time.ts';
import { factOf } from '../domain/facts.ts';
import { type MonthsOf, monthsOf } from '../domain/figures.ts';
import { FIRM_TYPES } from '../domain/firm.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { groupFigure, isWithin, regionPrefix, type Scope, scopeText } from '../domain/groups.ts';
import { type Kpi, NULL_REASONS } from '../domain/kpi.ts';
import { KPIS } from '../domain/kpis.ts';
import { contributionOf, figureOfPool, type PooledFigure, PoolSum } from '../domain/pools.ts';
import { shownValue } from '../domain/ratio.ts';
import { foldModels } from '../domain/readModels.ts';
import type { Membership } from '../domain/rollups.ts';
import { typeOfKind } from '../domain/slots.ts';
import { statementsTaken } from '../domain/support.ts';
import { type Horizon, standingEvents, standingFacts } from './eventLog.ts';
import { type EventPageQuery, placeOf } from './evidence.ts';
import type { Opened } from './explainFirm.ts';
import { inChinese, named } from './explainFirm.ts';
import { loadMonths } from './panel.ts';
import { countMembers, readRollups } from './rollups.ts';
import { modelOf } from './store.ts';
import { businessNow } from './worldStore.ts';

interface Member {
  readonly uscc: string;
  readonly months: MonthsOf;
}
const NOTHING: MonthsOf = () => undefined;
const FIRMS_A_BATCH = 5_000;

export const groupFigureId = (kpi: Kpi, scope: Scope, period: string): string =>
  `${kpi.slug}/v${kpi.version}/${scopeText(scope)}/${period}`;

/** USCCs of the firms of a scope that the read models know, by an index. */
async function firmsWithin(db: Db, scope: Scope): Promise<string[]> {
  const { level, code } = scope;
  const prefix = regionPrefix(code);
  const filter =
    level === 'zone'
      ? { places: code }
      : level === 'leader'
        ? { _id: code }
        : level === 'suppliers' || level === 'chain'
          ? { $or: [{ chains: code }, { _id: code }] }
          : { places: { $gte: prefix, $lt: `${prefix}:` } };
  const firms = await modelOf(db, 'firms')
    .find(filter)
    .project<Membership>({ places: 1, chains: 1 })
    .sort({ _id: 1 })
    .batchSize(FIRMS_A_BATCH)
    .toArray();
  return firms.filter((firm) => isWithin(firm, scope)).map((firm) => firm._id);
}

/** Members of a scope with the months that the KPIs need: the read models, or for an earlier moment the events of then. */
async function membersOf(
  db: Db,
  scope: Scope,
  horizon: Horizon,
  kpis: readonly Kpi[],
  periods: readonly string[],
): Promise<Member[]> {
  if (horizon.asOf === undefined && horizon.knownAt === undefined) {
    const usccs = await firmsWithin(db, scope);
    const months = await loadMonths(db, usccs, kpis, periods);
    return usccs.map((uscc) => ({ uscc, months: months.get(uscc) ?? NOTHING }));
  }
  const { firms } = foldModels(await standingFacts(db, { types: FIRM_TYPES }, horizon));
  const within = [...firms.values()].filter((firm) => isWithin(firm, scope)).map((firm) => firm._id);
  const facts = await standingFacts(db, { types: FIRM_YEAR_TYPES, firms: within }, horizon);
  const years = [...foldModels(facts).kpi.values()];
  return within
    .sort()
    .map((uscc) => ({ uscc, months: monthsOf(years.filter((year) => year.firm === uscc)) }));
}

interface FiguresOfScope {
  readonly members: number;
  figureOf(kpi: Kpi, period: string): PooledFigure;
}

/** From the sums that are kept, wherever the question is about now; otherwise from the firms' months. */
async function figuresOf(
  db: Db,
  scope: Scope,
  horizon: Horizon,
  kpis: readonly Kpi[],
  periods: readonly string[],
): Promise<FiguresOfScope> {
  const isNow = horizon.asOf === undefined && horizon.knownAt === undefined;
  if (!isNow || scope.level === 'leader') {
    const members = await membersOf(db, scope, horizon, kpis, periods);
    return {
      members: members.length,
      figureOf: (kpi, period) => groupFigure(kpi, members, period),
    };
  }
  // A chain is its supplier base and its leader.
  const kept: Scope = scope.level === 'chain' ? { level: 'suppliers', code: scope.code } : scope;
  const [rollups, count, leader] = await Promise.all([
    readRollups(db, kept, periods),
    countMembers(db, kept),
    scope.level === 'chain' ? membersOf(db, { ...scope, level: 'leader' }, horizon, kpis, periods) : [],
  ]);
  const members = count + leader.length;
  return {
    members,
    figureOf: (kpi, period) => {
      const sum = new PoolSum();
      const pool = rollups.get(period)?.kpis[kpi.id];
      if (pool !== undefined) sum.addPool(pool);
      for (const { months } of leader) {
        const own = contributionOf(kpi, months(period), period);
        if (own !== null) sum.add(own, 1);
      }
      return figureOfPool(kpi, sum.toPool(), period, members);
    },
  };
}

export interface GroupQuestion {
  readonly scope: Scope;
  /** Months, both included; the twelve up to the last complete one where absent. */
  readonly from?: string;
  readonly to?: string;
  /** KPI id; all where absent. */
  readonly kpi?: string;
}

/**
 * Figures of a region, zone or chain by month.
 * @throws ChainlightError NOT_FOUND where nobody belongs to the scope
 */
export async function readGroup(db: Db, question: GroupQuestion, horizon: Horizon = {}) {
  const { scope } = question;
  const asOf = horizon.asOf ?? (await businessNow(db));
  const to = question.to ?? addMonths(periodOf(asOf), -1);
  const periods = periodsBetween(question.from ?? addMonths(to, -11), to);
  const kpis = KPIS.filter((kpi) => question.kpi === undefined || kpi.id === question.kpi);
  const { members, figureOf } = await figuresOf(db, scope, horizon, kpis, periods);
  if (members === 0) throw new ChainlightError('NOT_FOUND', `no firm belongs to ${scopeText(scope)}`);
  return {
    scope: scopeText(scope),
    level: scope.level,
    members,
    asOf: asOf.toISOString(),
    months: periods.map((period) => ({
      month: period,
      ...(Object.fromEntries(kpis.map((kpi) => [kpi.id, shown(kpi, scope, figureOf(kpi, period))])) as Record<
        string,
        ReturnType<typeof shown>
      >),
    })),
  };
}

const shown = (kpi: Kpi, scope: Scope, figure: PooledFigure) => ({
  value: shownValue(figure),
  ...(figure.reason === null ? {} : { reason: figure.reason, explanation: NULL_REASONS[figure.reason] }),
  figureId: groupFigureId(kpi, scope, figure.period),
  numerator: figure.numerator,
  denominator: figure.denominator,
  firms: figure.count,
  without: figure.without,
  events: figure.events,
  grade: figure.grade,
  sourceClass: figure.sourceClass,
});

const SHOWN_EVENTS = 100;

/** The firm and identity that a page ended with. */
function readGroupCursor(after: string): string {
  const place = Buffer.from(after, 'base64url').toString();
  if (!/^[0-9A-Z]{18} ./.test(place))
    throw new ChainlightError(
      'BAD_INPUT',
      `${after} is no place to go on from; take \`next\` of the page before`,
    );
  return place;
}

/** Opens a month's figure of a scope; count and hash of its events are those that the read models keep. */
export async function openGroup(
  db: Db,
  kpi: Kpi,
  scope: Scope,
  period: string,
  horizon: Horizon,
  { limit = SHOWN_EVENTS, after }: EventPageQuery = {},
): Promise<Opened | null> {
  const members = await membersOf(db, scope, horizon, [kpi], [period]);
  if (members.length === 0) return null;
  const figure = groupFigure(kpi, members, period);
  const asOf = horizon.asOf ?? (await businessNow(db));
  const types = [...new Set(kpi.kinds.map(typeOfKind))];
  const from = after === undefined ? '' : readGroupCursor(after);
  const rest = figure.firms.filter((uscc) => uscc >= from.slice(0, from.indexOf(' ')));
  // Each firm has an event at least; the first may be on the page before.
  const firms = rest.slice(0, limit + 2);
  const events = await standingEvents(db, { types, firms, periods: [period, period] }, horizon);
  const placeIn = (event: { firm: string | null; _id: string }): string => `${event.firm} ${event._id}`;
  const taken = new Set(statementsTaken(events.map(factOf), kpi.kinds).map(({ identity }) => identity));
  const behind = events
    .filter((event) => taken.has(event._id) && placeIn(event) > from)
    .sort((a, b) => (placeIn(a) < placeIn(b) ? -1 : 1));
  const page = behind.slice(0, limit);
  const last = page.at(-1);
  const hasMore = behind.length > page.length || rest.length > firms.length;
  return {
    figure: {
      ...named(kpi),
      definition: `${kpi.definition}; ${scopeText(scope)}, ${figure.firms.length} of ${members.length} firms that belong to it by ${dateOf(asOf)}, ${kpi.pool === 'ratio' ? 'summed numerators over summed denominators' : 'the formula over summed reports'}`,
      zh: inChinese(
        `${kpi.zh.definition}；${scopeText(scope)}，截至 ${dateOf(asOf)} 所属 ${members.length} 家企业中的 ${figure.firms.length} 家，${kpi.pool === 'ratio' ? '分子之和 ÷ 分母之和' : '按合计数套用公式'}`,
        kpi.zh.formula,
      ),
      value: shownValue(figure),
      reason: figure.reason === null ? null : NULL_REASONS[figure.reason],
      numerator: figure.numerator,
      denominator: figure.denominator,
      window: { from: period, to: period },
      entities: figure.firms,
      grade: figure.grade,
      sourceClass: figure.sourceClass,
      children: figure.firms.map((uscc) => `${kpi.slug}/v${kpi.version}/${uscc}/${period}`),
    },
    support: {
      eventCount: figure.events,
      eventsHash: figure.hash,
      events: page.map(placeOf),
      next: hasMore && last !== undefined ? Buffer.from(placeIn(last)).toString('base64url') : null,
      asOf,
    },
  };
}
