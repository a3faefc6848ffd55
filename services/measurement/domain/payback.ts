import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { windowsOf } from './gains.ts';
import type { Kpi, NullReason } from './kpi.ts';
import { kpiOf } from './kpis.ts';
import { leftOut, type SubsidyEntry, type SubsidyLedger, subsidyBalance } from './ledgers.ts';
import { type Ratio, shownValue } from './ratio.ts';
import { changeBehind, monthsBehind, type Support } from './support.ts';
import type { World } from './world.ts';

/** Of what a ledger of subsidies lists, what was money. */
const SUBSIDY_MONEY: readonly SubsidyEntry['kind'][] = ['paid', 'clawed-back'];

/** As it stands in the registry of KPIs and in figure ids. It is of a firm, not of a month. */
export const PAYBACK = {
  id: 'payback',
  slug: 'payback',
  version: 1,
  definition:
    'Years in which what a firm spent itself on its transformation is saved in quality and processing cost, at the rate measured against its frozen baseline',
  formula:
    'own outlay (first contract − subsidies paid + subsidies clawed back, not below zero) ÷ yearly saving (fall of quality and processing cost by 100 yuan of revenue × revenue of the months after, a year)',
  zh: {
    name: '投资回收期',
    definition: '企业转型的自付投入由质量成本和加工成本的节省收回所需的年数，按相对冻结基线实测的速度',
    formula:
      '自付投入（首份合同 − 已付补贴 + 追回补贴，不低于零）÷ 每年节省（每百元收入质量成本与加工成本的下降 × 改造后各月收入，折合一年）',
  },
  source: 'simple payback period, not discounted',
  unit: 'years',
  direction: 'down',
  nullWhen: ['PAYBACK_UNKNOWN', 'NOTHING_SAVED'],
} as const satisfies Partial<Kpi>;

/** Types of event that it is worked out from. */
export const PAYBACK_TYPES: readonly string[] = [
  'onboarding.contract-signed.v1',
  'baseline.frozen.v1',
  ...SUBSIDY_MONEY.map((kind) => `subsidy.${kind}.v1`),
  'cost.reported.v1',
  'revenue.reported.v1',
];

/** Years that the programme's report gives for firms on average. */
export const PUBLISHED_PAYBACK_YEARS = 4.2;

/** What one firm spent itself and saves a year, in whole fen. */
export interface Payback {
  /** Contract less subsidies, claw-backs added again; not below zero. */
  readonly ownOutlayFen: number;
  /** Fall of quality and processing cost by 100 yuan of revenue, at the revenue of the months after, a year. */
  readonly yearlySavingFen: number;
  /** Outlay over saving, if it went on at that rate; null where nothing is saved. */
  readonly years: Ratio | null;
  /** What was measured as saved since the month after the contract; months without figures save nothing. */
  readonly savedFen: number;
  /** Months after the contract's until that reached the outlay; null before. */
  readonly paidBackAfterMonths: number | null;
}

/** The KPIs whose fall is what is saved. */
export const savingKpis = (): Kpi[] =>
  ['qualityCostPer100Yuan', 'processingCostPer100Yuan'].flatMap((id) => kpiOf(id) ?? []);

/** A firm's payback against its frozen baseline; null where outlay or saving is not known in CNY. */
export function paybackOf(world: World, uscc: string): Payback | null {
  const contract = world.firstContract(uscc);
  if (contract === undefined || contract.currency !== 'CNY') return null;
  let savedAYearFen = 0;
  for (const kpi of savingKpis()) {
    const saved = savedAYear(world, kpi, uscc);
    if (saved === null) return null;
    savedAYearFen += saved;
  }
  const yearlySavingFen = Math.round(savedAYearFen);
  const subsidyFen = subsidyBalance(subsidiesOf(world, uscc)).netFen;
  const ownOutlayFen = Math.max(0, contract.amountFen - subsidyFen);
  return {
    ownOutlayFen,
    yearlySavingFen,
    years: yearlySavingFen <= 0 ? null : { numerator: ownOutlayFen, denominator: yearlySavingFen },
    ...measuredSaving(world, uscc, { contractMonth: contract.month, ownOutlayFen }),
  };
}

/** Why a payback has no value. */
export const whyNoPayback = (payback: Payback | null): NullReason | null =>
  payback === null ? 'PAYBACK_UNKNOWN' : payback.years === null ? 'NOTHING_SAVED' : null;

const subsidiesOf = (world: World, uscc: string): SubsidyLedger | undefined =>
  world.models.subsidies.get(`${world.baselinesOf(uscc)[0]?.programme}/${uscc}`);

/** The contract, the subsidies that count, the frozen baseline with its months, and the months of cost and revenue after the contract's. */
export function paybackBehind(world: World, uscc: string): Support[] {
  const contract = world.firstContract(uscc);
  const frozen = world.firstBaseline(uscc)?.frozen;
  if (contract === undefined) return [];
  const entries = subsidiesOf(world, uscc)?.entries ?? [];
  const out = leftOut(entries);
  const money = entries.filter(({ kind, identity }) => SUBSIDY_MONEY.includes(kind) && !out.has(identity));
  const since = monthsSince(world, contract.month);
  return [
    {
      identities: [contract, ...(frozen === undefined ? [] : [frozen]), ...money].map((one) => one.identity),
    },
    ...savingKpis().flatMap((kpi) => {
      const change = world.improvement(kpi, uscc);
      const months = since.filter((period) => world.monthFigure(kpi, uscc, period).numerator !== null);
      return [
        ...(change === undefined ? [] : changeBehind(kpi, uscc, windowsOf(change), frozen)),
        monthsBehind(kpi, uscc, months),
      ];
    }),
  ];
}

/** Complete months after the contract's. */
function monthsSince(world: World, contractMonth: string): string[] {
  const first = addMonths(contractMonth, 1);
  return first > world.lastPeriod ? [] : periodsBetween(first, world.lastPeriod);
}

/** Month by month: the baseline's cost of that month's revenue, less the cost. */
function measuredSaving(
  world: World,
  uscc: string,
  { contractMonth, ownOutlayFen }: { readonly contractMonth: string; readonly ownOutlayFen: number },
): Pick<Payback, 'savedFen' | 'paidBackAfterMonths'> {
  const kpis = savingKpis();
  const before = kpis.map((kpi) => {
    const change = world.improvement(kpi, uscc);
    return (change && shownValue(change.before)) ?? 0;
  });
  let savedFen = 0;
  let paidBackAfterMonths = ownOutlayFen === 0 ? 0 : null;
  for (const [index, period] of monthsSince(world, contractMonth).entries()) {
    for (const [nth, kpi] of kpis.entries()) {
      const { numerator, denominator } = world.monthFigure(kpi, uscc, period);
      if (numerator !== null && denominator !== null)
        savedFen += Math.round(((before[nth] ?? 0) * denominator - numerator) / 100);
    }
    if (savedFen >= ownOutlayFen) paidBackAfterMonths ??= index + 1;
  }
  return { savedFen, paidBackAfterMonths };
}

function savedAYear(world: World, kpi: Kpi, uscc: string): number | null {
  const change = world.improvement(kpi, uscc);
  if (change === undefined) return null;
  const [before, after, { months }] = [shownValue(change.before), shownValue(change.after), change.after];
  if (before === null || after === null || months.length === 0) return null;
  const revenueFen = months.reduce(
    (sum, period) => sum + (world.monthFigure(kpi, uscc, period).denominator ?? 0),
    0,
  );
  return (((before - after) / 100) * revenueFen * 12) / months.length;
}
