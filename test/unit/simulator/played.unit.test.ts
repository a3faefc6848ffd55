import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { phaseOf } from '../../../schemas/onboarding.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { type JudgedClaim, judgeClaims } from '../../../services/measurement/domain/claims.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { cityTargets } from '../../../services/measurement/domain/targets.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { funnelOf } from '../../../services/onboarding/domain/funnel.ts';
import type { OnboardingDocument } from '../../../services/onboarding/readModel/document.ts';
import { drawPopulation } from '../../../services/simulator/domain/firms.ts';
import { drawJourney, type Journey } from '../../../services/simulator/domain/journey.ts';
import {
  type FailureShares,
  failureShares,
  phaseOfFailure,
  reasonOfFailure,
} from '../../support/failureShares.ts';
import { type Played, playJourney } from '../../support/playedScenario.ts';
import { scenarioFacts } from '../../support/scenarioFacts.ts';

const SEED = 3;
const PLAN = 'target.plan-published.v1';
const END = new Date('2025-06-30T16:00:00Z');
const file = new URL('../../../services/measurement/claims/sichuan.json', import.meta.url);
const { claims } = ClaimFile.parse(JSON.parse(readFileSync(file, 'utf8')));

/** Both shares as the funnel counts them: early and middle stages of all failures; mismatch or resistance of those in the middle. */
function sharesInFunnel(documents: readonly OnboardingDocument[]): [byPhase: number, byCauseMid: number] {
  const { failures } = funnelOf(documents, END, () => false);
  const count = (some: typeof failures): number => some.reduce((sum, one) => sum + one.count, 0);
  const mid = failures.filter(({ stage }) => phaseOf(stage) === 'mid');
  const byCause = mid.filter(({ reason }) => /^MISMATCH|EMPLOYEE_RESISTANCE/.test(reason));
  const notLate = failures.filter(({ stage }) => phaseOf(stage) !== 'late');
  return [count(notLate) / count(failures), count(byCause) / count(mid)];
}

describe('the scenario at the demo’s scale, played through the decider', () => {
  let played: readonly { journey: Journey; played: Played }[];
  let shares: FailureShares;
  let judged: ReadonlyMap<string, JudgedClaim>;

  beforeAll(() => {
    const population = drawPopulation(SEED, 1);
    const journeys = population.firms.flatMap((firm) => drawJourney(SEED, firm) ?? []);
    shares = failureShares(journeys);
    played = journeys.map((journey) => ({ journey, played: playJourney(SEED, population, journey, END) }));
    const facts = played.flatMap((one) => one.played.measured);
    judged = new Map(
      judgeClaims(claims, new World(foldModels(facts), END)).map((claim) => [claim.id, claim]),
    );
  }, 120_000);

  it('ends where, when and why the simulator says', () => {
    const told = played.map(({ journey: { firm, end } }) => ({
      uscc: firm.uscc,
      status: end.status,
      at: end.status === 'ACTIVE' ? null : new Date(end.at).toISOString(),
    }));
    const found = played.map(({ played: { document } }) => ({
      uscc: document.supplierUscc,
      status: document.status,
      at: document.closedAt?.toISOString() ?? null,
    }));
    expect(found).toEqual(told);
    for (const { journey, played: one } of played) {
      const phase = phaseOfFailure(journey);
      if (phase === null) continue;
      expect(one.document.phase, journey.firm.uscc).toBe(phase);
      expect(one.document.failureReason, journey.firm.uscc).toEqual(
        reasonOfFailure(journey) ?? { group: 'PROGRAMME', cause: 'WINDOW_CLOSED' },
      );
    }
  });

  it('shows in the funnel both shares of 90 %, from how the firms fared', () => {
    const found = sharesInFunnel(played.map((one) => one.played.document));
    expect(found).toEqual([shares.byPhase.value, shares.byCauseMid.value]);
    for (const share of found) expect(Math.abs(share - 0.9)).toBeLessThan(0.08);
  });

  it.each(
    Array.from({ length: 20 }, (_, index) => index + 1),
  )('seed %i: those that the simulator lets fail give the funnel its two shares, within 90 % ± 8 points', (seed) => {
    const population = drawPopulation(seed, 1);
    const failing = population.firms
      .flatMap((firm) => drawJourney(seed, firm) ?? [])
      .filter((journey) => phaseOfFailure(journey) !== null);
    const found = sharesInFunnel(
      failing.map((journey) => playJourney(seed, population, journey, END).document),
    );
    const { byPhase, byCauseMid } = failureShares(failing);
    expect(found).toEqual([byPhase.value, byCauseMid.value]);
    for (const share of found) expect(Math.abs(share - 0.9)).toBeLessThanOrEqual(0.08);
  }, 20_000);

  it('gives measurement the shares that the simulator counts', () => {
    const measured = (id: string): (number | null)[] =>
      judged.get(id)?.readings.map((reading) => reading.measured) ?? [];
    expect(measured('failure-phase')).toEqual([shares.byPhase.value]);
    expect(measured('failure-cause')).toEqual([shares.byCauseAll.value, shares.byCauseMid.value]);
  });
});

describe('the cities of the demo at the end of October 2024', () => {
  it('are exactly six under 15 % of target and some more under 30 %, by firms that count', () => {
    const [seed, asOf] = [1, new Date('2024-10-31T15:59:59.999Z')];
    const population = drawPopulation(seed, 1);
    const journeys = population.firms.flatMap((firm) => drawJourney(seed, firm) ?? []);
    const plans = scenarioFacts({ scenario: 'sichuan', seed, scale: 10 }, new Set([PLAN])).facts;
    const facts = journeys.flatMap((journey) => playJourney(seed, population, journey, asOf).measured);
    const known = [...plans, ...facts].filter(({ timeMs }) => timeMs <= asOf.getTime());
    const cities = cityTargets(new World(foldModels(known), asOf), {
      criticalBelow: 0.15,
      laggingBelow: 0.3,
    });
    expect(cities).toHaveLength(15);
    const critical = cities.filter(({ status }) => status === 'critical');
    expect(critical).toHaveLength(6);
    expect(critical.every(({ share }) => share! < 0.15)).toBe(true);
    expect(cities.filter(({ status }) => status === 'lagging').length).toBeGreaterThanOrEqual(2);
    expect(cities.flatMap(({ notCounted }) => notCounted)).toEqual([]);
    expect(cities.reduce((sum, { done }) => sum + done, 0)).toBeGreaterThan(50);
  }, 120_000);
});
