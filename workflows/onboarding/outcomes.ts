import type { EventType } from '../../schemas/events/index.ts';
import type { OutgoingAct } from './activities.contract.ts';
import { basisOf, type OnboardingState } from './decider.ts';
import { type Effect, reminderKey } from './effects.ts';
import type { Ending } from './endings.ts';
import type { Fact } from './facts.ts';
import { stageOf } from './view.ts';

export interface OnboardingKey {
  readonly workflowId: string;
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
}

/** Makes the events that a workflow states; their ids say what happened to which onboarding, so none is stated twice. */
export function stating(key: OnboardingKey) {
  const { workflowId, ...onboarding } = key;
  const state = (
    name: string,
    type: EventType,
    time: string,
    correlationId: string,
    data: Record<string, unknown> = {},
  ): OutgoingAct => ({
    id: `${workflowId}/${name}`,
    type,
    time,
    correlationId,
    data: { ...onboarding, ...data },
  });
  return {
    registered: (at: string, cause: string, programmeVersion: string) =>
      state('registered', 'onboarding.registered.v1', at, cause, { programmeVersion }),
    identityVerified: (at: string, cause: string, register: string) =>
      state('identity-verified', 'onboarding.identity-verified.v1', at, cause, { register }),
    tenantCreated: (at: string, cause: string, tenantId: string) =>
      state('tenant-created', 'onboarding.tenant-created.v1', at, cause, { tenantId }),
    credentialIssued: (at: string, cause: string, credentialId: string, issuedAt: string) =>
      state('credential-issued', 'onboarding.credential-issued.v1', at, cause, { credentialId, issuedAt }),
    platformRefused: (at: string, cause: string, operation: string, message: string) =>
      state(`platform-refused/${operation}`, 'onboarding.platform-refused.v1', at, cause, {
        operation,
        message: message.slice(0, 500),
      }),
    dataConnected: ({ at, first }: Effect & { kind: 'connect-data' }) =>
      state('data-connected', 'onboarding.data-connected.v1', at, first.id, {
        firstEventSource: first.source,
        firstEventId: first.id,
        firstEventAt: first.at,
      }),
    sustainedUse: ({ at, months }: Effect & { kind: 'sustain-use' }, cause: string) =>
      state('use-sustained', 'onboarding.use-sustained.v1', at, cause, { months }),
    reminderSent: (effect: Effect & { kind: 'remind' }, cause: string) => {
      const { at, step, stage, recipient, rung, attempt, deadline } = effect;
      return state(`reminder/${reminderKey(step, attempt, rung)}`, 'onboarding.reminder-sent.v1', at, cause, {
        step,
        stage,
        recipient,
        rung,
        attempt,
        deadline,
      });
    },
    credentialRevoked: (at: string, cause: string, existed: boolean) =>
      state('credential-revoked', 'onboarding.credential-revoked.v1', at, cause, { existed }),
    tenantDisabled: (at: string, cause: string, existed: boolean) =>
      state('tenant-disabled', 'onboarding.tenant-disabled.v1', at, cause, { existed }),
    closed: (onboardingState: OnboardingState, ending: Ending, cause: string) =>
      state('closed', 'onboarding.closed.v1', ending.at, cause, {
        status: ending.status,
        stage: stageOf(onboardingState),
        failureReason: ending.failureReason,
        decidedBy: ending.decidedBy.slice(0, 200),
        basis: basisOf(onboardingState, ending),
      }),
  };
}

/** The fact whose correlation id an effect carries on: the latest that was known by then. */
export function causeOf(facts: readonly Fact[], at: string): string {
  const before = facts.filter((fact) => fact.time <= at);
  return (before.at(-1) ?? facts[0])?.correlationId ?? '';
}
