import { describe, expect, it } from 'vitest';
import { ActCommand } from '../../../schemas/api/acts.ts';
import { partsIn } from '../../../services/onboarding/adapters/readProviders.ts';
import { documentOf, type OnboardingDocument } from '../../../services/onboarding/readModel/document.ts';
import { foldReported, type OnboardingState } from '../../../workflows/onboarding/decider.ts';
import { judgeDuties } from '../../../workflows/onboarding/duties.ts';
import { hasStrangers } from '../../../workflows/onboarding/engaged.ts';
import { type Fact, type FactData, factOf } from '../../../workflows/onboarding/facts.ts';
import { priceAt } from '../../../workflows/onboarding/outcomes.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import { EARLIEST_READING, TODAYS_READING } from '../../../workflows/onboarding/reading.ts';
import { engagedProvider } from '../../../workflows/onboarding/view.ts';
import { actCommand } from '../../support/onboardingEvents.ts';
import {
  ACCEPTED_DATA,
  acceptedFacts,
  correction,
  dayAt,
  END_DAY,
  fact,
  factsAndClock,
} from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const KEY = { supplierUscc: 's', platform: 'p', programme: 'x' };
const until = (day: number): Fact[] => acceptedFacts().filter(({ time }) => time <= dayAt(day));
const recordOf = (facts: readonly Fact[], day = END_DAY): OnboardingDocument =>
  documentOf('w', KEY, runModel(factsAndClock(facts, day), ACCEPTED_DATA).facts, []);
const stateOf = (facts: readonly Fact[], reading = TODAYS_READING): OnboardingState =>
  foldReported(facts, CURRENT_PROGRAMME_VERSION, reading);

const failure = { group: 'MISMATCH', cause: 'SOLUTION_DOES_NOT_FIT' } as const;
const failed = (providerUscc: string, day: number, data: FactData = {}): Fact =>
  fact(
    'step-failed',
    day,
    { providerUscc, step: 'DEPLOYED', failure, ...data },
    `${providerUscc} failed ${day}`,
  );
const plan = (providerUscc: string, day: number, data: FactData = {}): Fact =>
  fact('plan-filed', day, { providerUscc, ...data }, `plan of ${providerUscc} ${day}`);
const contract = (providerUscc: string, day: number): Fact =>
  fact('contract-signed', day, { providerUscc }, `contract of ${providerUscc}`);
const reassigned = (providerUscc: string, day: number): Fact =>
  fact('provider-reassigned', day, { providerUscc }, `reassigned to ${providerUscc}`);
const handsIn = (facts: readonly Fact[], uscc: string): string | undefined => {
  const evidence = { step: 'DEPLOYED', evidenceSha256: 'a'.repeat(64), fileName: 'a.pdf' };
  const command = ActCommand.parse(actCommand('hand-in-evidence', dayAt(60), evidence));
  const actor = { name: 'P', role: 'provider' as const, uscc };
  return judgeDuties(stateOf(facts), { ...command, actor })?.code;
};
const strangeIn = ({ findings }: OnboardingDocument): string[] =>
  findings.filter(({ code }) => code === 'PROVIDER_NOT_ENGAGED').map(({ eventId }) => eventId);

describe('the provider that is engaged', () => {
  it('is who filed the first plan, until the supplier signs with another or the provider is reassigned', () => {
    const facts = [plan('a', 20), plan('b', 21), contract('c', 40), reassigned('d', 50), plan('a', 55)];
    expect(engagedProvider(stateOf([]))).toBeNull();
    const engaged = [19, 20, 39, 40, 49, 50, 99].map((day) => engagedProvider(stateOf(facts), dayAt(day)));
    expect(engaged).toEqual([null, 'a', 'a', 'c', 'c', 'd', 'd']);
    expect(engagedProvider(stateOf(facts))).toBe('d');
    expect(engagedProvider(stateOf(facts, EARLIEST_READING))).toBe('a');
  });

  it('is who applied on the supplier’s behalf until somebody files a plan', () => {
    const applied = fact('supplier-applied', 0, { providerUscc: 'a' });
    expect(engagedProvider(stateOf([applied]))).toBe('a');
    expect(engagedProvider(stateOf([applied, plan('b', 20)]))).toBe('b');
  });

  it('is who files the next plan where one was given back, unless a contract has been signed since', () => {
    const returned = fact('step-returned', 30, { step: 'PLAN_FILED' });
    expect(engagedProvider(stateOf([plan('a', 20), returned, plan('b', 35)]))).toBe('b');
    expect(engagedProvider(stateOf([plan('a', 20), contract('a', 25), returned, plan('b', 35)]))).toBe('a');
  });

  it('is the earlier one again once a reassignment is taken back', () => {
    const moved = reassigned('other', 50);
    const facts = [...until(40), moved, correction(moved.id, 55)];
    expect(handsIn([...until(40), moved], 'other')).toBeUndefined();
    expect(handsIn(facts, 'provider')).toBeUndefined();
    expect(handsIn(facts, 'other')).toBe('SEPARATION_OF_DUTIES');
  });
});

describe('a report of a provider that another was engaged for', () => {
  it('ends nothing, begins no deadline anew, and is on record as a finding', () => {
    const report = failed('stranger', 60, { final: true });
    const document = recordOf([...acceptedFacts(), report]);
    expect(document).toMatchObject({ status: 'ACCEPTED', providerUscc: 'provider' });
    const attempts = document.steps.find(({ step }) => step === 'DEPLOYED')?.attempts;
    expect(attempts?.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(strangeIn(document)).toEqual([report.id]);
    expect(document.history.map(({ id }) => id)).toContain(report.id);

    const own = recordOf([...acceptedFacts(), failed('provider', 60, { final: true })]);
    expect(own.status).toBe('FAILED');
    expect(strangeIn(own)).toEqual([]);
  });

  it('neither makes it the provider nor lets it hand in evidence', () => {
    const facts = [...until(40), failed('stranger', 50), plan('stranger', 51)];
    const document = recordOf(facts, 55);
    expect(document.providerUscc).toBe('provider');
    expect(strangeIn(document)).toHaveLength(2);
    expect(handsIn(facts, 'stranger')).toBe('SEPARATION_OF_DUTIES');
    expect(handsIn(facts, 'provider')).toBeUndefined();
  });

  it('counts for nothing either where it once was engaged itself', () => {
    const facts = [...acceptedFacts(), reassigned('other', 50), failed('provider', 60, { final: true })];
    expect(recordOf(facts)).toMatchObject({ status: 'ACCEPTED', providerUscc: 'other' });
  });

  it('names no price that a subsidy is reserved from', () => {
    const facts = [
      plan('a', 20, { priceFen: 300 }),
      plan('stranger', 21, { priceFen: 9_000 }),
      plan('a', 23, { priceFen: 250 }),
    ];
    expect([22, 23].map((day) => priceAt(stateOf(facts), dayAt(day)))).toEqual([300, 250]);
  });

  it('is heard while nobody is engaged, and engages nobody', () => {
    const document = recordOf([...until(10), failed('seeker', 15, { step: 'plan', final: true })]);
    expect(document).toMatchObject({ status: 'FAILED', failureReason: failure, providerUscc: null });
    expect(document.findings).toEqual([]);
  });

  it('makes a run read anew that began when everybody’s counted, and no run where it makes no difference', () => {
    expect(hasStrangers([...acceptedFacts(), failed('provider', 60), reassigned('other', 70)])).toBe(false);
    expect(hasStrangers([...acceptedFacts(), failed('stranger', 60)])).toBe(true);
    const moved = reassigned('other', 50);
    const facts = [...until(40), moved, failed('other', 60)];
    expect(hasStrangers(facts)).toBe(false);
    expect(hasStrangers([...facts, correction(moved.id, 65)])).toBe(true);
  });
});

describe('who took part as provider', () => {
  const parts = (document: OnboardingDocument) =>
    partsIn(document).map(({ providerUscc, isReplaced, closedAt }) => ({
      providerUscc,
      isReplaced,
      closedAt,
    }));

  it('each that was engaged, until the next one was', () => {
    expect(parts(recordOf([...until(40), reassigned('other', 50)], 60))).toEqual([
      { providerUscc: 'provider', isReplaced: true, closedAt: new Date(dayAt(50)) },
      { providerUscc: 'other', isReplaced: false, closedAt: null },
    ]);
  });

  it('nobody by what was taken back, and nobody by reporting where another was engaged', () => {
    const moved = reassigned('other', 50);
    const facts = [...until(40), moved, correction(moved.id, 55), failed('stranger', 56)];
    expect(parts(recordOf(facts, 60))).toEqual([
      { providerUscc: 'provider', isReplaced: false, closedAt: null },
    ]);
  });

  it('also who found no solution where nobody was ever engaged', () => {
    const document = recordOf([...until(10), failed('seeker', 15, { step: 'plan', final: true })]);
    expect(parts(document)).toEqual([
      { providerUscc: 'seeker', isReplaced: false, closedAt: new Date(dayAt(15)) },
    ]);
  });
});

describe('a rating on site', () => {
  const rated = (raterUscc: string): Fact =>
    factOf({
      ...fact('level-assessed', 130),
      data: { supplierUscc: 's', level: 2, raterUscc },
    });
  const attempts = (raterUscc: string) => {
    const others = acceptedFacts().filter(({ type }) => type !== 'onboarding.level-assessed.v1');
    const { steps } = recordOf([...others, rated(raterUscc)], 140);
    return steps.find(({ step }) => step === 'ONSITE_RATED')?.attempts;
  };

  it('counts for nothing where the firm itself rated, or its provider or leader', () => {
    for (const rater of ['s', 'provider', 'leader'])
      expect(attempts(rater)).toMatchObject([
        { outcome: 'failed', reason: { group: 'EVIDENCE', cause: 'REJECTED' } },
      ]);
    expect(attempts('rater')).toMatchObject([{ outcome: 'done' }]);
  });
});
