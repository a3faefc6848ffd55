import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { kpiOf } from './kpis.ts';
import { subsidyBalance } from './ledgers.ts';
import { shownValue } from './ratio.ts';
import type { World } from './world.ts';

/** Years that the programme's report gives for firms on average. */
export const PUBLISHED_PAYBACK_YEARS = 4.2;

/** What one firm spent itself and saves a year, in whole fen. */
export interface Payback {
  /** Contract less subsidies, claw-backs added again; not below zero. */
  readonly ownOutlayFen: number;
  /** Fall of quality and processing cost by 100 yuan of revenue, at the revenue of the months after, a year. */
  readonly yearlySavingFen: number;
  /** Outlay over saving, if it went on at that rate; null where nothing is saved. */
  readonly years: number | null;
  /** What was measured as saved since the month after the contract; months without figures save nothing. */
  readonly savedFen: number;
  /** Months after the contract's until that reached the outlay; null before. */
  readonly paidBackAfterMonths: number | null;
}

const SAVING_KPIS = ['qualityCostPer100Yuan', 'processingCostPer100Yuan'] as const;

/** A firm's payback against its frozen baseline; null where outlay or saving is not known in CNY. */
export function paybackOf(world: World, uscc: string): Payback | null {
  const contract = world.firstContract(uscc);
  const programme = world.baselinesOf(uscc)[0]?.programme;
  if (contract === undefined || contract.currency !== 'CNY') return null;
  let savingFen = 0;
  for (const id of SAVING_KPIS) {
    const saved = yearlySavingFen(world, id, uscc);
    if (saved === null) return null;
    savingFen += saved;
  }
  const subsidyFen = subsidyBalance(world.models.subsidies.get(`${programme}/${uscc}`)).netFen;
  const ownOutlayFen = Math.max(0, contract.amountFen - subsidyFen);
  return {
    ownOutlayFen,
    yearlySavingFen: Math.round(savingFen),
    years: savingFen <= 0 ? null : ownOutlayFen / savingFen,
    ...measuredSaving(world, uscc, { contractMonth: contract.month, ownOutlayFen }),
  };
}

/** Month by month: the baseline's cost of that month's revenue, less the cost. */
function measuredSaving(
  world: World,
  uscc: string,
  { contractMonth, ownOutlayFen }: { readonly contractMonth: string; readonly ownOutlayFen: number },
): Pick<Payback, 'savedFen' | 'paidBackAfterMonths'> {
  const kpis = SAVING_KPIS.flatMap((id) => kpiOf(id) ?? []);
  const before = kpis.map((kpi) => {
    const change = world.improvement(kpi, uscc);
    return (change && shownValue(change.before)) ?? 0;
  });
  let savedFen = 0;
  let paidBackAfterMonths = ownOutlayFen === 0 ? 0 : null;
  const first = addMonths(contractMonth, 1);
  const periods = first > world.lastPeriod ? [] : periodsBetween(first, world.lastPeriod);
  for (const [index, period] of periods.entries()) {
    for (const [nth, kpi] of kpis.entries()) {
      const { numerator, denominator } = world.monthFigure(kpi, uscc, period);
      if (numerator !== null && denominator !== null)
        savedFen += Math.round(((before[nth] ?? 0) * denominator - numerator) / 100);
    }
    if (savedFen >= ownOutlayFen) paidBackAfterMonths ??= index + 1;
  }
  return { savedFen, paidBackAfterMonths };
}

function yearlySavingFen(world: World, id: (typeof SAVING_KPIS)[number], uscc: string): number | null {
  const kpi = kpiOf(id);
  const change = kpi && world.improvement(kpi, uscc);
  if (kpi === undefined || change === undefined) return null;
  const [before, after, { months }] = [shownValue(change.before), shownValue(change.after), change.after];
  if (before === null || after === null || months.length === 0) return null;
  const revenueFen = months.reduce(
    (sum, period) => sum + (world.monthFigure(kpi, uscc, period).denominator ?? 0),
    0,
  );
  return (((before - after) / 100) * revenueFen * 12) / months.length;
}
