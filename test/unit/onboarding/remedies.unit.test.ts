import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../../schemas/remedy.ts';
import {
  offeredRemedies,
  type RemedySubject,
  takenRemedies,
} from '../../../services/onboarding/domain/remedies.ts';
import { dayAt } from '../../support/onboardingFacts.ts';

type Step = RemedySubject['steps'][number];
type Attempt = Step['attempts'][number];

const failed = (day: number, cause: 'NO_ERP' | 'NO_STAFF' = 'NO_ERP'): Attempt => ({
  at: dayAt(day),
  outcome: 'failed',
  reason: { group: 'UNABLE', cause },
});
const ended = (day: number, outcome: string): Attempt => ({ at: dayAt(day), outcome, reason: null });
const step = (attempts: readonly Attempt[], more: Partial<Step> = {}): Step => ({
  step: 'DEPLOYED',
  state: 'WAITING_ON',
  attempts,
  ...more,
});
const subject = (steps: readonly Step[], more: Partial<RemedySubject> = {}): RemedySubject => ({
  status: 'ACTIVE',
  industryCode: '3670',
  baselineLevel: 1,
  steps,
  history: [],
  ...more,
});
const taking = (day: number, more: Partial<RemedySubject['history'][number]> = {}) => ({
  event: 'onboarding.remedy-taken.v1',
  at: dayAt(day),
  step: 'DEPLOYED',
  remedy: 'a',
  ...more,
});
const remedy = (id: string, more: Partial<Remedy> = {}): Remedy =>
  ({ id, kind: 'training', title: { zh: id, en: id }, groups: ['UNABLE'], ...more }) as Remedy;

describe('what is offered', () => {
  const offered = (one: RemedySubject, ...catalogue: Remedy[]) =>
    offeredRemedies(one, catalogue, new Map(), (kind) => [
      { uscc: kind, name: null, industry: '36', engaged: null, live: null, solutions: [] },
    ]);

  it('says what speaks for it, and the more does the earlier it stands; then by name', () => {
    const one = subject([step([failed(1, 'NO_STAFF'), failed(2)])]);
    const fits = { industries: ['36'], maxLevel: 1, gaps: ['NO_STAFF', 'NO_ERP', 'CASH'] } as Partial<Remedy>;
    const catalogue = [remedy('b'), remedy('a'), remedy('c', fits)];
    expect(offered(one, ...catalogue).map(({ remedy: id, because }) => [id, because])).toEqual([
      ['c', ['reason UNABLE/NO_ERP', 'industry 3670', 'level 1 before', 'gap NO_STAFF']],
      ['a', ['reason UNABLE/NO_ERP']],
      ['b', ['reason UNABLE/NO_ERP']],
    ]);
  });

  it('goes up to a level, and never to a step that was skipped', () => {
    const upTo = remedy('a', { maxLevel: 1 });
    expect(offered(subject([step([failed(1)])]), upTo)).toHaveLength(1);
    expect(offered(subject([step([failed(1)])], { baselineLevel: 2 }), upTo)).toEqual([]);
    expect(offered(subject([step([failed(1)], { state: 'SKIPPED' })]), upTo)).toEqual([]);
  });

  it('names who can help with that kind of remedy', () => {
    const one = subject([step([failed(1)])]);
    expect(offered(one, remedy('a', { kind: 'other-provider' }))[0]?.candidates).toMatchObject([
      { uscc: 'other-provider' },
    ]);
  });
});

describe('what was taken', () => {
  const taken = (steps: readonly Step[], ...history: RemedySubject['history'][number][]) =>
    takenRemedies(subject(steps, { history }));

  it('is one of its own for another step or another remedy', () => {
    const steps = [step([failed(1)]), step([failed(1)], { step: 'TRAINED' })];
    const history = [taking(2), taking(3, { step: 'TRAINED' }), taking(4, { remedy: 'b' }), taking(5)];
    expect(taken(steps, ...history).map(({ step: name, remedy: id }) => `${name} ${id}`)).toEqual([
      'DEPLOYED a',
      'TRAINED a',
      'DEPLOYED b',
    ]);
  });

  it('answers the failure before it, not one that came after', () => {
    expect(taken([step([failed(1, 'NO_STAFF'), failed(9)])], taking(2))).toMatchObject([
      { reason: { cause: 'NO_STAFF' }, outcome: 'did-not-work' },
    ]);
  });

  it('is judged by what comes after it: a try that ended at that very moment it did not help', () => {
    expect(taken([step([failed(2)])], taking(2))).toMatchObject([{ outcome: 'open' }]);
    expect(taken([step([failed(2)])], taking(2), taking(3))).toHaveLength(1);
  });

  it('worked too where the step was then skipped', () => {
    expect(taken([step([failed(1), ended(3, 'skipped')])], taking(2))).toMatchObject([{ outcome: 'worked' }]);
  });
});
