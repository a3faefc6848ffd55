import { addedUp, averaged, daysOverMonths, turnsOverMonths } from './combine.ts';
import { inventoryMonth, type Kpi, over, type SlotLookup, type Values, withValues } from './kpi.ts';
import { ratioOf, ratioOfProducts } from './ratio.ts';

const qualityCost = (cost: Values<'cost'>): number =>
  cost.preventionCostFen + cost.appraisalCostFen + cost.internalFailureCostFen + cost.externalFailureCostFen;

const escapeRate = (kind: 'qualityManual' | 'qualityAi') => (slots: SlotLookup) =>
  withValues(slots, [kind] as const, (quality) =>
    over(quality.escapedUnits, quality.defectsFoundUnits + quality.escapedUnits, 'ZERO_UNITS'),
  );
const falseRejectRate = (kind: 'qualityManual' | 'qualityAi') => (slots: SlotLookup) =>
  withValues(slots, [kind] as const, (quality) =>
    over(quality.falseRejectUnits, quality.inspectedUnits, 'ZERO_UNITS'),
  );

const SCOR = 'SCOR Digital Standard, asset management';
const ISO = 'ISO 22400-2';
const QUALITY = 'prevention, appraisal and failure cost (PAF) model, as in GB/T 13339';

const METHOD_ZH = { manual: '人工', ai: 'AI' } as const;

const inspection = (method: 'manual' | 'ai', kind: 'qualityManual' | 'qualityAi'): Kpi[] => [
  {
    id: method === 'ai' ? 'escapeRateAi' : 'escapeRateManual',
    slug: `escape-rate-${method}`,
    version: 1,
    definition: `Share of the defects that got past inspection (${method})`,
    formula: 'escaped ÷ (found + escaped)',
    zh: {
      name: `漏检率（${METHOD_ZH[method]}）`,
      definition: `没有被检出的缺陷占比（${METHOD_ZH[method]}）`,
      formula: '漏检 ÷（检出 + 漏检）',
    },
    source: ISO,
    unit: 'ratio',
    direction: 'down',
    kinds: [kind],
    nullWhen: ['NO_DATA', 'ZERO_UNITS'],
    month: escapeRate(kind),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: method === 'ai' ? 'falseRejectRateAi' : 'falseRejectRateManual',
    slug: `false-reject-rate-${method}`,
    version: 1,
    definition: `Share of the inspected units that were rejected although good (${method})`,
    formula: 'false rejects ÷ inspected',
    zh: {
      name: `误判率（${METHOD_ZH[method]}）`,
      definition: `被误判为不合格的合格品占受检品的比例（${METHOD_ZH[method]}）`,
      formula: '误判 ÷ 受检',
    },
    source: ISO,
    unit: 'ratio',
    direction: 'down',
    kinds: [kind],
    nullWhen: ['NO_DATA', 'ZERO_UNITS'],
    month: falseRejectRate(kind),
    pool: 'ratio',
    combine: addedUp,
  },
];

/** Every figure of a firm's month that is measured; approval lead time, a median, stands apart (approvals.ts). */
export const KPIS: readonly Kpi[] = [
  {
    id: 'inventoryTurns',
    slug: 'inventory-turns',
    version: 1,
    definition: 'How often the own stock is sold and replaced in a year',
    formula:
      'month: COGS × 365 ÷ days ÷ ((opening + closing) ÷ 2); several months: COGS a year ÷ mean of the months’ stocks (12 months: the trapezoid mean of 13 month-ends)',
    zh: {
      name: '库存周转',
      definition: '自有库存一年卖出并补足的次数',
      formula:
        '当月：销售成本 × 365 ÷ 天数 ÷（（期初 + 期末）÷ 2）；多个月：年销售成本 ÷ 各月平均库存（12 个月即 13 个月末的梯形平均）',
    },
    source: SCOR,
    unit: 'turns a year',
    direction: 'up',
    kinds: ['inventory'],
    nullWhen: ['NO_DATA', 'CONSIGNMENT_ONLY', 'NO_COGS', 'ZERO_COGS', 'ZERO_STOCK', 'CURRENCY'],
    month: (slots, period) =>
      inventoryMonth(slots, period, (cost, stocks, days) => ratioOfProducts([730, cost], [days, stocks])),
    pool: 'ratio',
    combine: turnsOverMonths,
  },
  {
    id: 'inventoryDays',
    slug: 'inventory-days',
    version: 1,
    definition: 'How many days of sales the own stock covers',
    formula: '365 ÷ inventory turns',
    zh: { name: '库存周转天数', definition: '自有库存可供销售的天数', formula: '365 ÷ 库存周转' },
    source: SCOR,
    unit: 'days',
    direction: 'down',
    kinds: ['inventory'],
    nullWhen: ['NO_DATA', 'CONSIGNMENT_ONLY', 'NO_COGS', 'ZERO_COGS', 'ZERO_STOCK', 'CURRENCY'],
    month: (slots, period) =>
      inventoryMonth(slots, period, (cost, stocks, days) => ratioOfProducts([days, stocks], [2, cost])),
    pool: 'ratio',
    combine: daysOverMonths,
  },
  {
    id: 'valueAddedPerHour',
    slug: 'value-added-per-hour',
    version: 1,
    definition: 'Labour productivity as value added by working hour',
    formula: '(revenue − purchases) ÷ labour hours',
    zh: {
      name: '每工时增加值',
      definition: '按每工时增加值计的劳动生产率',
      formula: '（营收 − 外购）÷ 工时',
    },
    source: 'OECD Productivity Manual',
    unit: 'yuan an hour',
    direction: 'up',
    kinds: ['revenue', 'production'],
    nullWhen: ['NO_DATA', 'ZERO_HOURS', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['revenue', 'production'] as const, (revenue, production) =>
        over((revenue.revenueFen - revenue.purchasesFen) * 36, production.labourSeconds, 'ZERO_HOURS'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'unitsPerHour',
    slug: 'units-per-hour',
    version: 1,
    definition: 'Labour productivity as good units by working hour',
    formula: 'good units ÷ labour hours',
    zh: { name: '每工时产量', definition: '按每工时合格品计的劳动生产率', formula: '合格品 ÷ 工时' },
    source: ISO,
    unit: 'units an hour',
    direction: 'up',
    kinds: ['production'],
    nullWhen: ['NO_DATA', 'ZERO_HOURS'],
    month: (slots) =>
      withValues(slots, ['production'] as const, (production) =>
        over(production.goodUnits * 3600, production.labourSeconds, 'ZERO_HOURS'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'revenuePerHead',
    slug: 'revenue-per-head',
    version: 1,
    definition: 'Labour productivity as revenue by person and month',
    formula: 'revenue ÷ headcount',
    zh: { name: '人均营收', definition: '按每人每月营收计的劳动生产率', formula: '营收 ÷ 人数' },
    source: 'MIIT indicators for the digital level of SMEs, 2024 edition, results',
    unit: 'yuan a person and month',
    direction: 'up',
    kinds: ['revenue', 'headcount'],
    nullWhen: ['NO_DATA', 'ZERO_HEADCOUNT', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['revenue', 'headcount'] as const, (revenue, staff) =>
        over(revenue.revenueFen, staff.headcount * 100, 'ZERO_HEADCOUNT'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'qualityCostPer100Yuan',
    slug: 'quality-cost-per-100-yuan',
    version: 1,
    definition: 'Cost of quality by 100 yuan of revenue',
    formula: '(prevention + appraisal + internal failure + external failure) × 100 ÷ revenue',
    zh: {
      name: '百元营收质量成本',
      definition: '每百元营收的质量成本',
      formula: '（预防 + 鉴定 + 内部损失 + 外部损失）× 100 ÷ 营收',
    },
    source: QUALITY,
    unit: 'yuan',
    direction: 'down',
    kinds: ['cost', 'revenue'],
    nullWhen: ['NO_DATA', 'ZERO_REVENUE', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['cost', 'revenue'] as const, (cost, revenue) =>
        over(qualityCost(cost) * 100, revenue.revenueFen, 'ZERO_REVENUE'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'qualityCostPerGoodUnit',
    slug: 'quality-cost-per-good-unit',
    version: 1,
    definition: 'Cost of quality by good unit',
    formula: '(prevention + appraisal + internal failure + external failure) ÷ good units',
    zh: {
      name: '单件质量成本',
      definition: '每件合格品的质量成本',
      formula: '（预防 + 鉴定 + 内部损失 + 外部损失）÷ 合格品',
    },
    source: QUALITY,
    unit: 'yuan a unit',
    direction: 'down',
    kinds: ['cost', 'production'],
    nullWhen: ['NO_DATA', 'ZERO_UNITS', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['cost', 'production'] as const, (cost, production) =>
        over(qualityCost(cost), production.goodUnits * 100, 'ZERO_UNITS'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'processingCostPer100Yuan',
    slug: 'processing-cost-per-100-yuan',
    version: 1,
    definition: 'Processing cost by 100 yuan of revenue',
    formula: 'processing cost × 100 ÷ revenue',
    zh: { name: '百元营收加工成本', definition: '每百元营收的加工成本', formula: '加工成本 × 100 ÷ 营收' },
    source: 'MIIT indicators for the digital level of SMEs, 2024 edition, results',
    unit: 'yuan',
    direction: 'down',
    kinds: ['cost', 'revenue'],
    nullWhen: ['NO_DATA', 'ZERO_REVENUE', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['cost', 'revenue'] as const, (cost, revenue) =>
        over(cost.processingCostFen * 100, revenue.revenueFen, 'ZERO_REVENUE'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'processingCostPerGoodUnit',
    slug: 'processing-cost-per-good-unit',
    version: 1,
    definition: 'Processing cost by good unit',
    formula: 'processing cost ÷ good units',
    zh: { name: '单件加工成本', definition: '每件合格品的加工成本', formula: '加工成本 ÷ 合格品' },
    source: ISO,
    unit: 'yuan a unit',
    direction: 'down',
    kinds: ['cost', 'production'],
    nullWhen: ['NO_DATA', 'ZERO_UNITS', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['cost', 'production'] as const, (cost, production) =>
        over(cost.processingCostFen, production.goodUnits * 100, 'ZERO_UNITS'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'energyPer100Yuan',
    slug: 'energy-per-100-yuan',
    version: 1,
    definition: 'Energy by 100 yuan of revenue',
    formula: 'energy × 100 ÷ revenue',
    zh: { name: '百元营收能耗', definition: '每百元营收的能耗', formula: '能耗 × 100 ÷ 营收' },
    source: 'MIIT indicators for the digital level of SMEs, 2024 edition, results',
    unit: 'kWh',
    direction: 'down',
    kinds: ['energy', 'revenue'],
    nullWhen: ['NO_DATA', 'ZERO_REVENUE', 'CURRENCY'],
    month: (slots) =>
      withValues(slots, ['energy', 'revenue'] as const, (energy, revenue) =>
        over(energy.energyWh * 10, revenue.revenueFen, 'ZERO_REVENUE'),
      ),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'oee',
    slug: 'oee',
    version: 1,
    definition: 'Overall equipment effectiveness: availability × performance × quality',
    formula:
      '(actual ÷ planned time) × (ideal cycle × produced ÷ actual time) × (good ÷ produced) = ideal cycle × good ÷ planned time',
    zh: {
      name: '设备综合效率',
      definition: '设备综合效率：可用率 × 性能 × 质量',
      formula:
        '（实际 ÷ 计划时间）×（理想节拍 × 产量 ÷ 实际时间）×（合格品 ÷ 产量）= 理想节拍 × 合格品 ÷ 计划时间',
    },
    source: ISO,
    unit: 'ratio',
    direction: 'up',
    kinds: ['production'],
    nullWhen: ['NO_DATA', 'ZERO_HOURS', 'ZERO_UNITS'],
    month: (slots) =>
      withValues(slots, ['production'] as const, (production) => {
        if (production.actualSeconds === 0) return { reason: 'ZERO_HOURS' };
        if (production.producedUnits === 0) return { reason: 'ZERO_UNITS' };
        return over(
          production.idealCycleMs * production.goodUnits,
          production.plannedSeconds * 1000,
          'ZERO_HOURS',
        );
      }),
    pool: 'ratio',
    combine: addedUp,
  },
  {
    id: 'cashToCash',
    slug: 'cash-to-cash',
    version: 1,
    definition: 'Days between paying suppliers and being paid',
    formula: 'days of inventory + receivables × days ÷ revenue − payables × days ÷ COGS',
    zh: {
      name: '现金周期',
      definition: '从付款给供应商到收回货款的天数',
      formula: '库存天数 + 应收 × 天数 ÷ 营收 − 应付 × 天数 ÷ 销售成本',
    },
    source: SCOR,
    unit: 'days',
    direction: 'down',
    kinds: ['inventory', 'receivables', 'revenue'],
    nullWhen: [
      'NO_DATA',
      'CONSIGNMENT_ONLY',
      'NO_COGS',
      'ZERO_COGS',
      'ZERO_STOCK',
      'ZERO_REVENUE',
      'CURRENCY',
    ],
    month: (slots, period) =>
      inventoryMonth(slots, period, (cost, stocks, days) =>
        withValues(slots, ['receivables', 'revenue'] as const, (open, revenue) => {
          if (revenue.revenueFen === 0) return { reason: 'ZERO_REVENUE' };
          const [c, s, r] = [BigInt(cost), BigInt(stocks), BigInt(revenue.revenueFen)];
          const stockAndPayables = (s - 2n * BigInt(open.payablesFen)) * r;
          return ratioOf(
            BigInt(days) * (stockAndPayables + 2n * BigInt(open.receivablesFen) * c),
            2n * c * r,
          );
        }),
      ),
    pool: 'values',
    combine: averaged,
  },
  ...inspection('manual', 'qualityManual'),
  ...inspection('ai', 'qualityAi'),
];

const BY_ID = new Map(KPIS.flatMap((kpi) => [[kpi.id, kpi] as const, [kpi.slug, kpi] as const]));
/** A KPI by its id or its slug. */
export const kpiOf = (idOrSlug: string): Kpi | undefined => BY_ID.get(idOrSlug);
