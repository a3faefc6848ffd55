import { describe, expect, it } from 'vitest';
import { judgeUscc } from '../../../schemas/ids.ts';
import type { Phase } from '../../../schemas/onboarding.ts';
import { CITIES } from '../../../services/simulator/domain/catalogue.ts';
import { drawPopulation, type Population } from '../../../services/simulator/domain/firms.ts';
import { drawJourney, type Journey } from '../../../services/simulator/domain/journey.ts';

const END_OF_OCTOBER = Date.parse('2024-10-31T16:00:00Z');

interface Draw {
  readonly seed: number;
  readonly population: Population;
  readonly journeys: readonly Journey[];
}
const DRAWS: readonly Draw[] = Array.from({ length: 20 }, (_, index) => {
  const seed = index + 1;
  const population = drawPopulation(seed, 1);
  return { seed, population, journeys: population.firms.flatMap((firm) => drawJourney(seed, firm) ?? []) };
});

/** Phase that was open when an onboarding ended without acceptance; null for those that went well or go on. */
function phaseOfFailure({ end, steps, connectedAt }: Journey): Phase | null {
  if (end.status === 'ACCEPTED' || end.status === 'ACTIVE') return null;
  if ('phase' in end) return end.phase;
  if (connectedAt !== null) return 'late';
  return steps.some(({ kind }) => kind === 'plan-approved') ? 'mid' : 'early';
}

const shareOf = (part: number, whole: number): number => part / whole;
const isMismatchOrResistance = ({ end }: Journey): boolean =>
  'reason' in end && (end.reason.group === 'MISMATCH' || end.reason.cause === 'EMPLOYEE_RESISTANCE');

describe('the firms of the scenario', () => {
  it.each(DRAWS)('seed $seed: two tiers, the five chains, valid and distinct codes', ({
    population,
    journeys,
  }) => {
    const { firms } = population;
    expect(firms.length).toBeGreaterThanOrEqual(300);
    expect(journeys.length).toBeGreaterThanOrEqual(270);
    expect(new Set(firms.map(({ uscc }) => uscc)).size).toBe(firms.length);
    expect(firms.every(({ uscc }) => judgeUscc(uscc) === 'valid')).toBe(true);
    const secondTier = firms.filter(({ tier }) => tier === 2);
    expect(secondTier.length).toBeGreaterThan(60);
    for (const firm of secondTier) {
      expect(firm.buyers.length).toBeGreaterThan(0);
      expect(firm.buyers.every(({ tier, leader }) => tier === 1 && leader === firm.leader)).toBe(true);
    }
    const parts = firms.filter(
      ({ districtCode, industry }) => districtCode === '510112' && industry === '3670',
    );
    expect(parts.length).toBeGreaterThanOrEqual(20);
    const connected = journeys.filter(
      ({ firm, connectedAt }) => firm.leader === 'display' && connectedAt !== null,
    );
    expect(connected.length).toBeGreaterThanOrEqual(50);
    expect(journeys.filter(({ firm }) => firm.effectGroup === 'subsidiary')).toHaveLength(1);
  });
});

describe('the ways through the programme', () => {
  it.each(DRAWS)('seed $seed: six cities under 15 % by October 2024, some more under 30 %', ({
    journeys,
  }) => {
    const shares = CITIES.map((city) => {
      const done = journeys.filter(
        ({ firm, end }) => firm.city === city && end.status === 'ACCEPTED' && end.at < END_OF_OCTOBER,
      );
      return shareOf(done.length, city.code === '340100' ? 42 : city.target);
    });
    expect(shares).toHaveLength(15);
    expect(shares.filter((share) => share < 0.15)).toHaveLength(6);
    expect(shares.filter((share) => share >= 0.15 && share < 0.3).length).toBeGreaterThanOrEqual(2);
  });

  it.each(DRAWS)('seed $seed: every kind of ending, and nothing out of turn', ({ journeys }) => {
    const statuses = new Set(journeys.map(({ end }) => end.status));
    expect([...statuses].sort()).toEqual([
      'ACCEPTED',
      'ACTIVE',
      'DECLINED',
      'EXPIRED',
      'FAILED',
      'WITHDRAWN',
    ]);
    for (const { steps, nominatedAt, end } of journeys) {
      const times = [nominatedAt, ...steps.map(({ at }) => at)];
      expect(times).toEqual([...times].sort((a, b) => a - b));
      if (end.status === 'ACCEPTED')
        expect(steps.map(({ kind }) => kind)).toEqual(
          expect.arrayContaining([
            'plan-approved',
            'training-completed',
            'tenant-connected',
            'finance-audited',
          ]),
        );
    }
  });

  it('over 20 seeds about nine in ten failures are early or mid, and about nine in ten mid ones mismatch or resistance', () => {
    let [failures, earlyOrMid, mid, byCause] = [0, 0, 0, 0];
    for (const { journeys } of DRAWS) {
      const failed = journeys.filter((journey) => phaseOfFailure(journey) !== null);
      const inMid = failed.filter((journey) => phaseOfFailure(journey) === 'mid');
      const late = failed.filter((journey) => phaseOfFailure(journey) === 'late');
      const midShare = shareOf(inMid.filter(isMismatchOrResistance).length, inMid.length);
      expect(midShare).toBeGreaterThan(0.7);
      expect(shareOf(failed.length - late.length, failed.length)).toBeGreaterThan(0.8);
      failures += failed.length;
      earlyOrMid += failed.length - late.length;
      mid += inMid.length;
      byCause += inMid.filter(isMismatchOrResistance).length;
    }
    expect(shareOf(earlyOrMid, failures)).toBeGreaterThan(0.86);
    expect(shareOf(earlyOrMid, failures)).toBeLessThan(0.97);
    expect(shareOf(byCause, mid)).toBeGreaterThan(0.84);
    expect(shareOf(byCause, mid)).toBeLessThan(0.97);
  });

  it('over 20 seeds each of the three core issues lies behind failures', () => {
    for (const group of ['UNWILLING', 'DARE_NOT', 'UNABLE']) {
      const failed = DRAWS.flatMap(({ journeys }) =>
        journeys.filter((journey) => phaseOfFailure(journey) !== null),
      );
      const meant = failed.filter(({ end }) => 'reason' in end && end.reason.group === group);
      expect(shareOf(meant.length, failed.length)).toBeGreaterThan(0.08);
    }
  });
});
