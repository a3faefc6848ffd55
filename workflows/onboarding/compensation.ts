import { patched } from '@temporalio/workflow';
import type { OutgoingAct, PlatformCall } from './activities.contract.ts';
import { exhaustionIn, finalWordIn, refusalIn, undo } from './calls.ts';
import type { OnboardingState } from './decider.ts';
import type { FactData } from './facts.ts';
import type { stating } from './outcomes.ts';
import { TAKEN_STEPS, type TakenStep } from './taken.ts';

/** The event that says a step was done, and the platform's operation behind it, where there is one. */
const DONE: Record<TakenStep, { readonly type: string; readonly operation?: string }> = {
  subsidy: { type: 'onboarding.subsidy-reserved.v1' },
  provider: { type: 'onboarding.provider-reserved.v1' },
  tenant: { type: 'onboarding.tenant-created.v1', operation: 'create-tenant' },
  credential: { type: 'onboarding.credential-issued.v1', operation: 'issue-credential' },
  devices: { type: 'onboarding.devices-registered.v1', operation: 'register-devices' },
};

/** What was last stated about a step that stands done. */
export const lastOf = (state: OnboardingState, step: TakenStep): FactData | undefined =>
  state.standing.findLast(({ type }) => type === DONE[step].type)?.data;
const wasDone = (state: OnboardingState, step: TakenStep): boolean =>
  state.standing.some(({ type }) => type === DONE[step].type);

/**
 * Steps that an earlier run of the workflow began, as far as their outcome is on record; others are tried anew. One that was refused or given
 * up may have been done all the same.
 * @param carried what a run that handed over had begun
 */
export function begunBefore(state: OnboardingState, carried: readonly TakenStep[] = []): TakenStep[] {
  const wasTried = (operation: string | undefined): boolean =>
    state.standing.some(
      ({ type, data }) =>
        (type === 'onboarding.platform-refused.v1' || type === 'onboarding.platform-given-up.v1') &&
        data.operation === operation,
    );
  return TAKEN_STEPS.filter(
    (step) => wasDone(state, step) || wasTried(DONE[step].operation) || carried.includes(step),
  );
}

export interface Undoing {
  readonly state: OnboardingState;
  readonly at: string;
  readonly cause: string;
  readonly acts: ReturnType<typeof stating>;
  /** Since when this step is tried, in ms of the workflow's clock. */
  readonly sinceMs: number;
  /** Between two tries: the run may hand over to a fresh one. */
  pause(): Promise<void>;
  callOf(operation: string): PlatformCall;
  record(act: OutgoingAct): void;
}

/** Then a person is asked to see to it. Each call is given up after about an hour (`calls.ts`): half an hour short of a day, the 24th is the last one. */
const UNDO_FOR_MS = 23.5 * 3_600_000;

/** Undoes one step; safe where it never happened. What cannot be undone in time is handed to a person, and nothing is held up by it. */
export async function undoStep(step: TakenStep, undoing: Undoing): Promise<void> {
  const { state, at, cause, acts, sinceMs, pause, callOf, record } = undoing;
  const existed = wasDone(state, step);
  const orEscalate = async (
    operation: string,
    call: (about: PlatformCall) => Promise<void>,
    done: OutgoingAct,
  ): Promise<void> => {
    for (;;)
      try {
        await call(callOf(operation));
        return record(done);
      } catch (error) {
        const message = exhaustionIn(error);
        if (message === null) throw error;
        // What fails for good would fail again at once, and nothing here pauses between two tries.
        const isFinal = refusalIn(error) !== null || finalWordIn(error) !== null;
        const isGivenUp = isFinal || Date.now() - sinceMs >= UNDO_FOR_MS;
        // Earlier code gave one call a whole day, in which no run could hand over.
        if (isGivenUp || !patched('undo-by-the-hour'))
          return record(acts.compensationEscalated(at, cause, operation, message));
        await pause();
      }
  };
  switch (step) {
    case 'devices': {
      const operation = 'remove-devices';
      return orEscalate(operation, undo.removeDevices, acts.devicesRemoved(at, cause, existed));
    }
    case 'credential': {
      const operation = 'revoke-credential';
      return orEscalate(operation, undo.revokeCredential, acts.credentialRevoked(at, cause, existed));
    }
    case 'tenant': {
      const operation = 'disable-tenant';
      return orEscalate(operation, undo.disableTenant, acts.tenantDisabled(at, cause, existed));
    }
    case 'provider':
      return record(acts.providerReleased(at, cause, existed, lastOf(state, step)?.providerUscc ?? null));
    case 'subsidy':
      return record(acts.subsidyReleased(at, cause, existed, lastOf(state, step)?.amountFen ?? null));
    default: {
      const unknown: never = step;
      return unknown;
    }
  }
}
