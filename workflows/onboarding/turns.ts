import type { ActCommand } from '../../schemas/api/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import { dateOf } from '../../schemas/time.ts';
import { STEPS_ZH } from '../../schemas/wording.ts';
import type { OnboardingState } from './decider.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { StepStanding } from './steps.ts';

const notYet = (en: string, zh: string): Refusal => refusal('NOT_WAITING_FOR_THIS', en, zh);
const stepZh = (step: string): string => `“${STEPS_ZH[step] ?? step}”`;

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
        return notYet('no plan has been filed by then', '当时还没有方案备案');
      return isIn('PLAN_APPROVED') || any('onboarding.plan-declined.v1')
        ? notYet('the plan has been decided', '方案已经作出决定')
        : null;
    case 'self-assess':
      if (!has('onboarding.go-live-confirmed.v1'))
        return notYet('the supplier has not confirmed its go-live by then', '当时企业还没有确认上线');
      return isIn('SELF_ASSESSED') ? notYet('the self-assessment is in', '自评已经提交') : null;
    case 'audit-finance':
      if (!has('onboarding.contract-signed.v1'))
        return notYet('no contract has been signed by then', '当时还没有签约');
      return isIn('FINANCE_AUDITED') ? notYet('the audit is done', '资金审计已经完成') : null;
    case 'withdraw':
      return null;
    case 'return-step':
      return judgeReturn(state, command.step);
    case 'hand-in-evidence':
    case 'take-remedy':
    case 'ask-for-help':
      return knownStep(state, command.step, (step) => (step.doneAt === null ? null : isDone(command.step)));
    case 'skip-step':
      return knownStep(state, command.step, (step) => {
        if (step.doneAt !== null || step.skip !== null) return isDone(command.step);
        return step.definition.maySkip
          ? null
          : refusal(
              'SEPARATION_OF_DUTIES',
              `nobody has the authority to skip ${command.step}`,
              `${stepZh(command.step)}不能跳过，谁也无权跳过`,
            );
      });
    case 'reassign-provider':
      if (!isIn('PLAN_FILED')) return notYet('no provider is engaged yet', '还没有服务商');
      return state.steps.get('LIVE')?.doneAt
        ? notYet('the provider’s part is done: the supplier is live', '服务商的工作已经完成：企业已上线')
        : null;
    case 'reopen':
      if (state.status !== 'CLOSED') return notYet('the onboarding is not closed', '项目尚未结束');
      return at <= state.ending.at
        ? notYet(`it was closed only on ${state.ending.at}`, `项目在 ${dayOf(state.ending.at)} 才结束`)
        : null;
    default: {
      const unknown: never = command;
      return unknown;
    }
  }
}

const isDone = (step: string): Refusal => notYet(`${step} is done`, `${stepZh(step)}已经完成`);

/** The day of an instant, in Asia/Shanghai. */
const dayOf = (instant: string): string => dateOf(new Date(instant));

function knownStep(
  state: OnboardingState,
  name: string,
  judge: (step: StepStanding) => Refusal | null,
): Refusal | null {
  const step = state.steps.get(name);
  return step === undefined
    ? refusal('BAD_INPUT', `the programme has no step ${name}`, `项目没有 ${name} 这一步`)
    : judge(step);
}

/** A step is given back only as long as nothing that needs it has been done. */
function judgeReturn(state: OnboardingState, name: string): Refusal | null {
  return knownStep(state, name, (step) => {
    if (step.facts.length === 0 && step.evidence.length === 0)
      return notYet(`nothing has been handed in for ${name}`, `${stepZh(name)}还没有提交任何材料`);
    if (step.definition.waitingOn === 'system' || step.definition.waitingOn === 'platform')
      return notYet(`${name} is not done by people`, `${stepZh(name)}由系统完成，不能退回`);
    const later = [...state.steps.values()].find(
      ({ definition, facts, doneAt }) =>
        definition.after.includes(name) && (doneAt !== null || facts.length > 0),
    );
    return later === undefined
      ? null
      : notYet(
          `${later.definition.step} rests on it and has been reported`,
          `${stepZh(later.definition.step)}以它为前提，已经上报`,
        );
  });
}
