import { describe, expect, it } from 'vitest';
import { ActCommand } from '../../../schemas/api/acts.ts';
import { foldReported } from '../../../workflows/onboarding/decider.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import { judgeTurn } from '../../../workflows/onboarding/turns.ts';
import { actCommand } from '../../support/onboardingEvents.ts';
import { ACCEPTED_DATA, acceptedFacts, dayAt, fact, factsAndClock } from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

/** What is on record when the usual course has come to a day, with what happened besides. */
const recordAt = (day: number, ...more: Fact[]): readonly Fact[] => {
  const usual = acceptedFacts().filter(({ time }) => time <= dayAt(day));
  return runModel(factsAndClock([...usual, ...more], day), ACCEPTED_DATA).facts;
};
/** Whether it is an act's turn: `null`, or why not. */
function turn(facts: readonly Fact[], act: string, day: number, fields: Record<string, unknown> = {}) {
  const state = foldReported(facts, CURRENT_PROGRAMME_VERSION);
  return judgeTurn(state, ActCommand.parse(actCommand(act, dayAt(day), fields)))?.said.en ?? null;
}
const reopened = (facts: readonly Fact[], day: number): readonly Fact[] => {
  const closing = facts.find(({ type }) => type === 'onboarding.closed.v1')?.id ?? '';
  return [...facts, fact('reopened', day, { closing })];
};

const ASSESSMENT = { edition: '2024', score: 45, level: 2 };
const CASH = { failureReason: { group: 'DARE_NOT', cause: 'CASH' } };
const paper = (step: string) => ({ step, evidenceSha256: 'a'.repeat(64), fileName: 'a.pdf' });

describe('the turn of', () => {
  it('the decision on a plan: once, when one has been filed by then; again after a reopening', () => {
    expect(turn(recordAt(22), 'approve-plan', 21)).toBeNull();
    expect(turn(recordAt(22), 'approve-plan', 19)).toMatch(/no plan has been filed/);
    expect(turn(recordAt(25), 'decline-plan', 26, CASH)).toMatch(/has been decided/);
    const declined = recordAt(24, fact('plan-declined', 23));
    expect(turn(declined, 'approve-plan', 24)).toMatch(/has been decided/);
    expect(turn(reopened(declined, 30), 'approve-plan', 31)).toBeNull();
  });

  it('the self-assessment: once, when the go-live has been confirmed by then', () => {
    expect(turn(recordAt(110), 'self-assess', 111, ASSESSMENT)).toBeNull();
    expect(turn(recordAt(110), 'self-assess', 109, ASSESSMENT)).toMatch(/not confirmed/);
    expect(turn(recordAt(120), 'self-assess', 121, ASSESSMENT)).toMatch(/is in/);
  });

  it('the audit: once, when a contract has been signed by then', () => {
    const matched = { outcome: 'matched' };
    expect(turn(recordAt(40), 'audit-finance', 40, matched)).toBeNull();
    expect(turn(recordAt(40), 'audit-finance', 39, matched)).toMatch(/no contract/);
    expect(turn(recordAt(135), 'audit-finance', 136, matched)).toMatch(/audit is done/);
  });

  it('a return: of what people handed in, while nothing that rests on it was reported', () => {
    const back = (facts: readonly Fact[], step: string) => turn(facts, 'return-step', 200, { step });
    expect(back(recordAt(20), 'PLAN_FILED')).toBeNull();
    expect(back(recordAt(25), 'PLAN_FILED')).toMatch(/PLAN_APPROVED rests on it/);
    // Reported before its turn, and not done.
    expect(back(recordAt(20, fact('contract-signed', 15)), 'PLAN_APPROVED')).toMatch(
      /nothing has been handed in/,
    );
    const early = recordAt(
      20,
      fact('evidence-handed-in', 15, paper('PLAN_APPROVED')),
      fact('contract-signed', 16),
    );
    expect(back(early, 'PLAN_APPROVED')).toMatch(/CONTRACTED rests on it/);
    expect(back(recordAt(25), 'CONTRACTED')).toMatch(/nothing has been handed in/);
    const handedIn = fact('evidence-handed-in', 24, paper('CONTRACTED'));
    expect(back(recordAt(25, handedIn), 'CONTRACTED')).toBeNull();
    expect(back(recordAt(70), 'PROVISIONED')).toMatch(/not done by people/);
    expect(back(recordAt(20), 'REGISTERED')).toMatch(/not done by people/);
    expect(back(recordAt(20), 'NO_SUCH_STEP')).toMatch(/no step/);
    const skipped = recordAt(
      5,
      fact('diagnosis-completed', 4),
      fact('step-skipped', 5, { step: 'PLAN_FILED' }),
    );
    expect(back(skipped, 'DIAGNOSED')).toMatch(/PLAN_FILED rests on it/);
  });

  it.each([
    ['hand-in-evidence', paper('DIAGNOSED')],
    ['take-remedy', { step: 'DIAGNOSED', remedy: 'training' }],
    ['ask-for-help', { step: 'DIAGNOSED', ...CASH }],
  ])('%s: while the step is not done', (act, fields) => {
    expect(turn(recordAt(9), act, 9, fields)).toBeNull();
    expect(turn(recordAt(10), act, 11, fields)).toMatch(/DIAGNOSED is done/);
  });

  it('a skip: once, of a step that may be skipped and is not done', () => {
    const skip = (facts: readonly Fact[], step: string) => turn(facts, 'skip-step', 100, { step });
    expect(skip(recordAt(25), 'TRAINED')).toBeNull();
    expect(skip(recordAt(60), 'TRAINED')).toMatch(/is done/);
    expect(skip(recordAt(25, fact('step-skipped', 24, { step: 'TRAINED' })), 'TRAINED')).toMatch(/is done/);
    expect(skip(recordAt(25), 'CONTRACTED')).toMatch(/authority/);
  });

  it('another provider: once one is engaged, and before LIVE', () => {
    const other = { providerUscc: '91510112MA0000007K' };
    expect(turn(recordAt(19), 'reassign-provider', 19, other)).toMatch(/no provider is engaged/);
    expect(turn(recordAt(20), 'reassign-provider', 21, other)).toBeNull();
    expect(turn(recordAt(110), 'reassign-provider', 111, other)).toMatch(/the supplier is live/);
  });

  it('a reopening: of what is closed, later than that', () => {
    const closed = recordAt(51, fact('supplier-withdrew', 50));
    expect(turn(recordAt(49), 'reopen', 60)).toMatch(/not closed/);
    expect(turn(closed, 'reopen', 50)).toMatch(/closed only on/);
    expect(turn(closed, 'reopen', 51)).toBeNull();
    expect(turn(reopened(closed, 52), 'reopen', 60)).toMatch(/not closed/);
  });
});
