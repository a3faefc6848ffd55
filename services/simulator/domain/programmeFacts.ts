import { addMonths } from '../../../schemas/time.ts';
import { PROGRAMME_EVENTS } from '../../../schemas/topics.ts';
import { addDays, CLOSING_DATE, dateOfMs, instantOf, isoOf, monthStart, periodOfMs } from './calendar.ts';
import { CITIES, ONLINE_APPROVAL_FROM, programmeOf, REVISED_PLAN, SOLUTIONS, WINDOWS } from './catalogue.ts';
import { ONLINE_APPROVAL_TIME } from './effects.ts';
import type { Population } from './firms.ts';
import type { Journey } from './journey.ts';
import type { Fact } from './outbox.ts';
import { randomStream } from './random.ts';

/** What bureaus state about cities and firms, apart from the onboardings themselves. */

const CHENGDU = '510100';
const PROVINCE = '510000';
const APPROVALS_A_MONTH = 10;
const PAPER_DAYS = 9;
/** One in so many accepted firms is copied by another. */
const COPIED_EVERY = 8;
/** Totals that the province states; they are claims to be tested, not what the scenario holds. */
const STATED_TOTALS = [
  ['pilot-firms-done', 482],
  ['enterprises-propelled', 3117],
  ['smart-workshops', 405],
  ['lighthouse-factories', 3],
] as const;
const STATED_ON = '2024-12-18';
const LIGHTHOUSES = [
  ['display', '2023-01-13'],
  ['vehicle', '2023-12-14'],
  ['equipment', '2024-10-08'],
] as const;

function bureauFact(
  region: string,
  key: string,
  fact: Pick<Fact, 'id' | 'type' | 'timeMs' | 'data'> & { delivery?: Fact['delivery'] },
): Fact {
  return {
    topic: PROGRAMME_EVENTS,
    key,
    source: `/bureau/${region}/programme`,
    mode: 'structured',
    delivery: 'steady',
    ...fact,
  };
}

/** The cities' plans. @param scale 10 for plans at 1:10 of the programme's defaults */
function plans(scale: number): Fact[] {
  const multiplier = 10 / scale;
  return CITIES.flatMap((city) => {
    const window = WINDOWS[city.batch];
    const plan = (version: number, target: number, publishedOn: string): Fact =>
      bureauFact(city.code, city.code, {
        id: `plan-${city.code}-${version}`,
        type: 'target.plan-published.v1',
        timeMs: instantOf(publishedOn, 11),
        data: {
          cityCode: city.code,
          cityName: city.name,
          programme: programmeOf(city),
          batch: city.batch,
          planVersion: version,
          regionClass: city.regionClass,
          targetFirms: Math.round(target * multiplier),
          windowFrom: window.from,
          windowTo: window.to,
          scaleDenominator: scale,
          citation: city.citation,
          confidence: city.confidence,
        },
        delivery: 'prompt',
      });
    const first = plan(1, city.target, window.publishedOn);
    return city.code === REVISED_PLAN.code
      ? [first, plan(REVISED_PLAN.version, REVISED_PLAN.target, REVISED_PLAN.publishedOn)]
      : [first];
  });
}

function lighthouses(population: Population): Fact[] {
  return LIGHTHOUSES.map(([id, designatedOn]) => {
    const leader = population.leaders[id];
    return bureauFact(PROVINCE, leader.uscc, {
      id: `lighthouse-${id}`,
      type: 'lighthouse.designated.v1',
      timeMs: instantOf(designatedOn, 15),
      data: {
        firmUscc: leader.uscc,
        regionCode: leader.regionCode,
        designatedOn,
        documentNumber: `LH-${designatedOn}`,
        site: `${leader.name}一厂`,
      },
    });
  });
}

const statedTotals = (): Fact[] =>
  STATED_TOTALS.map(([measure, total]) =>
    bureauFact(PROVINCE, PROVINCE, {
      id: `total-${measure}-${STATED_ON}`,
      type: 'city.total-stated.v1',
      timeMs: instantOf(STATED_ON, 16),
      data: {
        regionCode: PROVINCE,
        measure,
        total,
        asOfDate: STATED_ON,
        definition: '累计数，口径由填报单位解释',
      },
    }),
  );

/** Smart workshops: some accepted firms of the province are designated a month after acceptance. */
function workshops(journeys: readonly Journey[]): Fact[] {
  return journeys
    .filter(
      ({ firm, end }) => end.status === 'ACCEPTED' && firm.city.code.startsWith('51') && firm.index % 3 === 0,
    )
    .flatMap(({ firm, end }) => {
      const timeMs = addDays('at' in end ? end.at : 0, 20);
      return bureauFact(firm.city.code, firm.uscc, {
        id: `workshop-${firm.uscc}`,
        type: 'workshop.designated.v1',
        timeMs,
        data: {
          firmUscc: firm.uscc,
          regionCode: firm.city.code,
          designatedOn: dateOfMs(timeMs),
          documentNumber: `ZN-${dateOfMs(timeMs)}-${firm.index + 1}`,
          workshop: '智能车间',
        },
      });
    });
}

/** Firms that nobody nominated copy what a firm already accepted has done, each at most once. */
function copies(seed: number, population: Population, journeys: readonly Journey[]): Fact[] {
  const random = randomStream(seed, 'copies');
  const copying = random.shuffled(population.firms.filter((firm) => firm.nominatedAt === null));
  const accepted = journeys
    .flatMap(({ firm, end }) => (end.status === 'ACCEPTED' ? [{ firm, at: end.at }] : []))
    .sort((a, b) => a.at - b.at);
  return accepted.flatMap((sample, index) => {
    if (index % COPIED_EVERY !== 0) return [];
    const firm = copying.pop();
    if (firm === undefined) return [];
    const timeMs = addDays(sample.at, 25);
    return [
      bureauFact(firm.city.code, firm.uscc, {
        id: `copied-${firm.uscc}`,
        type: 'samplefirm.copied.v1',
        timeMs,
        data: {
          firmUscc: firm.uscc,
          sampleFirmUscc: sample.firm.uscc,
          regionCode: firm.city.code,
          solution: SOLUTIONS[sample.firm.index % SOLUTIONS.length],
          copiedOn: dateOfMs(timeMs),
        },
      }),
    ];
  });
}

/** Every quarter each city with a plan states how many firms are done: what it has heard of by then. */
function cityTotals(journeys: readonly Journey[]): Fact[] {
  return CITIES.flatMap((city) => {
    const facts: Fact[] = [];
    for (let period = '2023-10'; period <= '2025-06'; period = addMonths(period, 3)) {
      const timeMs = addDays(monthStart(period), 7.4);
      if (dateOfMs(timeMs) < WINDOWS[city.batch].publishedOn) continue;
      facts.push(
        cityTotal(
          city.code,
          `total-${city.code}-${period}`,
          timeMs,
          doneIn(city.code, journeys, monthStart(period)),
        ),
      );
    }
    return facts;
  });
}

const doneIn = (city: string, journeys: readonly Journey[], before: number): number =>
  journeys.filter(({ firm, end }) => firm.city.code === city && end.status === 'ACCEPTED' && end.at < before)
    .length;

const cityTotal = (region: string, id: string, timeMs: number, total: number): Fact =>
  bureauFact(region, region, {
    id,
    type: 'city.total-stated.v1',
    timeMs,
    data: { regionCode: region, measure: 'pilot-firms-done', total, asOfDate: dateOfMs(timeMs) },
  });

/** Everything that bureaus state once, to be asked for by month. */
export function drawProgrammeFacts(
  seed: number,
  scale: number,
  population: Population,
  journeys: readonly Journey[],
): (period: string) => Fact[] {
  const byPeriod = new Map<string, Fact[]>();
  const all = [
    ...plans(scale),
    ...lighthouses(population),
    ...statedTotals(),
    ...workshops(journeys),
    ...copies(seed, population, journeys),
    ...cityTotals(journeys),
  ];
  for (const fact of all) {
    const period = periodOfMs(fact.timeMs);
    byPeriod.set(period, [...(byPeriod.get(period) ?? []), fact]);
  }
  return (period) => byPeriod.get(period) ?? [];
}

/** Requests to procure digital services in Chengdu: on paper at first, later online. */
export function serviceApprovals(
  seed: number,
  population: Population,
  multiplier: number,
  hasEffects: boolean,
  period: string,
): Fact[] {
  const random = randomStream(seed, `service-approvals/${period}`);
  const firms = population.firms.filter((firm) => firm.city.code === CHENGDU);
  return Array.from({ length: Math.round(APPROVALS_A_MONTH * multiplier) }, (_, index) => {
    const firm = random.pick(firms);
    const submittedMs = addDays(monthStart(period), random.between(0.4, 17));
    const channel = dateOfMs(submittedMs) >= ONLINE_APPROVAL_FROM ? 'online' : 'paper';
    const factor = hasEffects && channel === 'online' ? ONLINE_APPROVAL_TIME : 1;
    const decidedMs = addDays(submittedMs, PAPER_DAYS * factor * Math.exp(0.2 * random.normal()));
    const requestNumber = `FW-${period}-${index + 1}`;
    return bureauFact(CHENGDU, firm.uscc, {
      id: requestNumber,
      type: 'service-procurement.approval-decided.v1',
      timeMs: decidedMs,
      data: {
        supplierUscc: firm.uscc,
        regionCode: CHENGDU,
        requestNumber,
        channel,
        submittedAt: isoOf(submittedMs),
        decidedAt: isoOf(decidedMs),
        outcome: random.chance(0.92) ? 'approved' : 'declined',
      },
    });
  });
}

/** The cities' last totals, which carry business time past the end of the scenario. */
export function closingTotals(journeys: readonly Journey[]): Fact[] {
  const timeMs = instantOf(CLOSING_DATE);
  return CITIES.map(({ code }) => ({
    ...cityTotal(code, `total-${code}-end`, timeMs, doneIn(code, journeys, timeMs)),
    delivery: 'none' as const,
  }));
}
