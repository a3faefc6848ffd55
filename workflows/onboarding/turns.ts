import type { ActCommand } from '../../schemas/api/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { OnboardingState } from './decider.ts';
import type { Refusal } from './refusal.ts';
import type { StepStanding } from './steps.ts';

const notYet = (message: string): Refusal => ({ code: 'NOT_WAITING_FOR_THIS', message });

/** Whether the onboarding waits for this act: by what has been reported, not by what the system has carried out. */
export function judgeTurn(state: OnboardingState, command: ActCommand): Refusal | null {
  const at = new Date(command.at).toISOString();
  const has = (type: EventType): boolean =>
    state.standing.some((fact) => fact.type === type && fact.time <= at);
  const any = (...types: EventType[]): boolean =>
    state.standing.some(
      (fact) => types.includes(fact.type) && (state.reopenedAt === null || fact.time > state.reopenedAt),
    );
  const isIn = (step: string): boolean => (state.steps.get(step)?.facts.length ?? 0) > 0;
  switch (command.act) {
    case 'approve-plan':
    case 'decline-plan':
      if (!state.steps.get('PLAN_FILED')?.facts.some((fact) => fact.time <= at))
        return notYet('no plan has been filed by then');
      return isIn('PLAN_APPROVED') || any('onboarding.plan-declined.v1')
        ? notYet('the plan has been decided')
        : null;
    case 'self-assess':
      if (!has('onboarding.go-live-confirmed.v1'))
        return notYet('the supplier has not confirmed its go-live by then');
      return isIn('SELF_ASSESSED') ? notYet('the self-assessment is in') : null;
    case 'audit-finance':
      if (!has('onboarding.contract-signed.v1')) return notYet('no contract has been signed by then');
      return isIn('FINANCE_AUDITED') ? notYet('the audit is done') : null;
    case 'withdraw':
      return null;
    case 'return-step':
      return judgeReturn(state, command.step);
    case 'hand-in-evidence':
    case 'take-remedy':
    case 'ask-for-help':
      return knownStep(state, command.step, (step) =>
        step.doneAt === null ? null : notYet(`${command.step} is done`),
      );
    case 'skip-step':
      return knownStep(state, command.step, (step) => {
        if (step.doneAt !== null || step.skip !== null) return notYet(`${command.step} is done`);
        return step.definition.maySkip
          ? null
          : { code: 'SEPARATION_OF_DUTIES', message: `nobody has the authority to skip ${command.step}` };
      });
    case 'reassign-provider':
      if (!isIn('PLAN_FILED')) return notYet('no provider is engaged yet');
      return state.steps.get('LIVE')?.doneAt
        ? notYet('the provider’s part is done: the supplier is live')
        : null;
    case 'reopen':
      if (state.status !== 'CLOSED') return notYet('the onboarding is not closed');
      return at <= state.ending.at ? notYet(`it was closed only on ${state.ending.at}`) : null;
    default: {
      const unknown: never = command;
      return unknown;
    }
  }
}

function knownStep(
  state: OnboardingState,
  name: string,
  judge: (step: StepStanding) => Refusal | null,
): Refusal | null {
  const step = state.steps.get(name);
  return step === undefined
    ? { code: 'BAD_INPUT', message: `the programme has no step ${name}` }
    : judge(step);
}

/** A step is given back only as long as nothing that needs it has been done. */
function judgeReturn(state: OnboardingState, name: string): Refusal | null {
  return knownStep(state, name, (step) => {
    if (step.facts.length === 0 && step.evidence.length === 0)
      return notYet(`nothing has been handed in for ${name}`);
    if (step.definition.waitingOn === 'system' || step.definition.waitingOn === 'platform')
      return notYet(`${name} is not done by people`);
    const later = [...state.steps.values()].find(
      ({ definition, facts, doneAt }) =>
        definition.after.includes(name) && (doneAt !== null || facts.length > 0),
    );
    return later === undefined ? null : notYet(`${later.definition.step} rests on it and has been reported`);
  });
}
