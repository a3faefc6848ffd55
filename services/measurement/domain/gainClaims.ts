import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { NULL_REASONS_ZH } from '../../../schemas/wording.ts';
import { countOf, medianHours, mergeDurations } from './approvals.ts';
import { type Displacement, displacementOf } from './chains.ts';
import type { Claim, Measure } from './claimSchema.ts';
import { type GroupGain, groupGain, MIN_CONTROLS } from './gains.ts';
import { kpiOf } from './kpis.ts';
import { paybackOf } from './payback.ts';
import { changeOf, shownValue } from './ratio.ts';
import { bestSlot } from './slots.ts';
import { type Finding, type Grounds, notTestable, percent, percentZh, reading, share } from './verdicts.ts';
import type { EntitySelector, World } from './world.ts';

/** Claims about what firms gained. They are judged by measured values against frozen baselines. */

type Of<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>;

/** Of the firms meant, those that went live: the claims speak of firms that were transformed. */
const transformed = (world: World, entities: EntitySelector): string[] => [
  ...new Set(
    world.select(entities).flatMap(({ uscc, enrolment }) => (enrolment.live === undefined ? [] : [uscc])),
  ),
];

function describe(gain: GroupGain): Grounds {
  const { control, net, measurementChanged, uncontrolled, asked, raw } = gain;
  const controlled =
    control === null
      ? { en: 'no controls, so a general trend is not taken out', zh: '没有对照组，未扣除普遍趋势' }
      : {
          en: `${percent(control)} meanwhile for firms that never signed a contract`,
          zh: `同期未签约企业 ${percentZh(control)}`,
        };
  const leftOut =
    uncontrolled > 0
      ? {
          en: `; ${uncontrolled} more left out, with fewer than ${MIN_CONTROLS} controls over their months`,
          zh: `；另有 ${uncontrolled} 家同期对照不足 ${MIN_CONTROLS} 家，未计入`,
        }
      : { en: '', zh: '' };
  const switched =
    measurementChanged > 0
      ? {
          en: `; for ${measurementChanged} the way of measuring changed too`,
          zh: `；其中 ${measurementChanged} 家的数据来源也变了`,
        }
      : { en: '', zh: '' };
  const fewerDays = net === null ? null : percent(1 / (1 + net) - 1);
  const days =
    gain.kpi === 'inventoryTurns' && fewerDays !== null
      ? { en: `, that is days of inventory ${fewerDays}`, zh: `，即库存天数 ${fewerDays}` }
      : { en: '', zh: '' };
  const name = kpiOf(gain.kpi)?.zh.name ?? gain.kpi;
  return {
    en: `${gain.kpi} ${percent(raw)} over ${gain.firms.length} of ${asked} firms (${controlled.en}; net ${percent(net)}${days.en}${leftOut.en}${switched.en})`,
    zh: `${name} ${percentZh(raw)}，${asked} 家企业中的 ${gain.firms.length} 家（${controlled.zh}；净变化 ${percentZh(net)}${days.zh}${leftOut.zh}${switched.zh}）`,
  };
}

function describeChain({ name, leader, suppliers, others, chain, unmeasured }: Displacement): Grounds {
  return {
    en: `inventory turns in the chain of ${name} meanwhile: leader ${percent(leader)}, suppliers ${percent(suppliers)}, those without a baseline ${percent(others)}, together ${percent(chain)} (${unmeasured} suppliers report no stock)`,
    zh: `同期${name}链上的库存周转：链主 ${percentZh(leader)}，供应商 ${percentZh(suppliers)}，无基线的供应商 ${percentZh(others)}，全链 ${percentZh(chain)}（${unmeasured} 家供应商未报库存）`,
  };
}

export function gain(claim: Claim, measure: Of<'gain'>, world: World): Finding {
  const usccs = transformed(world, measure.entities);
  if (usccs.length === 0)
    return notTestable(claim, {
      en: 'none of the firms meant has gone live',
      zh: '所指的企业都还没有上线',
    });
  const gains = measure.kpis.flatMap((id) => {
    const kpi = kpiOf(id);
    return kpi === undefined ? [] : [groupGain(world, kpi, usccs)];
  });
  const measurable = gains.filter((one) => one.net !== null);
  if (measurable.length === 0) {
    const reasons = [...new Set(gains.flatMap((one) => Object.keys(one.reasons)))];
    return notTestable(claim, {
      en: `no figure before and after for any of the ${usccs.length} firms (${reasons.join(', ')})`,
      zh: `${usccs.length} 家企业都没有改造前后的数值（${reasons.map((code) => NULL_REASONS_ZH[code] ?? code).join('；')}）`,
    });
  }
  const displacement = displacementOf(world, usccs);
  const aim = claim.isAim
    ? { en: ' The figure was an aim, not a result.', zh: '该数字是目标，不是结果。' }
    : { en: '', zh: '' };
  const described = [...gains.map(describe), ...displacement.map(describeChain)];
  return {
    readings: gains.map((one) => reading(claim, one.kpi, one.net)),
    reason: {
      en: `${described.map(({ en }) => en).join('; ')}. Judged by the net change.${aim.en}`,
      zh: `${described.map(({ zh }) => zh).join('；')}。按净变化判断。${aim.zh}`,
    },
    entities: usccs,
    displacement,
    children: [
      ...measurable.flatMap((one) =>
        one.firms.map((uscc) => `${kpiOf(one.kpi)?.slug}/v${kpiOf(one.kpi)?.version}/${uscc}/improvement`),
      ),
      ...displacement.map(({ figureId }) => figureId),
    ],
  };
}

export function approvalTime(claim: Claim, measure: Of<'approval-time'>, world: World): Finding {
  const regions = [...world.models.service_approvals.values()].filter((one) =>
    one.region.startsWith(measure.regionPrefix),
  );
  const paper = mergeDurations(regions.flatMap((one) => one.paper ?? []));
  const online = mergeDurations(regions.flatMap((one) => one.online ?? []));
  const [papers, onlines] = [countOf(paper), countOf(online)];
  if (Math.min(papers, onlines) < measure.leastDecisions)
    return notTestable(claim, {
      en: `only ${papers} decisions on paper and ${onlines} online are known`,
      zh: `只知道纸面审批 ${papers} 件、线上审批 ${onlines} 件`,
    });
  const [before, after] = [medianHours(paper), medianHours(online)];
  const change = changeOf(before && shownValue(before), after && shownValue(after));
  const readings = measure.readings.map(({ name, expected }) => reading(claim, name.en, change, expected));
  return {
    readings,
    reason: {
      en: `median time from submission to decision ${hours(before, 'h') ?? 'unknown'} on paper (${papers}) and ${hours(after, 'h') ?? 'unknown'} online (${onlines}): ${percent(change)}. "+70 % efficiency" can mean ${measure.readings.map(({ name, expected }) => `${name.en} (time ${percent(expected)})`).join(' or ')}`,
      zh: `从提交到决定的时间中位数：纸面 ${hours(before, '小时') ?? '未知'}（${papers} 件），线上 ${hours(after, '小时') ?? '未知'}（${onlines} 件）：${percentZh(change)}。“效率提高 70%”可以指${measure.readings.map(({ name, expected }) => `${name.zh}（时间 ${percentZh(expected)}）`).join('或')}`,
    },
    entities: [...new Set(regions.map((one) => one.region))].sort(),
    children: regions.map((one) => `service-approvals/${one._id}`).sort(),
  };
}

const hours = (ratio: ReturnType<typeof medianHours>, unit: string): string | null =>
  ratio === null ? null : `${(shownValue(ratio) ?? 0).toFixed(1)} ${unit}`;

/**
 * Own outlay (contract less subsidies) over the saving a year: quality and processing cost by 100 yuan, at today's revenue. That is how
 * long it would take: within the months that are known hardly a firm can have its money back, so what was measured as saved stands beside it.
 */
export function payback(claim: Claim, measure: Of<'payback'>, world: World): Finding {
  let [outlayFen, savingFen, savedFen, paidBack] = [0, 0, 0, 0];
  const firms: string[] = [];
  for (const uscc of transformed(world, {})) {
    const firm = paybackOf(world, uscc);
    if (firm === null) continue;
    outlayFen += firm.ownOutlayFen;
    savingFen += firm.yearlySavingFen;
    savedFen += firm.savedFen;
    if (firm.paidBackAfterMonths !== null) paidBack++;
    firms.push(uscc);
  }
  if (firms.length < measure.leastFirms || outlayFen === 0)
    return notTestable(claim, {
      en: `outlay and saving are both known for ${firms.length} firms only; ${measure.leastFirms} are needed`,
      zh: `只有 ${firms.length} 家企业的投入和节省都已知；至少需要 ${measure.leastFirms} 家`,
    });
  const [outlay, saving] = [Math.round(outlayFen / 100), Math.round(savingFen / 100)];
  const measured = {
    en: `. Measured since the contracts: ${Math.round(savedFen / 100)} yuan saved, and ${paidBack} of the ${firms.length} firms have their outlay back`,
    zh: `。签约以来实测累计节省 ${Math.round(savedFen / 100)} 元，${firms.length} 家中 ${paidBack} 家已收回投入`,
  };
  const paid = `${firms.length} firms paid ${outlay} yuan net of subsidies`;
  const paidZh = `${firms.length} 家企业扣除补贴后投入 ${outlay} 元`;
  if (savingFen <= 0)
    return {
      readings: [{ ...reading(claim, 'payback', null), verdict: 'contradicted' }],
      reason: {
        en: `${paid}; their quality and processing cost rose by ${-saving} yuan a year: nothing is paid back${measured.en}`,
        zh: `${paidZh}，质量和加工成本每年反而增加 ${-saving} 元：没有回收${measured.zh}`,
      },
      entities: firms,
      children: [],
    };
  const years = outlayFen / savingFen;
  return {
    readings: [reading(claim, 'payback', { numerator: outlayFen, denominator: savingFen })],
    reason: {
      en: `${paid} and save ${saving} yuan a year in quality and processing cost: ${years.toFixed(1)} years at that rate, ${share(1 / years)} a year simple${measured.en}. The text calls it ROI; as a ratio it would mean something else`,
      zh: `${paidZh}，每年节省质量和加工成本 ${saving} 元：${years.toFixed(1)} 年回收，按单利每年 ${share(1 / years)}${measured.zh}。原文称之为投资回报率；若指比率则是另一个意思`,
    },
    entities: firms,
    children: [],
  };
}

export function withoutDigitalStaff(claim: Claim, world: World): Finding {
  const counted = staffCounts(world);
  const known = counted.length;
  const none = counted.filter(({ digitalStaff }) => digitalStaff === 0).length;
  if (known < 20)
    return notTestable(claim, {
      en: `digital staff are known for ${known} firms only`,
      zh: `只知道 ${known} 家企业的数字化人员情况`,
    });
  const value = none / known;
  const judged = reading(claim, 'firms without digital staff', { numerator: none, denominator: known });
  return {
    readings: [{ ...judged, verdict: judged.verdict === 'confirmed' ? 'partly' : judged.verdict }],
    reason: {
      en: `${none} of ${known} firms (${share(value)}) have no digital staff. Having none is not the same as not being able to afford any: the events know only the first, so at best the claim holds partly`,
      zh: `${known} 家企业中有 ${none} 家（${share(value)}）没有数字化人员。没有不等于请不起：事件只能说明前者，所以声明至多部分成立`,
    },
    entities: [],
    children: [],
  };
}

interface StaffCount {
  readonly uscc: string;
  readonly period: string;
  readonly digitalStaff: number;
}

/** Digital staff of every firm, leaders apart, in its latest headcount before its contract (or at all), where that states them. */
export const staffCounts = (world: World): StaffCount[] =>
  [...world.models.firms.values()].flatMap(({ _id: uscc, leader }) => {
    if (leader !== undefined || !world.hasMonths(uscc)) return [];
    return staffBefore(world, uscc, world.firstContract(uscc)?.month) ?? [];
  });

function staffBefore(world: World, uscc: string, contractMonth: string | undefined): StaffCount | null {
  const last = contractMonth === undefined ? world.lastPeriod : addMonths(contractMonth, -1);
  const months = world.months(uscc);
  for (const period of periodsBetween(addMonths(last, -12), last).reverse()) {
    const best = bestSlot(months(period)?.slots?.headcount);
    const digitalStaff = best?.slot.v[1] ?? null;
    if (best !== undefined) return digitalStaff === null ? null : { uscc, period, digitalStaff };
  }
  return null;
}

/** Months since the one after going live. */
export function inspectedMonths(world: World, uscc: string): string[] {
  const baseline = world.baselinesOf(uscc)[0];
  const first = baseline && world.firstAfterMonth(uscc, baseline);
  return first ? periodsBetween(first, world.lastPeriod) : [];
}

export function aiInspection(claim: Claim, measure: Of<'ai-inspection'>, world: World): Finding {
  let [ai, all] = [0, 0];
  const usccs = transformed(world, measure.entities);
  for (const uscc of usccs) {
    const months = world.months(uscc);
    for (const period of inspectedMonths(world, uscc)) {
      const slots = months(period)?.slots;
      const byAi = bestSlot(slots?.qualityAi)?.slot.v[0] ?? 0;
      ai += byAi;
      all += byAi + (bestSlot(slots?.qualityManual)?.slot.v[0] ?? 0);
    }
  }
  if (all === 0)
    return notTestable(claim, {
      en: 'no inspection was reported since going live',
      zh: '上线以来没有上报质检',
    });
  return {
    readings: [reading(claim, 'units inspected by AI', { numerator: ai, denominator: all })],
    reason: {
      en: `${ai} of ${all} units inspected since the month after going live were inspected by AI`,
      zh: `上线次月以来受检的 ${all} 件中有 ${ai} 件由 AI 检验`,
    },
    entities: usccs,
    children: usccs.map((uscc) => `escape-rate-ai/v1/${uscc}/improvement`),
  };
}
