import type { OutgoingAct, PlatformCall } from './activities.contract.ts';
import { exhaustionIn, undo } from './calls.ts';
import type { OnboardingState } from './decider.ts';
import type { stating } from './outcomes.ts';

/** What an onboarding takes hold of, in the order in which it does. */
const STEPS = ['subsidy', 'provider', 'tenant', 'credential', 'devices'] as const;
export type TakenStep = (typeof STEPS)[number];

/** The event that says a step was done, and the platform's operation behind it, where there is one. */
const DONE: Record<TakenStep, { readonly type: string; readonly operation?: string }> = {
  subsidy: { type: 'onboarding.subsidy-reserved.v1' },
  provider: { type: 'onboarding.provider-reserved.v1' },
  tenant: { type: 'onboarding.tenant-created.v1', operation: 'create-tenant' },
  credential: { type: 'onboarding.credential-issued.v1', operation: 'issue-credential' },
  devices: { type: 'onboarding.devices-registered.v1', operation: 'register-devices' },
};

const wasDone = (state: OnboardingState, step: TakenStep): boolean =>
  state.standing.some(({ type }) => type === DONE[step].type);

/**
 * Steps that an earlier run of the workflow began, as far as their outcome is on record; others are tried anew. One that was refused or given
 * up may have been done all the same.
 */
export function begunBefore(state: OnboardingState): TakenStep[] {
  const wasTried = (operation: string | undefined): boolean =>
    state.standing.some(
      ({ type, data }) =>
        (type === 'onboarding.platform-refused.v1' || type === 'onboarding.platform-given-up.v1') &&
        data.operation === operation,
    );
  return STEPS.filter((step) => wasDone(state, step) || wasTried(DONE[step].operation));
}

export interface Undoing {
  readonly state: OnboardingState;
  readonly at: string;
  readonly cause: string;
  readonly acts: ReturnType<typeof stating>;
  callOf(operation: string): PlatformCall;
  record(act: OutgoingAct): void;
}

/** Undoes one step; safe where it never happened. What cannot be undone in time is handed to a person, and nothing is held up by it. */
export async function undoStep(step: TakenStep, undoing: Undoing): Promise<void> {
  const { state, at, cause, acts, callOf, record } = undoing;
  const existed = wasDone(state, step);
  const orEscalate = async (operation: string, call: Promise<void>, done: OutgoingAct): Promise<void> => {
    try {
      await call;
      record(done);
    } catch (error) {
      const message = exhaustionIn(error);
      if (message === null) throw error;
      record(acts.compensationEscalated(at, cause, operation, message));
    }
  };
  switch (step) {
    case 'devices': {
      const operation = 'remove-devices';
      return orEscalate(
        operation,
        undo.removeDevices(callOf(operation)),
        acts.devicesRemoved(at, cause, existed),
      );
    }
    case 'credential': {
      const operation = 'revoke-credential';
      return orEscalate(
        operation,
        undo.revokeCredential(callOf(operation)),
        acts.credentialRevoked(at, cause, existed),
      );
    }
    case 'tenant': {
      const operation = 'disable-tenant';
      return orEscalate(
        operation,
        undo.disableTenant(callOf(operation)),
        acts.tenantDisabled(at, cause, existed),
      );
    }
    case 'provider':
      return record(acts.providerReleased(at, cause, existed));
    case 'subsidy':
      return record(acts.subsidyReleased(at, cause, existed));
    default: {
      const unknown: never = step;
      return unknown;
    }
  }
}
