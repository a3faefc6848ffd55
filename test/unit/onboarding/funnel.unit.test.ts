import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Funnel } from '../../../schemas/api/onboarding.ts';
import { funnelText } from '../../../services/cli/commands/funnel.ts';
import {
  competingRisks,
  numbersAtRisk,
  type Observation,
} from '../../../services/onboarding/domain/competingRisks.ts';
import { funnelOf } from '../../../services/onboarding/domain/funnel.ts';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import {
  ACCEPTED_DATA,
  acceptedFacts,
  dayAt,
  END_DAY,
  fact,
  factsAndClock,
} from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

describe('competing risks', () => {
  it('gives the worked example', () => {
    const { incidence, medianDays } = competingRisks(
      [
        { days: 1, outcome: 'a' },
        { days: 2, outcome: 'b' },
        { days: 3, outcome: null },
        { days: 4, outcome: 'a' },
      ],
      'a',
    );
    expect(incidence.get('a')).toBeCloseTo(0.75, 12);
    expect(incidence.get('b')).toBeCloseTo(0.25, 12);
    expect(medianDays).toBe(4);
  });

  it('without censoring is the plain share; incidences never exceed 1 together', () => {
    const observation = fc.record({
      days: fc.integer({ min: 0, max: 30 }),
      outcome: fc.constantFrom('done', 'x', 'y', null),
    });
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 60 }), (observations) => {
        const total = (of: ReadonlyMap<string, number>) =>
          [...of.values()].reduce((sum, one) => sum + one, 0);
        expect(total(competingRisks(observations, 'done').incidence)).toBeLessThanOrEqual(1 + 1e-9);
        const closed = observations.filter(({ outcome }) => outcome !== null);
        for (const [outcome, share] of competingRisks(closed, 'done').incidence)
          expect(share).toBeCloseTo(
            closed.filter((one) => one.outcome === outcome).length / closed.length,
            9,
          );
      }),
    );
  });
});

/** Written by test/reference/make_risks.py from lifelines, statsmodels and the definition in fractions. */
const REFERENCE = JSON.parse(
  readFileSync(new URL('../../reference/risks.json', import.meta.url), 'utf8'),
) as {
  atDays: number[];
  cases: {
    name: string;
    observations: Observation[];
    incidence: Record<string, number>;
    medianDays: number | null;
    atRisk: number[];
  }[];
};

describe('competing risks, beside other implementations', () => {
  it.each(REFERENCE.cases)('$name', ({ observations, incidence, medianDays, atRisk }) => {
    // The order of the observations is not theirs to decide.
    for (const some of [observations, [...observations].reverse()]) {
      const ours = competingRisks(some, 'DONE');
      for (const [outcome, share] of Object.entries(incidence))
        expect(ours.incidence.get(outcome) ?? 0, outcome).toBeCloseTo(share, 9);
      expect(ours.medianDays).toBe(medianDays);
      expect(numbersAtRisk(some, REFERENCE.atDays).map((one) => one.atRisk)).toEqual(atRisk);
    }
  });

  it('the median is where exactly half are done, however many factors its survival has', () => {
    for (let half = 1; half <= 200; half++) {
      const observations = Array.from({ length: 2 * half }, (_, day) => ({ days: day + 1, outcome: 'DONE' }));
      expect(competingRisks(observations, 'DONE').medianDays).toBe(half);
    }
  });
});

describe('the funnel', () => {
  const onboarding = (name: string, facts: ReturnType<typeof acceptedFacts>, untilDay: number) => {
    const run = runModel(factsAndClock(facts, untilDay), ACCEPTED_DATA);
    return documentOf(name, { supplierUscc: 's', platform: 'p', programme: 'x' }, run.facts, []);
  };
  const withdrew = fact('supplier-withdrew', 30, { failure: { group: 'DARE_NOT', cause: 'CASH' } });

  it('counts each onboarding at the stages it entered, and where and why it ended', () => {
    const funnel = funnelOf(
      [
        onboarding('accepted', acceptedFacts(), END_DAY),
        onboarding('withdrawn', [...acceptedFacts().slice(0, 4), withdrew], END_DAY),
        onboarding('open', acceptedFacts().slice(0, 2), 100),
      ],
      new Date(dayAt(100)),
      ({ _id }, stage) => _id === 'open' && stage === 'PLAN_FILED',
    );
    expect(Funnel.parse(funnel)).toEqual(funnel);
    const row = (stage: string) => funnel.stages.find((one) => one.stage === stage);
    expect(row('NOMINATED')).toMatchObject({ entered: 3, done: 3, failed: 0, atRisk: 0 });
    expect(row('PLAN_FILED')).toMatchObject({
      entered: 3,
      done: 2,
      stalled: 1,
      predictedToStall: 1,
      atRisk: 1,
      medianDays: 15,
    });
    expect(row('CONTRACTED')).toMatchObject({
      entered: 2,
      done: 1,
      failed: 1,
      shareOfFailures: 1,
      failureShare: 0.5,
    });
    expect(row('ACCEPTED')).toMatchObject({ entered: 1, done: 1, failed: 0 });
    expect(row('PLAN_FILED')?.numbersAtRisk).toEqual([
      { days: 0, atRisk: 3 },
      { days: 30, atRisk: 1 },
      { days: 60, atRisk: 1 },
      { days: 90, atRisk: 1 },
      { days: 180, atRisk: 0 },
      { days: 360, atRisk: 0 },
    ]);
    expect(funnel.failures).toEqual([
      {
        stage: 'CONTRACTED',
        reason: 'DARE_NOT/CASH',
        count: 1,
        shareOfFailures: 1,
        cumulativeIncidence: 0.5,
      },
    ]);
  });

  it('counts one that ended before it was nominated as a failure, not as one of those that entered', () => {
    const early = fact('supplier-withdrew', 0, { failure: { group: 'DARE_NOT', cause: 'CASH' } });
    const subjects = [
      onboarding('never nominated', [early], END_DAY),
      onboarding('accepted', acceptedFacts(), END_DAY),
    ];
    const [nominated] = funnelOf(subjects, new Date(dayAt(END_DAY)), () => false).stages;
    expect(nominated).toMatchObject({ entered: 1, failed: 1, shareOfFailures: 1, failureShare: 0 });
  });

  it('is printed for each group too, both shares beside each other', () => {
    const withdrawn = onboarding('withdrawn', [...acceptedFacts().slice(0, 4), withdrew], END_DAY);
    const open = onboarding('open', acceptedFacts().slice(0, 4), 26);
    const of = (...subjects: (typeof open)[]) => funnelOf(subjects, new Date(dayAt(26)), () => false);
    const group = (key: string, ...subjects: (typeof open)[]) => {
      const { stages, failures } = of(...subjects);
      return { key, firms: subjects.length, onboardings: subjects.length, stages, failures };
    };
    const groups = [group('510100', withdrawn, open), group('', open)];
    const text = funnelText(Funnel.parse({ ...of(withdrawn, open), groups }));
    const [all, chengdu, unknown] = text.split(/\n\n(?=.*onboarding)/);
    const contracted = (part: string | undefined) =>
      part
        ?.split('\n')
        .find((line) => line.startsWith('CONTRACTED'))
        ?.split(/\s{2,}/);
    expect(chengdu).toContain('510100: 2 onboardings');
    expect(contracted(chengdu)).toEqual(contracted(all));
    // Of the failures all are at this stage; of those that entered it one in two failed there.
    expect(contracted(chengdu)?.slice(0, 6)).toEqual(['CONTRACTED', '2', '0', '1', '100.0 %', '50.0 %']);
    expect(unknown).toContain('not known: 1 onboarding\n');
    expect(contracted(unknown)?.slice(0, 4)).toEqual(['CONTRACTED', '1', '0', '0']);
  });

  it('of nothing is empty, not zero by zero', () => {
    const funnel = funnelOf([], new Date(0), () => true);
    expect(funnel.failures).toEqual([]);
    expect(funnel.stages.every((row) => row.entered === 0 && row.medianDays === null)).toBe(true);
  });
});
