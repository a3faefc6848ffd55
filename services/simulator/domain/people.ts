import { drawPopulation } from './firms.ts';
import { drawJourney } from './journey.ts';
import type { ScenarioOptions } from './scenario.ts';

/** Firms of a scenario that somebody may want to sign in for. */
export interface ScenarioPeople {
  readonly leaders: readonly { readonly uscc: string; readonly name: string }[];
  readonly providers: readonly { readonly uscc: string; readonly name: string }[];
  /** A supplier under way, one that was accepted, one that ended otherwise; all of the same leader where there are such. */
  readonly suppliers: readonly { readonly uscc: string; readonly name: string; readonly status: string }[];
}

/** The cast of a scenario: a pure function of its options, the same firms as its events speak of. */
export function scenarioPeople({ seed, scale }: Pick<ScenarioOptions, 'seed' | 'scale'>): ScenarioPeople {
  const population = drawPopulation(seed, 10 / scale);
  const journeys = population.firms.flatMap((firm) => drawJourney(seed, firm) ?? []);
  const inChengdu = journeys.filter(({ firm }) => firm.city.code === '510100');
  const picked = ['ACTIVE', 'ACCEPTED', 'WITHDRAWN'].flatMap(
    (status) =>
      inChengdu.find(({ end }) => end.status === status) ??
      journeys.find(({ end }) => end.status === status) ??
      [],
  );
  return {
    leaders: Object.values(population.leaders).map(({ uscc, name }) => ({ uscc, name })),
    providers: population.providers,
    suppliers: picked.map(({ firm, end }) => ({ uscc: firm.uscc, name: firm.name, status: end.status })),
  };
}
