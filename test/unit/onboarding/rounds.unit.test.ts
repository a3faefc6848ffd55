import { describe, expect, it } from 'vitest';
import { type Fact, inOrder } from '../../../workflows/onboarding/facts.ts';
import { lateFacts, roundsOf } from '../../../workflows/onboarding/rounds.ts';
import { acceptedFacts, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const closed = (day: number, status: 'ACCEPTED' | 'WITHDRAWN', basis: readonly string[] = []): Fact =>
  fact('closed', day, { status, basis }, `closed${day}`);
const reopened = (day: number, closing: Fact): Fact =>
  fact('reopened', day, { closing: closing.id }, `reopened${day}`);
const ids = (facts: readonly Fact[]): string[] => facts.map(({ id }) => id.slice('/test '.length));
const rounds = (...facts: Fact[]) => {
  const { standing, closing, ...rest } = roundsOf(inOrder(facts));
  return { ...rest, closing: closing?.id ?? null, standing: ids(standing) };
};
const late = (...facts: Fact[]): string[] => ids(lateFacts(inOrder(facts)));

const tenant = (day: number): Fact => fact('tenant-created', day, {}, `tenant${day}`);
const decided = (day: number): Fact =>
  fact('acceptance-decided', day, { outcome: 'accepted' }, `decided${day}`);

describe('closings and reopenings', () => {
  it('leave everything standing where there are none', () => {
    expect(rounds(tenant(1), decided(2))).toEqual({
      closing: null,
      reopenedAt: null,
      round: 1,
      standing: ['tenant1', 'decided2'],
    });
  });

  it('keep what closed it in force until a reopening names that', () => {
    const first = closed(10, 'WITHDRAWN');
    const stray = fact('reopened', 12, { closing: '/test another' }, 'stray');
    expect(rounds(tenant(1), first, stray)).toMatchObject({ closing: first.id, round: 1, reopenedAt: null });
    expect(rounds(first, reopened(12, first))).toMatchObject({
      closing: null,
      round: 2,
      reopenedAt: fact('x', 12).time,
    });
    const second = closed(20, 'WITHDRAWN');
    const again = [first, reopened(12, first), second];
    expect(rounds(...again)).toMatchObject({ closing: second.id, round: 2 });
    expect(rounds(...again, reopened(25, second))).toMatchObject({
      closing: null,
      round: 3,
      reopenedAt: fact('x', 25).time,
    });
  });

  it('count a closing that two people reopened once', () => {
    const first = closed(10, 'WITHDRAWN');
    expect(rounds(first, reopened(12, first), reopened(13, first))).toMatchObject({
      round: 2,
      reopenedAt: fact('x', 13).time,
    });
  });

  it('begin anew what a closing undid, up to that closing, and the decision that it rests on', () => {
    const first = closed(10, 'WITHDRAWN');
    expect(
      rounds(tenant(10), decided(10), tenant(11), decided(11), first, reopened(12, first)).standing,
    ).toEqual(['closed10', 'decided11', 'tenant11', 'reopened12']);
  });

  it('keep what an acceptance left in place', () => {
    const first = closed(10, 'ACCEPTED');
    expect(rounds(tenant(5), decided(9), first, reopened(12, first)).standing).toEqual([
      'tenant5',
      'closed10',
      'reopened12',
    ]);
  });
});

describe('a platform that refuses again what a reopening asks for anew', () => {
  it('is asked once, and ends the onboarding again', () => {
    const contracted = acceptedFacts().filter(({ time }) => time <= dayAt(40));
    const back = fact('reopened', 50, { closing: '/system/onboarding w/closed' });
    const happenings = [...factsAndClock(contracted, 45), ...factsAndClock([back], 51)];
    const { acts, platform } = runModel(happenings, [], ['refused', 'done', 'refused']);
    const refusals = acts.filter(({ type }) => type === 'onboarding.platform-refused.v1');
    expect(refusals.map(({ time }) => time)).toEqual([dayAt(40), dayAt(50)]);
    expect(acts.at(-1)).toMatchObject({
      type: 'onboarding.closed.v1',
      time: dayAt(50),
      data: { status: 'FAILED' },
    });
    expect([...platform]).toEqual([]);
  });
});

describe('what came too late', () => {
  const [known, unknown] = [fact('diagnosis-completed', 5), fact('training-completed', 6)];

  it('is what a closing did not know, other than the system’s own doing and reopenings', () => {
    const first = closed(10, 'WITHDRAWN', [known.id]);
    expect(late(known, unknown, tenant(7), first, fact('plan-filed', 20))).toEqual([
      'training-completed',
      'plan-filed',
    ]);
    expect(late(known, unknown)).toEqual([]);
  });

  it('ends with the reopening: until then, that moment included, what comes is late', () => {
    const first = closed(10, 'WITHDRAWN', [known.id]);
    const back = reopened(12, first);
    expect(late(known, first, fact('plan-filed', 12), fact('contract-signed', 13), back)).toEqual([
      'plan-filed',
    ]);
  });
});
