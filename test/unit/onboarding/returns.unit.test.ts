import { describe, expect, it } from 'vitest';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import { type Fact, inOrder } from '../../../workflows/onboarding/facts.ts';
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
const returned = (step: string, day: number): Fact => fact('step-returned', day, { step }, `returned${day}`);
const until = (day: number): Fact[] => acceptedFacts().filter(({ time }) => time <= dayAt(day));
const documentBy = (facts: readonly Fact[]) => documentOf('w', KEY, facts, []);

/** All facts at once, as a backfill brings them. */
const backfilled = (facts: readonly Fact[], day: number) =>
  runModel(factsAndClock(facts, day), ACCEPTED_DATA);
/** Each fact on its day. */
const lived = (facts: readonly Fact[], day: number) =>
  runModel(
    [
      ...inOrder(facts).flatMap((one) => [
        { kind: 'fact' as const, fact: one },
        { kind: 'clock' as const, at: one.time },
      ]),
      { kind: 'clock' as const, at: dayAt(day) },
    ],
    ACCEPTED_DATA,
  );
/** What was stated either way, day by day; both ways must state the same. */
function statedBy(facts: readonly Fact[], day: number): string[] {
  const { acts } = backfilled(facts, day);
  expect(acts).toEqual(lived(facts, day).acts);
  return acts.map(
    ({ id, time }) => `${(Date.parse(time) - Date.parse(dayAt(0))) / 86_400_000} ${id.slice(2)}`,
  );
}

describe('a step that is given back', () => {
  it('stays done until then, for all that the system does of an earlier date', () => {
    const facts = [...until(25), returned('PLAN_APPROVED', 27), fact('plan-approved', 35, {}, 'again')];
    expect(statedBy(facts, 36)).toEqual(
      expect.arrayContaining(['25 subsidy-reserved', '25 provider-reserved']),
    );
    const { steps } = backfilled(facts, 36).state;
    expect(steps.get('PLAN_APPROVED')?.doneAt).toBe(dayAt(35));
  });

  it('does not undo an ending before that, and is a finding', () => {
    const facts = [...acceptedFacts(), returned('ONSITE_RATED', 200)];
    expect(statedBy(facts, END_DAY)).toContain('150 closed');
    const document = documentBy(backfilled(facts, END_DAY).facts);
    expect(document.status).toBe('ACCEPTED');
    const late = document.findings.filter(({ code }) => code === 'LATE_AFTER_CLOSE');
    expect(late.map(({ eventId }) => eventId)).toEqual(['/test returned200']);
  });

  it('holds up the ending that would have come after it', () => {
    const facts = [...acceptedFacts(), returned('ONSITE_RATED', 140)];
    expect(statedBy(facts, END_DAY)).toContain('540 closed');
    const again = fact('level-assessed', 145, { level: 2 }, 'rated again');
    expect(statedBy([...facts, again], END_DAY)).toContain('150 closed');
  });

  it('counts again once the return is taken back', () => {
    const back = returned('ONSITE_RATED', 140);
    const facts = [...acceptedFacts(), back, correction(back.id, 160)];
    expect(statedBy(facts, END_DAY)).toContain('160 closed');
    expect(documentBy(backfilled(facts, END_DAY).facts).status).toBe('ACCEPTED');
  });

  it('is done by people anew; what the system stated for it stands', () => {
    const facts = [...until(110), returned('LIVE', 115)];
    expect(backfilled(facts, 116).state.steps.get('LIVE')?.doneAt).toBeNull();
    const { steps } = backfilled([...facts, fact('go-live-confirmed', 118, {}, 'again')], 119).state;
    expect(steps.get('LIVE')?.doneAt).toBe(dayAt(118));
  });
});

describe('the ladder of a step that is given back', () => {
  const about = (step: string, stated: readonly string[]) =>
    stated.filter((line) => line.includes(`/${step}/`));

  it('says nothing of a deadline that passed while the step was done', () => {
    // Filed on day 20 of forty working days, so in time; given back long after.
    const facts = [...until(20), returned('PLAN_FILED', 100)];
    expect(about('PLAN_FILED', statedBy(facts, 155))).toEqual([]);
    expect(about('PLAN_FILED', statedBy(facts, 160))).toEqual(['157 reminder/PLAN_FILED/2/1']);
  });

  it('begins anew also for the step that rests on it, which was reminded of before', () => {
    const facts = [...until(20), returned('PLAN_FILED', 80), fact('plan-filed', 90, {}, 'filed again')];
    expect(about('PLAN_APPROVED', statedBy(facts, 150))).toEqual([
      '52 reminder/PLAN_APPROVED/1',
      '66 reminder/PLAN_APPROVED/2',
      // Filed again on day 90: twenty working days, with the holidays of May between them.
      '117 reminder/PLAN_APPROVED/1/1',
      '135 reminder/PLAN_APPROVED/1/2',
      '149 reminder/PLAN_APPROVED/1/3',
    ]);
  });

  it('begins anew where a part of it had been done before, of which people were reminded too', () => {
    // Confirmed on day 80 although no second month of data ever came; the first deadline lies on day 165.
    const facts = [...until(70), fact('go-live-confirmed', 80), returned('LIVE', 250)];
    const { acts } = runModel(factsAndClock(facts, 400), [dayAt(75)]);
    const told = acts.filter(({ data }) => data.step === 'LIVE').map(({ id }) => id.slice(2));
    expect(told).toHaveLength(6);
    expect(new Set(told).size).toBe(6);
  });
});
