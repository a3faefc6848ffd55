import type { ActCommand } from '../../schemas/api/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import { dateOf } from '../../schemas/time.ts';
import { STATUSES_ZH } from '../../schemas/wording.ts';
import type { OutgoingAct } from './activities.contract.ts';
import type { OnboardingState } from './decider.ts';
import { judgeDuties } from './duties.ts';
import { actIdentity, type Fact, factOf } from './facts.ts';
import { type Refusal, refusal } from './refusal.ts';
import { judgeTurn } from './turns.ts';

/** Clocks of callers may run ahead of ours by this much. */
const CLOCK_SKEW_MS = 300_000;
const MIN_REASON_LENGTH = 4;

/**
 * The event that records an act.
 * @param closing identity of the closing that a reopening undoes
 */
export function recordOf(command: ActCommand, workflowId: string, closing?: string): OutgoingAct {
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
    case 'return-step':
      return record('onboarding.step-returned.v1', { step: command.step, reason: command.reason });
    case 'hand-in-evidence': {
      const { step, evidenceSha256, fileName } = command;
      return record('onboarding.evidence-handed-in.v1', { step, evidenceSha256, fileName });
    }
    case 'skip-step':
      return record('onboarding.step-skipped.v1', { step: command.step, reason: command.reason });
    case 'reassign-provider':
      return record('onboarding.provider-reassigned.v1', {
        providerUscc: command.providerUscc,
        reason: command.reason,
      });
    case 'take-remedy': {
      const { step, remedy, reason } = command;
      return record('onboarding.remedy-taken.v1', { step, remedy, reason });
    }
    case 'ask-for-help': {
      const { step, failureReason, reason } = command;
      return record('onboarding.help-requested.v1', { step, failureReason, reason });
    }
    case 'reopen':
      return record('onboarding.reopened.v1', { closing: closing ?? '', reason: command.reason });
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
  const record = recordOf(command, workflowId, closingInForce(state));
  const earlier = state.facts.find((fact) => fact.id === actIdentity(record.id));
  if (earlier !== undefined)
    return isSameAct(factOf({ ...record, id: earlier.id }), earlier)
      ? null
      : refusal(
          'CONFLICT',
          `act ${command.actId} was done before with other content`,
          `编号 ${command.actId} 的操作此前已办理，内容不同`,
        );
  if (Date.parse(record.time) > nowMs + CLOCK_SKEW_MS)
    return refusal('BAD_INPUT', `the act lies in the future: ${command.at}`, `办理时间在将来：${command.at}`);
  const isOver = state.status === 'CLOSED' || (state.ending !== null && state.ending.at <= record.time);
  if (isOver && command.act !== 'reopen') return endedAs(state.ending);
  if ('reason' in command && command.reason.trim().length < MIN_REASON_LENGTH)
    return refusal('REASON_REQUIRED', `${command.act} needs a reason`, '请写明理由');
  return judgeDuties(state, command) ?? judgeTurn(state, command);
}

function endedAs(ending: OnboardingState['ending']): Refusal {
  const { status, at } = ending ?? {};
  return refusal(
    'ALREADY_CLOSED',
    `this onboarding ended as ${status} on ${at}`,
    status === undefined || at === undefined
      ? '项目已经结束'
      : `项目已于 ${dateOf(new Date(at))} 结束（${STATUSES_ZH[status]}）`,
  );
}

/** Identity of the closing that a reopening would undo. */
const closingInForce = (state: OnboardingState): string | undefined =>
  state.status === 'CLOSED' ? state.ending.decidedBy : undefined;

/** The same act, whenever it was sent again: its own time was fixed when it was first taken, and so was what it reopened. */
function isSameAct(one: Fact, other: Fact): boolean {
  const content = ({ type, data }: Fact): string => JSON.stringify({ type, ...data, closing: undefined });
  return content(one) === content(other);
}
