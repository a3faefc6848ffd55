import type { Refusal, RefusalCode } from '../../../../schemas/api/audit.ts';
import type { AuditKpi } from '../../../../schemas/auditFacts.ts';
import type { Bilingual } from '../../../../schemas/wording.ts';
import type { AuditView } from './treatment.ts';

/** What a bureau reads, in both languages. */

const KPI_NAMES: Readonly<Record<string, string>> = {
  'inventory-turns': '库存周转率',
  'inventory-days': '库存周转天数',
  'value-added-per-hour': '每工时增加值',
  'units-per-hour': '每工时合格产量',
  'revenue-per-head': '人均营业收入',
  'quality-cost-per-100-yuan': '百元营业收入质量成本',
  'quality-cost-per-good-unit': '单位合格品质量成本',
  'processing-cost-per-100-yuan': '百元营业收入加工费用',
  'processing-cost-per-good-unit': '单位合格品加工费用',
  'energy-per-100-yuan': '百元营业收入能耗',
  oee: '设备综合效率',
  'cash-to-cash': '现金周转天数',
};

export const kpiName = ({ slug }: Pick<AuditKpi, 'slug'>): Bilingual => ({
  zh: KPI_NAMES[slug] ?? slug,
  en: slug.replaceAll('-', ' '),
});

export const SUBJECTS: Readonly<Record<'direct' | 'spillover', Readonly<Record<AuditView, Bilingual>>>> = {
  direct: {
    contract: {
      zh: '签约企业（含未完成改造者，自签约当月起）',
      en: 'firms that signed a contract (finished or not, from the contract month on)',
    },
    golive: { zh: '上线企业（自上线当月起）', en: 'firms that went live (from that month on)' },
  },
  spillover: {
    contract: {
      zh: '自身未签约、但有交易伙伴签约的企业（自首个伙伴签约当月起）',
      en: 'firms that signed nothing themselves, from the month on in which their first trading partner signed',
    },
    golive: {
      zh: '自身未签约、但有交易伙伴上线的企业（自首个伙伴上线当月起）',
      en: 'firms that signed nothing themselves, from the month on in which their first trading partner went live',
    },
  },
};

export const VIEW_NAMES: Readonly<Record<AuditView, Bilingual>> = {
  contract: { zh: '按签约月（意向处理）', en: 'by contract month (intention to treat)' },
  golive: { zh: '按上线月', en: 'by month of going live' },
};

const REFUSAL_ZH: Readonly<Record<RefusalCode, string>> = {
  NO_TREATED: '观察期内没有企业开始改造',
  NO_CONTROLS: '没有可作对照的企业',
  TOO_FEW_PRE_PERIODS: '改造前可观察的月份不足两个，无法检验平行趋势；请补录签约前各月账目',
  TOO_FEW_TREATED: '进入估计的改造企业不足五家',
  TOO_FEW_CONTROLS: '进入估计的对照企业不足五家',
  TOO_FEW_CLUSTERS: '可重新分配的方式太少，随机化检验的 p 值不可能低于 0.05',
  BASELINES_MISSING: '超过两成改造企业缺少签约前基线；请以凭证补录签约前至少四个完整月份',
  DEFINITION_CHANGED: '观察期内指标口径发生变化',
  MEASUREMENT_CHANGED: '改造前后或两组之间的数据来源、证据等级不同；请提供两种来源并行的月份',
  PLACEBO_REJECTED: '改造前两组走势已有差异，平行趋势被否定',
  NOTHING_ESTIMATED: '没有可估计的改造后月份',
};

/** A refusal in Chinese; the treatment of the spillover is exposure. */
export const refusalZh = (code: RefusalCode, part: 'direct' | 'spillover'): string =>
  part === 'spillover' && code === 'NO_TREATED'
    ? '没有未签约企业的交易伙伴在观察期内开始改造'
    : REFUSAL_ZH[code];

export const NOBODY_EXPOSED: Refusal = {
  code: 'NO_TREATED',
  reason: 'No untreated firm has a partner that was treated inside the window.',
  remedy:
    'Have suppliers declare their own suppliers: without these relations there is no network to spill over.',
  reasonZh: '没有未改造企业的交易伙伴在观察期内开始改造。',
  remedyZh: '请供应商申报自己的供应商：没有这些关系，就没有可以扩散的网络。',
};

/** What no estimate of this kind can tell. */
export const LIMITS: readonly Bilingual[] = [
  {
    zh: '选择性：链主往往先挑选好的供应商；平行趋势只能检验、不能证明。',
    en: 'Selection: leaders pick the best suppliers. Parallel trends can be tested, never proved.',
  },
  {
    zh: '均值回归：签约前恰好偏低的企业会自行回升，部分变化并非改造所致。',
    en: 'Regression to the mean: firms that were low before signing recover by themselves.',
  },
  {
    zh: '价格：存货按账面价值计，原料价格变动会改变周转率。',
    en: 'Prices: stock is counted at book value; material prices move turns without a single part moving.',
  },
  {
    zh: '收益归属：收益可能更多留在链主而非供应商；请与转移表一并阅读。',
    en: 'Who gains: gains may sit with the leader more than with suppliers; read the displacement table beside it.',
  },
  {
    zh: '溢出范围：溢出在同一辖区内通常更强；未申报的交易关系不在网络之中，其影响会使对照组并不完全“干净”。',
    en: 'Reach: spillover tends to be larger inside one jurisdiction; trade that nobody declared is not in the network, so that some controls may be less clean than they look.',
  },
  {
    zh: '“未被否定”不等于“已证实”：可检出斜率较大时，检验通过只是弱证据。',
    en: '“Not rejected” is not “confirmed”: where the detectable slope is large, a passed placebo is weak evidence.',
  },
];
