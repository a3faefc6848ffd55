import { daysInPeriod } from '../../../schemas/time.ts';
import { type Ratio, ratioOf, roundedQuotient } from './ratio.ts';

type MonthRatio = Ratio & { readonly period: string };

/** Ratio of the sums: for ratios of flows. */
export function addedUp(months: readonly MonthRatio[]): Ratio {
  return {
    numerator: months.reduce((sum, month) => sum + month.numerator, 0),
    denominator: months.reduce((sum, month) => sum + month.denominator, 0),
  };
}

/** Mean of the months' values, to a thousandth: for sums of ratios, which have no common denominator. */
export function averaged(months: readonly MonthRatio[]): Ratio {
  const thousandths = months.reduce(
    (sum, month) => sum + roundedQuotient(1000n * BigInt(month.numerator), BigInt(month.denominator)),
    0,
  );
  return { numerator: thousandths, denominator: 1000 * months.length };
}

/**
 * Inventory turns over N months: COGS × 365 ÷ Σ days (12 months count as a year: Σ COGS), over the mean of the months'
 * (opening + closing) ÷ 2. With 12 months whose openings are the closings before, the mean is the trapezoid mean of the
 * 13 month-ends. Both sides are kept × 24, in whole fen, so that those of several firms can be added up.
 * Example: COGS 36.6 and stocks from 8 to 6 in a year → 36.6 ÷ 7 = 5.229.
 */
export function turnsOverMonths(months: readonly MonthRatio[]): Ratio {
  return inventoryOverMonths(
    months.map(({ period, numerator, denominator }) => ({
      period,
      sold730: numerator,
      stocksByDays: denominator,
    })),
  );
}

/** Days of inventory over N months: 365 ÷ turns over the same months. */
export function daysOverMonths(months: readonly MonthRatio[]): Ratio {
  const turns = inventoryOverMonths(
    months.map(({ period, numerator, denominator }) => ({
      period,
      sold730: denominator * 365,
      stocksByDays: numerator,
    })),
  );
  return daysFromTurns(turns);
}

export const daysFromTurns = (turns: Ratio): Ratio =>
  ratioOf(365n * BigInt(turns.denominator), BigInt(turns.numerator));

function inventoryOverMonths(
  months: readonly { period: string; sold730: number; stocksByDays: number }[],
): Ratio {
  const count = BigInt(months.length);
  let [soldFen, stocksFen, days] = [0n, 0n, 0n];
  for (const month of months) {
    const inMonth = BigInt(daysInPeriod(month.period));
    soldFen += BigInt(month.sold730) / 730n;
    stocksFen += BigInt(month.stocksByDays) / inMonth;
    days += inMonth;
  }
  return {
    numerator: count === 12n ? Number(24n * soldFen) : roundedQuotient(24n * 365n * soldFen, days),
    denominator: roundedQuotient(12n * stocksFen, count),
  };
}
