import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { acceptedFacts, correction, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const reassigned = (day: number, providerUscc: string): Fact =>
  fact('provider-reassigned', day, { providerUscc }, `reassigned to ${providerUscc}`);

/** What a workflow states of one type, one after the other. */
const statedOf = (type: string, more: readonly Fact[]) => {
  const contracted = acceptedFacts().filter(({ time }) => time <= dayAt(40));
  const { acts } = runModel(factsAndClock([...contracted, ...more], 60), []);
  return acts.filter((act) => act.type === type).map(({ data }) => data);
};

/** Whom the reservation names, one after the other. */
const engagedBy = (...more: readonly Fact[]) =>
  statedOf('onboarding.provider-reserved.v1', more).map(({ providerUscc }) => providerUscc);

describe("the provider's reservation follows each reassignment", () => {
  it('also two that are asked for at one instant', () => {
    expect(engagedBy(reassigned(45, 'b'), reassigned(45, 'c'))).toEqual(['provider', 'b', 'c']);
  });

  it('also a dozen that are asked for at one instant, each let go by the next', () => {
    const asked = [...'abcdefghijkl'];
    const moves = asked.map((providerUscc) => reassigned(45, providerUscc));
    expect(engagedBy(...moves)).toEqual(['provider', ...asked]);
    const released = statedOf('onboarding.provider-released.v1', moves).map(({ fromUscc }) => fromUscc);
    expect(released).toEqual(['provider', ...asked.slice(0, -1)]);
  });

  it('also two that a correction brings to light, although both moves then bear its time', () => {
    const [b, c] = [reassigned(45, 'b'), reassigned(46, 'c')];
    const [noB, noC] = [correction(b.id, 45), correction(c.id, 46)];
    expect(engagedBy(b, c, noB, noC)).toEqual(['provider']);
    const yesB = correction(noB.id, 55, 'b after all');
    const yesC = correction(noC.id, 55, 'c after all');
    expect(engagedBy(b, c, noB, noC, yesB, yesC)).toEqual(['provider', 'b', 'c']);
  });

  it('and goes back to one who was engaged before, but never to where a later one had moved it from', () => {
    const back = fact('provider-reassigned', 50, { providerUscc: 'provider' }, 'back');
    expect(engagedBy(reassigned(45, 'b'), back)).toEqual(['provider', 'b', 'provider']);
    const [b, noB] = [reassigned(45, 'b'), correction('/test reassigned to b', 45)];
    const late = correction(noB.id, 55, 'b after all');
    expect(engagedBy(b, noB, reassigned(46, 'c'), late)).toEqual(['provider', 'c']);
  });
});
