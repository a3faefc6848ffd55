import type { ActCommand } from '../../../schemas/api/acts.ts';
import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { drawBooks, type MonthBooks } from './books.ts';
import {
  CLOSING_DATE,
  FIRST_PERIOD,
  instantOf,
  isoOf,
  LAST_PERIOD,
  monthStart,
  periodOfMs,
} from './calendar.ts';
import { CITIES, LATE_CHAIN, ONLINE_APPROVAL_FROM, PLATFORM, programmeOf } from './catalogue.ts';
import { ONLINE_APPROVAL_TIME, PLANTED, SPILLOVER_TURNS } from './effects.ts';
import { drawPopulation, type Firm, type Population } from './firms.ts';
import { type Arrival, invalidRecords } from './invalid.ts';
import { drawJourney, type Journey, type JourneyEnd } from './journey.ts';
import { type Happening, happeningsOf } from './onboardingFacts.ts';
import type { Fact, ScenarioRecord } from './outbox.ts';
import { plantedTurns } from './plantedTurns.ts';
import { closingTotals, drawProgrammeFacts, serviceApprovals } from './programmeFacts.ts';
import { closingReports, heartbeats, ownReports, tenantReports } from './reports.ts';
import {
  closingReceipts,
  drawLeaderStocks,
  mayBeParked,
  procurementApprovals,
  relations,
  tradeFacts,
} from './trade.ts';
import { arrivalsOf } from './transport.ts';

export type { ScenarioRecord } from './outbox.ts';

export const SCENARIOS = ['sichuan', 'sichuan-null'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface ScenarioOptions {
  readonly scenario: ScenarioName;
  readonly seed: number;
  /** 10: plans at 1:10 of the programme's defaults and some 330 suppliers; 1: full size. */
  readonly scale: number;
}

export interface ScenarioMonth {
  /** Month of arrival; the last one gathers all that comes after the scenario's end. */
  readonly period: string;
  /** In the order of arrival. */
  readonly records: readonly ScenarioRecord[];
  /** What people do in that month, in time order. */
  readonly acts: readonly ActCommand[];
}

/** How the pure model says that one onboarding ends; the product is to find the same. */
export interface ExpectedOutcome {
  readonly supplierUscc: string;
  readonly programme: string;
  readonly status: JourneyEnd['status'];
  /** Business time of the end; null while it goes on. */
  readonly endedAt: string | null;
}

export interface Scenario {
  readonly leaders: readonly {
    readonly uscc: string;
    readonly name: string;
    readonly sources: readonly string[];
  }[];
  readonly platforms: readonly string[];
  /** Generated anew, and month by month, at every call. */
  readonly months: () => Iterable<ScenarioMonth>;
  /** What was planted, for checking what the product finds; the product never sees it. */
  readonly truth: Readonly<Record<string, unknown>>;
  readonly expected: { readonly onboardings: readonly ExpectedOutcome[] };
}

interface World {
  readonly options: ScenarioOptions;
  readonly multiplier: number;
  readonly hasEffects: boolean;
  readonly population: Population;
  readonly journeys: readonly Journey[];
  readonly journeyOf: ReadonlyMap<number, Journey>;
}

/**
 * A scenario by its name, seed and scale: a pure function of the three. `sichuan-null` has the same firms, noise and
 * counts, and going live changes nothing there.
 */
export function buildScenario(options: ScenarioOptions): Scenario {
  const multiplier = 10 / options.scale;
  const population = drawPopulation(options.seed, multiplier);
  const journeys = population.firms.flatMap((firm) => drawJourney(options.seed, firm) ?? []);
  const world: World = {
    options,
    multiplier,
    hasEffects: options.scenario === 'sichuan',
    population,
    journeys,
    journeyOf: new Map(journeys.map((journey) => [journey.firm.index, journey])),
  };
  return {
    leaders: Object.values(population.leaders).map(({ uscc, name, source }) => ({
      uscc,
      name,
      sources: [source],
    })),
    platforms: [PLATFORM],
    months: () => monthsOf(world),
    truth: truthOf(world),
    expected: { onboardings: journeys.map(outcomeOf) },
  };
}

const outcomeOf = ({ firm, end }: Journey): ExpectedOutcome => ({
  supplierUscc: firm.uscc,
  programme: programmeOf(firm.city),
  status: end.status,
  endedAt: end.status === 'ACTIVE' ? null : isoOf(end.at),
});

function* monthsOf(world: World): Generator<ScenarioMonth> {
  const { options, population, journeys, multiplier } = world;
  const { seed } = options;
  const books = new Map<number, Map<string, MonthBooks>>();
  for (const firm of population.firms) {
    const first = firstBooks(firm, world.journeyOf.get(firm.index));
    const months = drawBooks(seed, firm, world.journeyOf, world.hasEffects);
    books.set(
      firm.index,
      new Map(months.filter(({ period }) => period >= first).map((month) => [month.period, month])),
    );
  }
  const sources: MonthSources = {
    bookOf: (firm, period) => books.get(firm.index)?.get(period),
    happenings: happeningsByPeriod(world),
    leaderStocks: drawLeaderStocks(seed, population),
    programmeFacts: drawProgrammeFacts(seed, options.scale, population, journeys),
  };
  const underway = new Map<string, Arrival[]>();
  const tail = addMonths(LAST_PERIOD, 1);
  const put = (arrival: Arrival): void => {
    const arrivesIn = periodOfMs(arrival.arrivesAtMs);
    const period = arrivesIn < tail ? arrivesIn : tail;
    const known = underway.get(period);
    if (known === undefined) underway.set(period, [arrival]);
    else known.push(arrival);
  };
  for (const period of periodsBetween(FIRST_PERIOD, tail)) {
    for (const { fact, isPlain } of factsOf(world, sources, period, tail)) {
      for (const arrival of arrivalsOf(seed, fact, isPlain)) put(arrival);
    }
    if (period < tail)
      for (const arrival of invalidRecords(seed, population, multiplier, period)) put(arrival);
    const arrived = (underway.get(period) ?? []).sort((a, b) => a.arrivesAtMs - b.arrivesAtMs);
    underway.delete(period);
    const acts = (sources.happenings.get(period) ?? []).flatMap((one) => ('act' in one ? [one.act] : []));
    yield { period, records: arrived.map(({ record }) => record), acts };
  }
}

/** First month that a firm keeps books of. */
function firstBooks(firm: Firm, journey: Journey | undefined): string {
  if (firm.leader !== LATE_CHAIN.leader) return FIRST_PERIOD;
  const contractAt = journey?.contractAt ?? null;
  return contractAt === null ? LATE_CHAIN.booksFrom : addMonths(periodOfMs(contractAt), -1);
}

interface MonthSources {
  readonly bookOf: (firm: Firm, period: string) => MonthBooks | undefined;
  readonly happenings: ReadonlyMap<string, readonly Happening[]>;
  readonly leaderStocks: (period: string) => Fact[];
  readonly programmeFacts: (period: string) => Fact[];
}

/** Everything stated in a month, by whom it is stated; books are those of the month before. */
function* factsOf(
  world: World,
  sources: MonthSources,
  period: string,
  tail: string,
): Generator<{ fact: Fact; isPlain: boolean }> {
  const { population, journeys, multiplier, hasEffects } = world;
  const { seed } = world.options;
  const before = addMonths(period, -1);
  const all = function* (facts: readonly Fact[], isPlain = false) {
    for (const fact of facts) yield { fact, isPlain };
  };
  yield* all(relations(population, period), true);
  for (const one of sources.happenings.get(period) ?? [])
    if ('fact' in one) yield { fact: one.fact, isPlain: false };
  for (const firm of population.firms) {
    const closed = sources.bookOf(firm, before);
    const journey = world.journeyOf.get(firm.index);
    if (closed !== undefined) {
      yield* all(ownReports(seed, firm, closed));
      if (journey !== undefined) yield* all(tenantReports(seed, journey, closed));
    }
    const current = sources.bookOf(firm, period);
    if (current !== undefined)
      yield* all(tradeFacts(seed, population, firm, current), mayBeParked(firm, period));
    if (journey !== undefined) yield* all(heartbeats(journey, period));
  }
  yield* all(sources.leaderStocks(before));
  yield* all(sources.programmeFacts(period));
  if (period === tail) {
    for (const firm of population.firms) {
      const last = sources.bookOf(firm, LAST_PERIOD);
      if (last !== undefined) yield* all(closingReports(firm, world.journeyOf.get(firm.index), last), true);
    }
    yield* all(closingReceipts(population), true);
    yield* all(closingTotals(journeys), true);
    return;
  }
  yield* all(procurementApprovals(seed, population, multiplier, period));
  yield* all(serviceApprovals(seed, population, multiplier, hasEffects, period));
}

function happeningsByPeriod(world: World): Map<string, Happening[]> {
  const byPeriod = new Map<string, Happening[]>();
  for (const journey of world.journeys) {
    for (const one of happeningsOf(world.options.seed, world.population, journey)) {
      const period = periodOfMs(one.at);
      byPeriod.set(period, [...(byPeriod.get(period) ?? []), one]);
    }
  }
  for (const happenings of byPeriod.values()) happenings.sort((a, b) => a.at - b.at);
  return byPeriod;
}

function truthOf({ options, hasEffects, population, journeys }: World): Record<string, unknown> {
  const accepted = (before: number): Record<string, number> =>
    Object.fromEntries(
      CITIES.map((city) => [
        city.code,
        journeys.filter(({ firm, end }) => firm.city === city && end.status === 'ACCEPTED' && end.at < before)
          .length,
      ]),
    );
  return {
    ...options,
    closesAt: isoOf(instantOf(CLOSING_DATE)),
    effects: hasEffects
      ? {
          ...PLANTED,
          spilloverTurns: SPILLOVER_TURNS,
          onlineApprovalTime: ONLINE_APPROVAL_TIME,
          onlineFrom: ONLINE_APPROVAL_FROM,
        }
      : null,
    firms: population.firms.length,
    auditedTurns: plantedTurns(options.seed, population, journeys, hasEffects),
    acceptedByCityBefore202411: accepted(monthStart('2024-11')),
    acceptedByCity: accepted(monthStart(addMonths(LAST_PERIOD, 1))),
    journeys: journeys.map(({ firm, end, contractAt, connectedAt, liveAt }) => ({
      supplierUscc: firm.uscc,
      city: firm.city.code,
      leader: firm.leader,
      group: firm.effectGroup,
      end: { ...end, ...('at' in end ? { at: isoOf(end.at) } : {}) },
      contractAt: contractAt === null ? null : isoOf(contractAt),
      connectedAt: connectedAt === null ? null : isoOf(connectedAt),
      liveAt: liveAt === null ? null : isoOf(liveAt),
    })),
  };
}
