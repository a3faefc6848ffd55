import { describe, expect, it } from 'vitest';
import { documentOf, type OnboardingDocument } from '../../../services/onboarding/readModel/document.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
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

/** The record once all windows have closed, or once time has come to `day`. */
const recordOf = (facts: readonly Fact[], ...days: readonly number[]): OnboardingDocument => {
  const clocks = days.length === 0 ? [END_DAY] : days;
  return documentOf('w', KEY, runModel(factsAndClock(facts, ...clocks), ACCEPTED_DATA).facts, []);
};
const openStep = (document: OnboardingDocument, step: string) =>
  document.steps.find((one) => one.step === step);
const until = (day: number): Fact[] => acceptedFacts().filter(({ time }) => time <= dayAt(day));

const nominatedAt = (day: number): Fact =>
  fact('supplier-nominated', day, { leaderUscc: 'leader' }, `nominated${day}`);

describe('a corrected onboarding', () => {
  it('opens a step again whose fact was taken back, and keeps the fact on record', () => {
    const document = recordOf([...until(40), correction('/test contract-signed', 45)], 50);
    expect(document).toMatchObject({ status: 'ACTIVE', stage: 'CONTRACTED', contractedAt: null });
    expect(openStep(document, 'CONTRACTED')).toMatchObject({ state: 'WAITING_ON', waitingOn: 'supplier' });
    expect(document.history.find(({ id }) => id === '/test contract-signed')?.isTakenBack).toBe(true);
    expect(document.history.at(-1)).toMatchObject({
      event: 'correction.declared.v1',
      comment: 'stated by mistake',
    });
    expect(document.findings).toEqual([]);
  });

  it('goes on with what stands in place of a replaced fact', () => {
    const again = fact('contract-signed', 44, { providerUscc: 'other' }, 'contract-signed-again');
    const document = recordOf([...until(40), correction('/test contract-signed', 45), again], 50);
    expect(document).toMatchObject({ stage: 'IMPLEMENTING', providerUscc: 'other' });
    expect(document.contractedAt).toEqual(new Date(dayAt(44)));
  });

  it('stands again once its correction is taken back', () => {
    const taken = correction('/test contract-signed', 45);
    const document = recordOf([...until(40), taken, correction(taken.id, 46)], 50);
    expect(document).toMatchObject({ stage: 'IMPLEMENTING', contractedAt: new Date(dayAt(40)) });
  });

  it('does not end by a withdrawal that was taken back in time', () => {
    const withdrew = fact('supplier-withdrew', 50);
    const document = recordOf([...acceptedFacts(), withdrew, correction(withdrew.id, 50)]);
    expect(document.status).toBe('ACCEPTED');
    expect(document.findings.filter(({ code }) => code === 'LATE_AFTER_CLOSE')).toEqual([]);
  });

  it('stays closed by one that was taken back later, however both arrived, and says so', () => {
    const withdrew = fact('supplier-withdrew', 50);
    const facts = [...acceptedFacts(), withdrew, correction(withdrew.id, 52)];
    for (const arrived of [facts, [...facts].reverse()]) {
      const document = recordOf(arrived);
      expect(document).toMatchObject({ status: 'WITHDRAWN', closedAt: new Date(dayAt(50)) });
      expect(document.findings.map(({ code, eventId }) => `${code} ${eventId}`)).toContain(
        'LATE_AFTER_CLOSE /test correction of /test supplier-withdrew',
      );
      expect(document.history.find(({ id }) => id === withdrew.id)?.isTakenBack).toBe(false);
    }
  });

  it('ends at the correction where that brings an earlier ending to light', () => {
    const nomination = nominatedAt(-700);
    const mistaken = correction(nomination.id, -690);
    const document = recordOf([nomination, mistaken, nominatedAt(-480), correction(mistaken.id, -50)]);
    expect(document).toMatchObject({ status: 'EXPIRED', closedAt: new Date(dayAt(-50)) });
  });

  it('is not accepted on a rating that was taken back', () => {
    const document = recordOf([...acceptedFacts(), correction('/test level-assessed', 140)]);
    expect(document).toMatchObject({ status: 'EXPIRED', level: null });
  });
});
