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
  /** Outlay over saving; null where nothing is saved. */
  readonly years: number | null;
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
  };
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
