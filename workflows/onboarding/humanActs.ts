import type { ActCommand } from '../../schemas/api/acts.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { OutgoingAct } from './activities.contract.ts';
import type { OnboardingState } from './decider.ts';
import { actIdentity, factOf } from './facts.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Clocks of callers may run ahead of ours by this much. */
const CLOCK_SKEW_MS = 300_000;
const MIN_REASON_LENGTH = 4;

/** The event that records an act. */
export function recordOf(command: ActCommand, workflowId: string): OutgoingAct {
  const { act, actId, at, supplierUscc, platform, programme, actor } = command;
  const base = { supplierUscc, platform, programme, actor };
  const id = `${workflowId}/act/${actId}`;
  const record = (type: EventType, data: Record<string, unknown>): OutgoingAct => ({
    id,
    type,
    time: new Date(at).toISOString(),
    correlationId: id,
    data: { ...base, ...data },
  });
  switch (act) {
    case 'approve-plan':
      return record('onboarding.plan-approved.v1', { reason: command.reason });
    case 'decline-plan':
      return record('onboarding.plan-declined.v1', {
        reason: command.reason,
        ...(command.failureReason ? { failureReason: command.failureReason } : {}),
      });
    case 'self-assess': {
      const { edition, score, level } = command;
      return record('onboarding.self-assessed.v1', { edition, score, level });
    }
    case 'audit-finance':
      return record('onboarding.finance-audited.v1', { outcome: command.outcome, reason: command.reason });
    case 'withdraw':
      return record('onboarding.withdrawn.v1', {
        failureReason: command.failureReason,
        reason: command.reason,
      });
    default: {
      const unknown: never = act;
      return unknown;
    }
  }
}

/**
 * Whether an act may be done; null when it may.
 * It looks at what has been reported, not at what the system has already carried out: that waits for the watermark.
 * @param nowMs the clock on the wall
 */
export function judgeAct(
  state: OnboardingState,
  command: ActCommand,
  workflowId: string,
  nowMs: number,
): Refusal | null {
  const record = recordOf(command, workflowId);
  const earlier = state.facts.find((fact) => fact.id === actIdentity(record.id));
  if (earlier !== undefined) {
    const same = factOf({ ...record, id: earlier.id });
    return JSON.stringify(same.data) === JSON.stringify(earlier.data) && same.time === earlier.time
      ? null
      : { code: 'CONFLICT', message: `act ${command.actId} was done before with other content` };
  }
  if (Date.parse(record.time) > nowMs + CLOCK_SKEW_MS)
    return { code: 'BAD_INPUT', message: `the act lies in the future: ${command.at}` };
  if (state.status === 'CLOSED' || (state.ending !== null && state.ending.at <= record.time))
    return {
      code: 'ALREADY_CLOSED',
      message: `this onboarding ended as ${state.ending?.status} on ${state.ending?.at}`,
    };
  if ('reason' in command && command.reason.trim().length < MIN_REASON_LENGTH)
    return { code: 'REASON_REQUIRED', message: `${command.act} needs a reason` };
  return judgeDuties(state, command) ?? judgeTurn(state, command);
}

/** Separation of duties: who has an interest in a matter does not decide it. */
function judgeDuties(state: OnboardingState, command: ActCommand): Refusal | null {
  const { role, uscc } = command.actor;
  const refuse = (why: string): Refusal => ({ code: 'SEPARATION_OF_DUTIES', message: why });
  if (!state.programme.mayAct[command.act].includes(role))
    return refuse(
      `a ${role} may not ${command.act}; ${state.programme.mayAct[command.act].join(' or ')} may`,
    );
  if (uscc === undefined) return null;
  if (command.act === 'self-assess' || command.act === 'withdraw')
    return role === 'supplier' && uscc !== command.supplierUscc
      ? refuse('only the supplier itself may do this')
      : null;
  const interested = new Set<string | undefined>([command.supplierUscc]);
  for (const { data } of state.facts) {
    interested.add(data.leaderUscc);
    interested.add(data.providerUscc);
  }
  return interested.has(uscc)
    ? refuse('the supplier, its leader and its provider may not decide this')
    : null;
}

/** Whether the onboarding waits for this act. */
function judgeTurn(state: OnboardingState, command: ActCommand): Refusal | null {
  const at = new Date(command.at).toISOString();
  const has = (type: EventType): boolean => state.facts.some((fact) => fact.type === type && fact.time <= at);
  const any = (...types: EventType[]): boolean => state.facts.some((fact) => types.includes(fact.type));
  const notYet = (what: string): Refusal => ({ code: 'NOT_WAITING_FOR_THIS', message: what });
  switch (command.act) {
    case 'approve-plan':
    case 'decline-plan':
      if (!has('onboarding.plan-filed.v1')) return notYet('no plan has been filed by then');
      return any('onboarding.plan-approved.v1', 'onboarding.plan-declined.v1')
        ? notYet('the plan has been decided')
        : null;
    case 'self-assess':
      if (!has('onboarding.go-live-confirmed.v1'))
        return notYet('the supplier has not confirmed its go-live by then');
      return any('onboarding.self-assessed.v1') ? notYet('the self-assessment is in') : null;
    case 'audit-finance':
      if (!has('onboarding.contract-signed.v1')) return notYet('no contract has been signed by then');
      return state.steps.get('FINANCE_AUDITED')?.facts.length ? notYet('the audit is done') : null;
    case 'withdraw':
      return null;
    default: {
      const unknown: never = command;
      return unknown;
    }
  }
}
