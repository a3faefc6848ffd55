import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../schemas/errors.ts';
import { SUPPLIER } from '../../support/events.ts';
import { interleaving } from '../../support/interleavings.ts';
import { ACCEPTED_DATA } from '../../support/onboardingFacts.ts';
import { brokenLaws } from '../../support/onboardingLaws.ts';
import { type Happening, type PlatformMood, runModel } from '../../support/onboardingModel.ts';

const factsIn = (happenings: readonly Happening[]) => [
  ...new Map(
    happenings.flatMap((one) => (one.kind === 'fact' ? [[one.fact.id, one.fact] as const] : [])),
  ).values(),
];

/** By what an act shows that this was taken hold of, or may have been. */
const TAKEN: Readonly<Record<string, readonly unknown[]>> = {
  tenant: ['onboarding.tenant-created.v1', 'create-tenant'],
  credential: ['onboarding.credential-issued.v1', 'issue-credential'],
  devices: ['onboarding.devices-registered.v1', 'register-devices'],
};

describe('valid, repeated, stale and illegal acts in any interleaving', () => {
  it('leave one ending, an exact inverse, no step before its prerequisites, and a complete history', () => {
    fc.assert(
      fc.property(interleaving(SUPPLIER, 12), (happenings) => {
        const { acts, facts } = runModel(happenings, ACCEPTED_DATA);
        expect(brokenLaws(factsIn(happenings), acts, facts)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('hold the same laws on a platform that fails, answers late, or refuses what it has done; what it keeps a person was asked about', () => {
    const met = new Set<string>();
    const moods = fc.array(
      fc.constantFrom<PlatformMood>('done', 'done', 'silent', 'done-unheard', 'refused', 'refused-yet-done'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(interleaving(SUPPLIER, 6), moods, (happenings, platformMoods) => {
        const { acts, facts, platform, state } = runModel(happenings, ACCEPTED_DATA, platformMoods);
        expect(brokenLaws(factsIn(happenings), acts, facts)).toEqual([]);
        for (const { type } of acts) met.add(type);
        if (state.status !== 'CLOSED' || state.ending.status === 'ACCEPTED') return;
        for (const kept of platform) {
          // An escalation of an earlier round says nothing about what was taken again since.
          const takenAt = acts.findLastIndex(
            ({ type, data }) => TAKEN[kept]?.includes(type) || TAKEN[kept]?.includes(data.operation),
          );
          const escalated = acts
            .slice(takenAt + 1)
            .filter(({ type }) => type === 'onboarding.compensation-escalated.v1')
            .map(({ data }) => String(data.operation));
          expect(escalated.join()).toContain(kept);
        }
      }),
      { numRuns: 100, seed: 11 },
    );
    for (const type of ['platform-refused', 'compensation-escalated', 'devices-removed'])
      expect([type, met.has(`onboarding.${type}.v1`)]).toEqual([type, true]);
  }, 120_000);

  it('are each taken once or refused with a code, and what is refused leaves no trace', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(interleaving(SUPPLIER, 12), (happenings) => {
        const { acts, verdicts } = runModel(happenings, ACCEPTED_DATA);
        const wishes = happenings.flatMap((one) => (one.kind === 'act' ? [one.command.actId] : []));
        expect(verdicts).toHaveLength(wishes.length);
        const recorded = acts.map(({ id }) => id).filter((id) => id.includes('/act/'));
        const taken = wishes.filter((_, index) => verdicts[index] === 'taken');
        expect(recorded).toEqual(taken.map((id) => `w/act/${id}`));
        expect(new Set(recorded).size).toBe(recorded.length);
        for (const verdict of verdicts) {
          seen.add(verdict);
          if (verdict !== 'taken' && verdict !== 'duplicate') expect(verdict in ERRORS).toBe(true);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
    // The interleavings hold what they are meant to: without these the law above would say little.
    for (const kind of [
      'taken',
      'duplicate',
      'NOT_WAITING_FOR_THIS',
      'SEPARATION_OF_DUTIES',
      'ALREADY_CLOSED',
      'BAD_INPUT',
    ])
      expect([kind, seen.has(kind)]).toEqual([kind, true]);
  }, 120_000);
});
