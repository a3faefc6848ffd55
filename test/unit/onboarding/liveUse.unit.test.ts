import { describe, expect, it } from 'vitest';
import { periodOf } from '../../../schemas/time.ts';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import { expectedAnswer } from '../../../services/onboarding/readModel/tenantActivity.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { acceptedFacts, correction, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

/** Connected on day 75; a second month of data on day 105. */
const connected = acceptedFacts().filter(({ time }) => time <= dayAt(70));
const confirmed = (day: number): Fact => fact('go-live-confirmed', day, {}, `confirmed${day}`);
const run = (facts: readonly Fact[], dataDays: readonly number[], day = 300) =>
  runModel(factsAndClock([...connected, ...facts], day), [75, 105, ...dataDays].map(dayAt));
const liveAt = (...args: Parameters<typeof run>) => run(...args).state.steps.get('LIVE')?.doneAt;

describe('LIVE', () => {
  it('begins with the confirmation where data still flow on that day', () => {
    expect(liveAt([confirmed(110)], [])).toBe(dayAt(110));
    // The last data are thirty-five days old.
    expect(liveAt([confirmed(150)], [115])).toBe(dayAt(150));
  });

  it('does not begin where data stopped before, until they flow again', () => {
    expect(liveAt([confirmed(150)], [114])).toBeNull();
    expect(liveAt([confirmed(150)], [114, 170])).toBe(dayAt(170));
    expect(liveAt([confirmed(150)], [114, 170], 169)).toBeNull();
  });

  it('begins with the second month where that comes after the confirmation', () => {
    const { state } = runModel(factsAndClock([...connected, confirmed(80)], 300), [75, 78, 160].map(dayAt));
    expect(state.steps.get('LIVE')?.doneAt).toBe(dayAt(160));
  });

  it('did not ask for that in a programme that an onboarding began under before', () => {
    const registered = fact('registered', 0, { programmeVersion: 'city-3' });
    expect(liveAt([registered, confirmed(150)], [114])).toBe(dayAt(150));
  });

  it('asks again when a go-live was given back, for whatever reason', () => {
    const back = fact('step-returned', 160, { step: 'LIVE' });
    const facts = [confirmed(110), back, confirmed(170)];
    expect(liveAt(facts, [])).toBeNull();
    expect(liveAt(facts, [180])).toBe(dayAt(180));
    const stated = run(facts, [180]).acts.filter(({ type }) => type === 'onboarding.use-sustained.v1');
    expect(stated.map(({ id, time }) => [id, time])).toEqual([
      ['w/use-sustained', dayAt(110)],
      ['w/use-sustained/2', dayAt(180)],
    ]);
  });

  it('asks again when a go-live was taken back and confirmed anew', () => {
    const mistaken = confirmed(110);
    const facts = [mistaken, correction(mistaken.id, 130), confirmed(170)];
    expect(liveAt([mistaken, correction(mistaken.id, 130)], [])).toBeNull();
    expect(liveAt(facts, [])).toBeNull();
    expect(liveAt(facts, [180])).toBe(dayAt(180));
    const stated = run(facts, [180]).acts.filter(({ type }) => type === 'onboarding.use-sustained.v1');
    expect(stated.map(({ id, time }) => [id, time])).toEqual([
      ['w/use-sustained', dayAt(110)],
      ['w/use-sustained/2', dayAt(180)],
    ]);
  });

  it('does not ask again where it was confirmed before that, or the correction is taken back itself', () => {
    const mistaken = confirmed(110);
    const taken = correction(mistaken.id, 130);
    expect(liveAt([mistaken, taken, correction(taken.id, 140)], [])).toBe(dayAt(110));
    expect(liveAt([mistaken, taken, confirmed(108)], [])).toBe(dayAt(108));
  });

  it('is foreseen by the record, which knows of each month its first and last event', () => {
    const activity = [75, 105, 114, 170].map((day) => ({
      month: periodOf(new Date(dayAt(day))),
      firstAt: dayAt(day),
      firstId: `${day}`,
      lastAt: dayAt(day),
    }));
    const { facts } = run([confirmed(150)], [114], 151);
    const dueBy = (months: typeof activity) =>
      documentOf('w', { supplierUscc: 's', platform: 'p', programme: 'x' }, facts, months).nextDueAt;
    expect(dueBy(activity)).toEqual(new Date(dayAt(170)));
    expect(dueBy(activity.slice(0, 3))).not.toEqual(new Date(dayAt(170)));
    const asked = { since: dayAt(75), months: 2, flowing: { since: dayAt(115), confirmedAt: dayAt(150) } };
    expect(expectedAnswer(asked, activity).flows?.at).toBe(dayAt(170));
  });
});
