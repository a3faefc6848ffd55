import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { Period } from '../../../schemas/ids.ts';
import { VERDICTS_ZH } from '../../../schemas/wording.ts';
import { APPROVAL_KPI_IDS, APPROVAL_KPIS, medianHours, mergeDurations } from '../domain/approvals.ts';
import {
  CHAIN_PARTS,
  type ChainPart,
  chainOfLeader,
  displacementIn,
  leaderImprovement,
  otherSuppliers,
} from '../domain/chains.ts';
import type { Measure } from '../domain/claimSchema.ts';
import { claimSupport } from '../domain/claimSupport.ts';
import { firstMeasured, judgeClaim, whyNull } from '../domain/claims.ts';
import { windowsOf } from '../domain/gains.ts';
import { scopeOf } from '../domain/groups.ts';
import { kpiOf } from '../domain/kpis.ts';
import { PAYBACK } from '../domain/payback.ts';
import { endOfPeriod } from '../domain/publications.ts';
import { shownValue } from '../domain/ratio.ts';
import { changeBehind, monthsBehind } from '../domain/support.ts';
import { COUNTING_TYPES, countedByPlan, plansInForce, progressNamed } from '../domain/targets.ts';
import type { World } from '../domain/world.ts';
import { withDayRoots } from './dayRoots.ts';
import { readDisplacement } from './displacement.ts';
import type { Horizon } from './eventLog.ts';
import { type EventPageQuery, eventsOfAll, span, supportingEvents } from './evidence.ts';
import {
  changeRatio,
  inChinese,
  named,
  type Opened,
  openApprovals,
  openBaseline,
  openImprovement,
  openMonth,
} from './explainFirm.ts';
import { openPayback } from './explainPayback.ts';
import { openGroup } from './groups.ts';
import { figureIdOf, firmWorld } from './read.ts';
import { loadClaims, loadWorldOfValues } from './worldStore.ts';

const PART_ZH = { leader: '链主', suppliers: '供应商', others: '无基线的供应商', chain: '全链' } as const;
/** What is held against a claim. */
const FORMULAS_ZH: Readonly<Record<Measure['kind'], string>> = {
  'plan-target': '已发布计划的目标数的中位数',
  'cities-within': '当日完成率在区间内的城市数',
  'failure-cause': '有这些原因的失败 ÷ 全部失败',
  'failure-phase': '这些阶段的失败 ÷ 全部失败',
  'failure-groups': '占失败达到下限的原因类数',
  payback: '自付投入 ÷ 每年节省',
  'without-digital-staff': '没有数字化人员的企业 ÷ 已知的企业',
  connected: '数据到达平台的供应商数',
  gain: '改造后 ÷ 冻结基线 − 1，扣除对照组',
  'approval-time': '线上中位数 ÷ 纸面中位数 − 1',
  'ai-inspection': 'AI 受检件数 ÷ 全部受检件数',
  count: '事件中的个数',
};

const TARGET_BASIS = {
  plan: 'as the plan states it',
  'region-class': 'by the programme’s default for the region class, since the plan states none',
  none: 'not stated, and its region class has none',
} as const;
const TARGET_BASIS_ZH = {
  plan: '按计划所述',
  'region-class': '取项目对该地区类别的默认值（计划未写明）',
  none: '未写明，该地区类别也没有默认值',
} as const;

const isChainPart = (part: string): part is ChainPart => (CHAIN_PARTS as readonly string[]).includes(part);
const isMonth = (text: string): boolean => Period.safeParse(text).success;

/**
 * Opens a figure down to its events: the count and set hash of all, and a page of them with their places in the log, in the hash chain and
 * in the sealed day.
 * @throws ChainlightError NOT_FOUND for an id that names no figure
 */
export async function explainFigure(
  db: Db,
  figureId: string,
  horizon: Horizon = {},
  page: EventPageQuery = {},
) {
  const opened = await open(db, figureId.split('/'), horizon, page);
  if (opened === null)
    throw new ChainlightError(
      'NOT_FOUND',
      `${figureId.trim() === '' ? 'An empty id' : figureId} names no figure; take an id from kpi show, targets or claims`,
    );
  const { support } = opened;
  const { asOf, window, ...evidence } =
    'eventsHash' in support
      ? { window: null, ...support }
      : await supportingEvents(db, support, horizon, page);
  return {
    figureId,
    ...opened.figure,
    // A claim speaks of no months by itself: it rests on those that its events are about.
    window: opened.figure.window ?? window,
    ...evidence,
    events: await withDayRoots(db, evidence.events),
    asOf: asOf.toISOString(),
    knownAt: (horizon.knownAt ?? new Date()).toISOString(),
  };
}
export type FigureExplanation = Awaited<ReturnType<typeof explainFigure>>;

/**
 * The events behind several cities' targets or several claims together, each counted once, and the firms or regions that they are about.
 * What names no target and no claim is passed over.
 */
export async function explainTogether(db: Db, figureIds: readonly string[], page: EventPageQuery = {}) {
  const world = await loadWorldOfValues(db);
  const opened = await Promise.all(figureIds.map((id) => openOfAll(world, id.split('/'))));
  const known = opened.flatMap((one) => one ?? []);
  const supports = known.flatMap(({ support }) => ('eventsHash' in support ? [] : support));
  return {
    entities: [...new Set(known.flatMap(({ figure }) => figure.entities))].sort(),
    ...(await eventsOfAll(db, supports, page)),
    asOf: world.asOf,
  };
}

/** Figures that are worked out over all firms. */
async function openOfAll(world: World, parts: readonly string[]): Promise<Opened | null> {
  const [head = '', second = '', programme] = parts;
  if (parts.length === 2 && head === 'claim') return openClaim(world, second);
  if (parts.length > 3) return null;
  if (head === 'forecast') return openForecast(world, second, programme);
  return head === 'target' ? openTarget(world, second, programme) : null;
}

async function open(
  db: Db,
  parts: readonly string[],
  horizon: Horizon,
  page: EventPageQuery,
): Promise<Opened | null> {
  const [head = '', second = '', third = '', fourth = ''] = parts;
  const month = parts.at(-1) ?? '';
  if (head === 'target' && parts.length > 2 && isMonth(month))
    return openOfAll(
      await loadWorldOfValues(db, { ...horizon, asOf: endOfPeriod(month) }),
      parts.slice(0, -1),
    );
  if (parts.length === 2 || head === 'target' || head === 'forecast')
    return openOfAll(await loadWorldOfValues(db, horizon), parts);
  if (head === 'turns' && parts.length === 3)
    return openTurns(await loadWorldOfValues(db, horizon), second, third);
  if (head === 'service-approvals' && parts.length === 3)
    return openServiceApprovals(await loadWorldOfValues(db, horizon), second, third);
  if (head === PAYBACK.slug && second === `v${PAYBACK.version}` && parts.length === 3)
    return openPayback(await firmWorld(db, third, horizon), third);
  if (parts.length !== 4) return null;
  const kpi = kpiOf(head);
  const scope = scopeOf(third);
  if (scope !== null)
    return kpi !== undefined && second === `v${kpi.version}` && isMonth(fourth)
      ? openGroup(db, kpi, scope, fourth, horizon, page)
      : null;
  if (kpi !== undefined && second === `v${kpi.version}`) {
    const world = await firmWorld(db, third, horizon);
    if (isMonth(fourth)) return openMonth(world, kpi, third, fourth);
    if (fourth === 'baseline') return openBaseline(world, kpi, third);
    if (fourth === 'improvement') {
      const opened = openImprovement(world, kpi, third);
      if (opened === null) return null;
      return {
        ...opened,
        figure: { ...opened.figure, displacement: await readDisplacement(db, third, horizon) },
      };
    }
  }
  const approvals = APPROVAL_KPI_IDS.map((id) => APPROVAL_KPIS[id]).find((one) => one.slug === head);
  if (approvals === undefined || !isMonth(fourth)) return null;
  return openApprovals(await firmWorld(db, third, horizon), approvals, third, fourth);
}

function openServiceApprovals(world: World, region: string, month: string): Opened | null {
  const document = world.models.service_approvals.get(`${region}/${month}`);
  if (document === undefined) return null;
  const all = [document.online, document.paper].flatMap((durations) => durations ?? []);
  const median = medianHours(mergeDurations(all));
  return {
    figure: {
      definition: 'Median time from submission to decision of service procurement in a region, calendar time',
      formula: 'median (decided − submitted), all channels',
      zh: inChinese(
        '一个地区服务采购从提交到决定的时间中位数，按自然时间',
        '（决定 − 提交）的中位数，线上线下合计',
      ),
      version: 1,
      unit: 'hours',
      value: median && shownValue(median),
      reason: null,
      numerator: median?.numerator ?? null,
      denominator: median?.denominator ?? null,
      window: { from: month, to: month },
      entities: [region],
      grade: 'a',
      sourceClass: 'bureau',
      children: [],
    },
    support: [
      {
        types: ['service-procurement.approval-decided.v1'],
        regions: [region],
        periods: [month],
      },
    ],
  };
}

function openTarget(world: World, city: string, programme?: string): Opened | null {
  const found = progressNamed(world, city, programme);
  const plan = plansInForce(world).find((one) => one.city === city && one.programme === found?.programme);
  if (found === undefined || plan === undefined) return null;
  const firms = (countedByPlan(world).done.get(plan._id) ?? []).map(({ uscc }) => uscc).sort();
  return {
    figure: {
      definition: `Share of the target of ${plan.cityName} (plan version ${plan.version}) that is done: firms accepted that count (contract and go-live inside the window, level 2 or above on site, papers that match, sustained use); target ${TARGET_BASIS[found.targetBasis]}`,
      formula: 'done ÷ target',
      zh: inChinese(
        `${plan.cityName}目标（计划第 ${plan.version} 版）的完成比例：已验收且可计入的企业（签约和上线在窗口期内、现场评级二级以上、票据一致、持续使用）；目标${TARGET_BASIS_ZH[found.targetBasis]}`,
        '完成 ÷ 目标',
      ),
      version: 1,
      unit: 'ratio',
      value: found.share,
      reason: null,
      numerator: found.done,
      denominator: found.target,
      window: { from: plan.windowFrom, to: plan.windowTo },
      entities: firms,
      grade: 'a',
      sourceClass: 'system',
      children: [],
    },
    support: [{ types: COUNTING_TYPES, firms, programme: plan.programme }],
  };
}

/** The forecast is the pace of what is done: it rests on the same events. */
function openForecast(world: World, city: string, programme?: string): Opened | null {
  const target = openTarget(world, city, programme);
  const found = progressNamed(world, city, programme);
  if (target === null || found === undefined) return null;
  const { low, mid, high, method, leftMonths } = found.forecast;
  return {
    ...target,
    figure: {
      ...target.figure,
      definition: `Firms of ${found.name} that will be done by the end of the window if the pace goes on: ${mid}, between ${low} and ${high}`,
      formula: method,
      zh: inChinese(
        `${found.name}按目前速度到窗口期末完成的企业：${mid} 家，在 ${low} 至 ${high} 家之间`,
        `已完成 + 速度 × 剩余 ${leftMonths.toFixed(1)} 个月；速度取最近六个月的月均数，上下限取其较快和较慢的一半`,
      ),
      unit: 'firms',
      value: mid,
      // What the target is a quotient of is not what the forecast is.
      numerator: null,
      denominator: null,
      children: [found.figureId],
    },
  };
}

function openTurns(world: World, leader: string, part: string): Opened | null {
  const kpi = kpiOf('inventoryTurns');
  if (kpi === undefined || !world.leaders().some((firm) => firm._id === leader)) return null;
  if (!isChainPart(part)) return null;
  const measuredChain = chainOfLeader(world, leader);
  const figure = measuredChain[part];
  const suppliers = world.chainOf(leader).map((firm) => firm._id);
  const theirs = suppliers.flatMap((uscc) => {
    const improvement = world.improvement(kpi, uscc);
    return improvement?.reason === null ? [{ uscc, windows: windowsOf(improvement) }] : [];
  });
  const measured = theirs.map(({ uscc }) => uscc);
  const own = leaderImprovement(world, leader);
  const hasOwn = own !== null && own.reason === null && (part === 'leader' || part === 'chain');
  const others = part === 'others' || part === 'chain' ? otherSuppliers(world, leader, measured, own) : null;
  const support = [
    ...(part === 'suppliers' || part === 'chain' ? theirs : []).flatMap(({ uscc, windows }) =>
      changeBehind(kpi, uscc, windows, world.firstBaseline(uscc)?.frozen),
    ),
    ...(hasOwn ? changeBehind(kpi, leader, windowsOf(own), world.leaderBaseline(leader)?.frozen) : []),
    ...(others?.firms ?? []).map(({ uscc, months }) => monthsBehind(kpi, uscc, months)),
  ];
  const change = figure.pooled && changeRatio(figure.pooled.before, figure.pooled.after);
  return {
    figure: {
      ...named(kpi),
      definition: `Change of inventory turns of ${world.nameOf(leader)}: ${part}, summed numerators over summed denominators, ${figure.before ?? 'unknown'} before and ${figure.after ?? 'unknown'} after`,
      formula: `after ÷ before − 1, of: ${kpi.formula}`,
      zh: inChinese(
        `${world.nameOf(leader)}库存周转的变化：${PART_ZH[part]}，分子之和 ÷ 分母之和，改造前 ${figure.before ?? '未知'}，改造后 ${figure.after ?? '未知'}`,
        `改造后 ÷ 改造前 − 1，其中：${kpi.zh.formula}`,
      ),
      unit: 'ratio',
      value: figure.change,
      reason: figure.reason,
      numerator: change?.numerator ?? null,
      denominator: change?.denominator ?? null,
      window: span(support.flatMap(({ periods }) => periods).sort()),
      entities: [...new Set(support.map(({ firm }) => firm))],
      grade: null,
      sourceClass: null,
      children: [
        ...(part === 'suppliers' || part === 'chain' ? measured : []).map((uscc) =>
          figureIdOf(kpi, uscc, 'improvement'),
        ),
        ...(hasOwn ? [figureIdOf(kpi, leader, 'baseline')] : []),
      ],
      displacement: [displacementIn(measuredChain)],
    },
    support,
  };
}

async function openClaim(world: World, id: string): Promise<Opened | null> {
  const claim = (await loadClaims()).find((one) => one.id === id);
  if (claim === undefined) return null;
  const judged = judgeClaim(claim, world);
  return {
    figure: {
      definition: `${judged.title.en} — ${judged.verdict}: ${judged.reason}`,
      formula: claim.measure.kind,
      zh: {
        definition: `${judged.title.zh}——${VERDICTS_ZH[judged.verdict]}：${judged.reasonZh}`,
        formula: FORMULAS_ZH[claim.measure.kind],
        reason: whyNull(judged.measured, judged.reasonZh),
      },
      version: 1,
      unit: claim.unit,
      value: judged.measured,
      reason: whyNull(judged.measured, judged.reason),
      numerator: firstMeasured(judged.readings)?.numerator ?? null,
      denominator: firstMeasured(judged.readings)?.denominator ?? null,
      window: null,
      entities: judged.entities,
      grade: claim.grade,
      sourceClass: null,
      children: judged.children,
      displacement: judged.displacement,
    },
    support: claimSupport(claim, judged.entities, world),
  };
}
