import { monthsFrom, periodOfMs } from './calendar.ts';
import type { EffectGroup, Firm } from './firms.ts';
import type { Journey } from './journey.ts';

/** What going live changes, as factors on a firm's figures; 1 changes nothing. */
export interface Gains {
  readonly turns: number;
  /** Good units by labour hour. */
  readonly unitsPerHour: number;
  /** Cost of quality by 100 yuan of revenue. */
  readonly qualityCost: number;
  readonly processingCost: number;
}

const NONE: Gains = { turns: 1, unitsPerHour: 1, qualityCost: 1, processingCost: 1 };

/** The planted effects. Those that a claim names are the claimed figures; the others are moderate inventions. */
export const PLANTED: Readonly<Record<EffectGroup, Gains>> = {
  longquanyi: { turns: 1.22, unitsPerHour: 1.04, qualityCost: 0.95, processingCost: 0.97 },
  equipment: { turns: 1.05, unitsPerHour: 1.3, qualityCost: 0.8, processingCost: 0.8 },
  subsidiary: { turns: 1.1, unitsPerHour: 1.6, qualityCost: 0.6, processingCost: 0.82 },
  display: { turns: 1.08, unitsPerHour: 1.08, qualityCost: 0.93, processingCost: 0.95 },
  other: { turns: 1.04, unitsPerHour: 1.05, qualityCost: 0.96, processingCost: 0.97 },
};
/** A tier-2 firm that is not live itself turns its stock a little faster once one of its buyers is live. */
export const SPILLOVER_TURNS = 1.03;
/** Online approval takes this share of the time on paper: 70 % more decisions in the same time. */
export const ONLINE_APPROVAL_TIME = 1 / 1.7;
/** Share of the full effect in the months from connection up to going live. */
const SHARE_WHILE_STARTING = 0.5;

/** Share of the full effect that a firm has in a month: none, half from the connection on, all from going live on. */
export function adoptionIn(journey: Journey | undefined, period: string): number {
  if (journey === undefined || journey.connectedAt === null || journey.liveAt === null) return 0;
  if (monthsFrom(periodOfMs(journey.liveAt), period) >= 0) return 1;
  return monthsFrom(periodOfMs(journey.connectedAt), period) >= 0 ? SHARE_WHILE_STARTING : 0;
}

/**
 * Factors on the figures of a firm in a month.
 * @param journeys journeys by firm index
 */
export function gainsIn(firm: Firm, period: string, journeys: ReadonlyMap<number, Journey>): Gains {
  const share = adoptionIn(journeys.get(firm.index), period);
  if (share > 0) {
    const full = PLANTED[firm.effectGroup];
    const partly = (factor: number): number => 1 + (factor - 1) * share;
    return {
      turns: partly(full.turns),
      unitsPerHour: partly(full.unitsPerHour),
      qualityCost: partly(full.qualityCost),
      processingCost: partly(full.processingCost),
    };
  }
  const isExposed = firm.buyers.some((buyer) => adoptionIn(journeys.get(buyer.index), period) === 1);
  return isExposed ? { ...NONE, turns: SPILLOVER_TURNS } : NONE;
}
