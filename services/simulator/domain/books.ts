import { periodsBetween } from '../../../schemas/time.ts';
import { FIRST_PERIOD, LAST_PERIOD } from './calendar.ts';
import { adoptionIn, type Gains, gainsIn } from './effects.ts';
import type { Firm } from './firms.ts';
import type { Journey } from './journey.ts';
import { type RandomStream, randomStream } from './random.ts';

/** What a firm's books say of one month. */
export interface MonthBooks {
  readonly period: string;
  readonly inventory: {
    readonly openingStockFen: number;
    readonly closingStockFen: number;
    readonly costOfGoodsSoldFen: number;
  };
  readonly production: {
    readonly plannedSeconds: number;
    readonly actualSeconds: number;
    readonly idealCycleMs: number;
    readonly producedUnits: number;
    readonly goodUnits: number;
    readonly labourSeconds: number;
  };
  readonly quality: {
    readonly inspectionMethod: 'manual' | 'ai';
    readonly inspectedUnits: number;
    readonly defectsFoundUnits: number;
    readonly escapedUnits: number;
    readonly falseRejectUnits: number;
  };
  readonly cost: {
    readonly preventionCostFen: number;
    readonly appraisalCostFen: number;
    readonly internalFailureCostFen: number;
    readonly externalFailureCostFen: number;
    readonly processingCostFen: number;
  };
  readonly revenue: { readonly revenueFen: number; readonly purchasesFen: number };
  readonly headcount: { readonly headcount: number; readonly digitalStaff: number };
  readonly receivables: { readonly receivablesFen: number; readonly payablesFen: number };
  readonly energyWh: number;
}

/** Share of a year's mean volume by calendar month; the Spring Festival lies in January or February. */
const SEASON = [0.94, 0.8, 1.04, 1.02, 1.01, 1.0, 0.98, 0.99, 1.03, 1.03, 1.06, 1.1];
/** Trends common to all firms, by month: sales, stock turns and productivity grow without any programme. */
const GROWTH = { sales: 0.003, turns: 0.0008, productivity: 0.0015 };
const NOISE = 0.035;
/** Firms whose staff is weaker than this have nobody for digital work. */
const DIGITAL_STAFF_FROM = 0.6;
const STOCK_DAYS = [45, 85] as const;
const LABOUR_SHARE = 0.9;

interface Structure {
  readonly revenueFen: number;
  readonly cogsShare: number;
  readonly purchasesShare: number;
  readonly stockDays: number;
  readonly unitPriceFen: number;
  readonly unitsPerHour: number;
  readonly defectShare: number;
  readonly qualityShare: number;
  readonly processingShare: number;
  readonly headcount: number;
  readonly digitalStaff: number;
  readonly whPerYuan: number;
}

/** What a firm is like before anything changes: drawn once. */
function drawStructure(random: RandomStream, firm: Firm): Structure {
  const revenueFen = Math.round(2.6e8 * Math.exp(0.45 * random.normal()));
  const headcount = Math.max(12, Math.round(revenueFen / 6.5e6));
  const staff = firm.traits.staff;
  return {
    revenueFen,
    cogsShare: random.between(0.7, 0.8),
    purchasesShare: random.between(0.5, 0.62),
    stockDays: random.between(...STOCK_DAYS),
    unitPriceFen: Math.round(random.between(2_000, 9_000)),
    unitsPerHour: random.between(6, 14),
    defectShare: random.between(0.012, 0.03),
    qualityShare: random.between(0.012, 0.02),
    processingShare: random.between(0.05, 0.075),
    headcount,
    digitalStaff: staff < DIGITAL_STAFF_FROM ? 0 : 1 + Math.round((staff - DIGITAL_STAFF_FROM) * 5),
    whPerYuan: random.between(30, 70),
  };
}

/** Yearly revenue (fen) that a firm starts from; prices of contracts follow it. */
export const yearlyRevenueFen = (seed: number, firm: Firm): number =>
  12 * drawStructure(randomStream(seed, `books/${firm.index}`), firm).revenueFen;

/**
 * The books of a firm over all months of the scenario. With `hasEffects` false the same numbers are drawn and going live
 * changes nothing. A month opens with the stock that the month before closed with.
 */
export function drawBooks(
  seed: number,
  firm: Firm,
  journeys: ReadonlyMap<number, Journey>,
  hasEffects: boolean,
): MonthBooks[] {
  const random = randomStream(seed, `books/${firm.index}`);
  const structure = drawStructure(random, firm);
  let openingStockFen = stockAt(structure, 0, 1, random);
  return periodsBetween(FIRST_PERIOD, LAST_PERIOD).map((period, month) => {
    const gains = hasEffects ? gainsIn(firm, period, journeys) : null;
    const isAi =
      hasEffects && firm.effectGroup === 'subsidiary' && adoptionIn(journeys.get(firm.index), period) > 0;
    const books = drawMonth(random, structure, { period, month, gains, isAi, openingStockFen });
    openingStockFen = books.inventory.closingStockFen;
    return books;
  });
}

interface Circumstances {
  readonly period: string;
  readonly month: number;
  readonly gains: Gains | null;
  readonly isAi: boolean;
  readonly openingStockFen: number;
}

function drawMonth(random: RandomStream, structure: Structure, now: Circumstances): MonthBooks {
  const { period, month, gains, isAi, openingStockFen } = now;
  const jitter = (): number => Math.exp(NOISE * random.normal());
  const season = SEASON[Number(period.slice(5)) - 1] ?? 1;
  const revenueFen = Math.round(structure.revenueFen * (1 + GROWTH.sales) ** month * season * jitter());
  const closingStockFen = stockAt(structure, month + 1, gains?.turns ?? 1, random);
  const costOfGoodsSoldFen = Math.round(revenueFen * structure.cogsShare * Math.exp(0.01 * random.normal()));

  const producedUnits = Math.round(revenueFen / structure.unitPriceFen);
  const defectsUnits = Math.round(
    producedUnits * structure.defectShare * (gains?.qualityCost ?? 1) * jitter(),
  );
  const goodUnits = producedUnits - defectsUnits;
  const perHour =
    structure.unitsPerHour * (1 + GROWTH.productivity) ** month * (gains?.unitsPerHour ?? 1) * jitter();
  const labourSeconds = Math.round((goodUnits / perHour) * 3600);
  const actualSeconds = Math.round(labourSeconds * LABOUR_SHARE);
  const idealCycleMs = Math.round((3_600_000 / structure.unitsPerHour) * 0.55);

  const qualityFen = revenueFen * structure.qualityShare * (gains?.qualityCost ?? 1) * jitter();
  const processingFen = revenueFen * structure.processingShare * (gains?.processingCost ?? 1) * jitter();
  const escaped = Math.round(defectsUnits * (isAi ? 0.03 : 0.08) * jitter());
  return {
    period,
    inventory: { openingStockFen, closingStockFen, costOfGoodsSoldFen },
    production: {
      plannedSeconds: Math.round(actualSeconds / 0.88),
      actualSeconds,
      idealCycleMs,
      producedUnits,
      goodUnits,
      labourSeconds,
    },
    quality: {
      inspectionMethod: isAi ? 'ai' : 'manual',
      inspectedUnits: producedUnits,
      defectsFoundUnits: Math.max(0, defectsUnits - escaped),
      escapedUnits: escaped,
      falseRejectUnits: Math.round(producedUnits * (isAi ? 0.004 : 0.007) * jitter()),
    },
    cost: {
      preventionCostFen: Math.round(qualityFen * 0.15),
      appraisalCostFen: Math.round(qualityFen * 0.3),
      internalFailureCostFen: Math.round(qualityFen * 0.35),
      externalFailureCostFen: Math.round(qualityFen * 0.2),
      processingCostFen: Math.round(processingFen),
    },
    revenue: {
      revenueFen,
      purchasesFen: Math.round(revenueFen * structure.purchasesShare * Math.exp(0.01 * random.normal())),
    },
    headcount: {
      headcount: Math.max(8, Math.round(structure.headcount * (1 + 0.001 * month))),
      digitalStaff: structure.digitalStaff,
    },
    receivables: {
      receivablesFen: Math.round(revenueFen * 2.3 * jitter()),
      payablesFen: Math.round(costOfGoodsSoldFen * 1.9 * jitter()),
    },
    energyWh: Math.round((revenueFen / 100) * structure.whPerYuan * jitter()),
  };
}

/** Stock that a firm holds at the end of a month: so many days of what it usually sells, whatever the month sold. */
function stockAt(structure: Structure, month: number, turnsFactor: number, random: RandomStream): number {
  const yearlyCogsFen = structure.revenueFen * (1 + GROWTH.sales) ** month * structure.cogsShare * 12;
  const turns = (365 / structure.stockDays) * (1 + GROWTH.turns) ** month * turnsFactor;
  return Math.round((yearlyCogsFen / turns) * Math.exp(NOISE * random.normal()));
}
