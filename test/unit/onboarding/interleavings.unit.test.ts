import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../schemas/errors.ts';
import { SUPPLIER } from '../../support/events.ts';
import { interleaving } from '../../support/interleavings.ts';
import { ACCEPTED_DATA } from '../../support/onboardingFacts.ts';
import { brokenLaws } from '../../support/onboardingLaws.ts';
import { type Happening, runModel } from '../../support/onboardingModel.ts';

const factsIn = (happenings: readonly Happening[]) => [
  ...new Map(
    happenings.flatMap((one) => (one.kind === 'fact' ? [[one.fact.id, one.fact] as const] : [])),
  ).values(),
];

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
