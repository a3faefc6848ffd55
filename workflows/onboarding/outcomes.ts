import type { EventType } from '../../schemas/events/index.ts';
import type { OutcomeReading, OutgoingAct, PlatformSays } from './activities.contract.ts';
import { basisOf, type OnboardingState } from './decider.ts';
import type { Effect, MoveEffect } from './effects.ts';
import type { Ending } from './endings.ts';
import { type Fact, PLATFORM_CHECKED } from './facts.ts';
import type { OutcomeEffect } from './followUp.ts';
import { type ReminderEffect, reminderKey } from './ladder.ts';
import { stageOf } from './view.ts';

export interface OnboardingKey {
  readonly workflowId: string;
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
}

/**
 * Makes the events that a workflow states; their ids say what happened to which onboarding, so none is stated twice.
 * @param round tells how often the onboarding has begun: what a reopening makes happen again is an event of its own
 */
export function stating(key: OnboardingKey, round: () => number) {
  const { workflowId, ...onboarding } = key;
  const again = (name: string): string => (round() === 1 ? name : `${name}/round-${round()}`);
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
      state(again('tenant-created'), 'onboarding.tenant-created.v1', at, cause, { tenantId }),
    credentialIssued: (at: string, cause: string, credentialId: string, issuedAt: string) =>
      state(again('credential-issued'), 'onboarding.credential-issued.v1', at, cause, {
        credentialId,
        issuedAt,
      }),
    platformRefused: (at: string, cause: string, operation: string, message: string) =>
      state(again(`platform-refused/${operation}`), 'onboarding.platform-refused.v1', at, cause, {
        operation,
        message: message.slice(0, 500),
      }),
    devicesRegistered: (at: string, cause: string, devices: number) =>
      state(again('devices-registered'), 'onboarding.devices-registered.v1', at, cause, { devices }),
    subsidyReserved: (at: string, cause: string, amountFen: number | null) =>
      state(again('subsidy-reserved'), 'onboarding.subsidy-reserved.v1', at, cause, { amountFen }),
    providerReserved: (at: string, cause: string, providerUscc: string | null) =>
      state(again('provider-reserved'), 'onboarding.provider-reserved.v1', at, cause, { providerUscc }),
    platformGivenUp: (at: string, cause: string, operation: string, message: string) =>
      state(again(`platform-given-up/${operation}`), 'onboarding.platform-given-up.v1', at, cause, {
        operation,
        message: message.slice(0, 500),
      }),
    compensationEscalated: (at: string, cause: string, operation: string, message: string) =>
      state(again(`compensation-escalated/${operation}`), 'onboarding.compensation-escalated.v1', at, cause, {
        operation,
        message: message.slice(0, 500),
      }),
    dataConnected: ({ at, first }: Effect & { kind: 'connect-data' }) =>
      state(again('data-connected'), 'onboarding.data-connected.v1', at, first.id, {
        firstEventSource: first.source,
        firstEventId: first.id,
        firstEventAt: first.at,
      }),
    sustainedUse: ({ at, months, nth }: Effect & { kind: 'sustain-use' }, cause: string) =>
      state(
        again(nth === 1 ? 'use-sustained' : `use-sustained/${nth}`),
        'onboarding.use-sustained.v1',
        at,
        cause,
        { months },
      ),
    reminderSent: (effect: ReminderEffect, cause: string) => {
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
    /** @param says null: no answer */
    platformChecked: (
      { at, step, attempt, rung }: ReminderEffect,
      cause: string,
      says: PlatformSays | null,
    ) =>
      state(`platform-checked/${reminderKey(step, attempt, rung)}`, PLATFORM_CHECKED, at, cause, {
        ...{ step, attempt, rung },
        isAnswered: says !== null,
        firstDataAt: says?.firstDataAt ?? null,
        lastHeardAt: says?.lastHeardAt ?? null,
      }),
    expiryAnnounced: ({ at, closesAt, daysLeft }: Effect & { kind: 'announce-expiry' }, cause: string) =>
      state(again(`expiry-announced/${daysLeft}`), 'onboarding.expiry-announced.v1', at, cause, {
        closesAt,
        daysLeft,
      }),
    outcomeMeasured: ({ at, windowMonths, liveAt }: OutcomeEffect, cause: string, reading: OutcomeReading) =>
      state(`outcome/${windowMonths}`, 'onboarding.outcome-measured.v1', at, cause, {
        windowMonths,
        liveAt,
        ...reading,
      }),
    devicesRemoved: (at: string, cause: string, existed: boolean) =>
      state(again('devices-removed'), 'onboarding.devices-removed.v1', at, cause, { existed }),
    subsidyReleased: (at: string, cause: string, existed: boolean, amountFen: number | null) =>
      state(again('subsidy-released'), 'onboarding.subsidy-released.v1', at, cause, { existed, amountFen }),
    providerReleased: (at: string, cause: string, existed: boolean, fromUscc: string | null) =>
      state(again('provider-released'), 'onboarding.provider-released.v1', at, cause, { existed, fromUscc }),
    /** The old one let go, the new one engaged. */
    providerMoved: ({ at, fromUscc, toUscc, nth }: MoveEffect, cause: string) =>
      [
        state(again(`provider-released/${nth}`), 'onboarding.provider-released.v1', at, cause, {
          ...{ existed: true, fromUscc, toUscc },
        }),
        state(again(`provider-reserved/${nth + 1}`), 'onboarding.provider-reserved.v1', at, cause, {
          providerUscc: toUscc,
        }),
      ] as const,
    credentialRevoked: (at: string, cause: string, existed: boolean) =>
      state(again('credential-revoked'), 'onboarding.credential-revoked.v1', at, cause, { existed }),
    tenantDisabled: (at: string, cause: string, existed: boolean) =>
      state(again('tenant-disabled'), 'onboarding.tenant-disabled.v1', at, cause, { existed }),
    closed: (onboardingState: OnboardingState, ending: Ending, cause: string) =>
      state(again('closed'), 'onboarding.closed.v1', ending.at, cause, {
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

/** The price that was stated last by then: a backfill knows later ones too, and must give what the day would have given. */
export const priceAt = ({ standing }: OnboardingState, at: string): number | null =>
  standing.findLast(({ time, data }) => data.priceFen !== undefined && time <= at)?.data.priceFen ?? null;
