import { drawBooks, type MonthBooks } from './books.ts';
import { periodOfMs } from './calendar.ts';
import type { Firm, Population } from './firms.ts';
import type { Journey } from './journey.ts';

/** Mean effect on the natural logarithm of a month's inventory turns; null without such a firm and month. */
export interface PlantedEffect {
  readonly effect: number | null;
  readonly firms: number;
  readonly firmMonths: number;
}

/** What an audit of inventory turns is to find, by what counts as the treatment and by who is meant. */
export type PlantedTurns = Readonly<
  Record<'contract' | 'golive', { readonly direct: PlantedEffect; readonly spillover: PlantedEffect }>
>;

/**
 * The planted effects as they came out: the same books drawn with and without effects, and their difference averaged over
 * the firm-months from the treatment on (direct), or, for firms never treated, from the treatment of their first partner on
 * (spillover; partners are a firm's buyers and its suppliers, leaders apart). A month's turns hold the stock it opens with.
 */
export function plantedTurns(
  seed: number,
  population: Population,
  journeys: readonly Journey[],
  hasEffects: boolean,
): PlantedTurns {
  const journeyOf = new Map(journeys.map((journey) => [journey.firm.index, journey]));
  const partnersOf = new Map<number, Firm[]>();
  const addPartner = (of: Firm, partner: Firm): void =>
    void partnersOf.set(of.index, [...(partnersOf.get(of.index) ?? []), partner]);
  for (const firm of population.firms)
    for (const buyer of firm.buyers) {
      addPartner(firm, buyer);
      addPartner(buyer, firm);
    }
  const gainsOf = new Map(
    population.firms.map((firm) => [firm.index, logGains(seed, firm, journeyOf, hasEffects)]),
  );
  const average = (startOf: (firm: Firm) => string | null): PlantedEffect => {
    let [firms, firmMonths, sum] = [0, 0, 0];
    for (const firm of population.firms) {
      const start = startOf(firm);
      const gains =
        start === null ? [] : (gainsOf.get(firm.index) ?? []).filter(({ period }) => period >= start);
      if (gains.length > 0) firms++;
      firmMonths += gains.length;
      sum += gains.reduce((total, { gain }) => total + gain, 0);
    }
    return { effect: firmMonths === 0 ? null : sum / firmMonths, firms, firmMonths };
  };
  const effectsBy = (treatedAt: (journey: Journey) => number | null) => {
    const treatedFrom = (firm: Firm): string | null => {
      const journey = journeyOf.get(firm.index);
      const at = journey === undefined ? null : treatedAt(journey);
      return at === null ? null : periodOfMs(at);
    };
    return {
      direct: average(treatedFrom),
      spillover: average((firm) => {
        if ((journeyOf.get(firm.index)?.contractAt ?? null) !== null) return null;
        const starts = (partnersOf.get(firm.index) ?? []).flatMap((partner) => treatedFrom(partner) ?? []);
        return starts.sort()[0] ?? null;
      }),
    };
  };
  return {
    contract: effectsBy(({ contractAt }) => contractAt),
    golive: effectsBy(({ liveAt }) => liveAt),
  };
}

function logGains(seed: number, firm: Firm, journeyOf: ReadonlyMap<number, Journey>, hasEffects: boolean) {
  const actual = drawBooks(seed, firm, journeyOf, hasEffects);
  const without = drawBooks(seed, firm, journeyOf, false);
  return actual.map((month, index) => ({
    period: month.period,
    gain: Math.log(turnsOf(month) / turnsOf(without[index] ?? month)),
  }));
}

/** Up to a factor that is the same with and without effects. */
const turnsOf = ({ inventory }: MonthBooks): number =>
  inventory.costOfGoodsSoldFen / (inventory.openingStockFen + inventory.closingStockFen);
