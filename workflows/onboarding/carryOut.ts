import type { OutgoingAct, PlatformCall } from './activities.contract.ts';
import { platform, refusalIn } from './calls.ts';
import type { OnboardingState } from './decider.ts';
import type { Effect } from './effects.ts';
import type { Ending } from './endings.ts';
import type { Ledger } from './ledger.ts';
import { causeOf, type OnboardingKey, stating } from './outcomes.ts';

type Step = 'tenant' | 'credential';

/** Carries out what is due, and in the end undoes what was done on the platform. */
export interface CarryingOut {
  perform(effect: Exclude<Effect, { kind: 'close' }>): Promise<void>;
  close(ending: Ending): Promise<void>;
}

export function carryingOut(ledger: Ledger, key: OnboardingKey): CarryingOut {
  const acts = stating(key);
  /** Steps on the platform, each noted before it is tried, so that it is undone even where its reply was lost. */
  const begun: Step[] = begunBefore(ledger.state);
  const begin = (step: Step): void => {
    if (!begun.includes(step)) begun.push(step);
  };
  const causeAt = (at: string): string => causeOf(ledger.state.facts, at);
  const callOf = (operation: string, at: string): PlatformCall => {
    const { workflowId, ...onboarding } = key;
    return { ...onboarding, key: `${workflowId}/${operation}`, at, correlationId: causeAt(at) };
  };
  const orRefused = async (operation: string, at: string, step: Promise<OutgoingAct>): Promise<void> => {
    const cause = causeAt(at);
    try {
      ledger.record(await step);
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal === null) throw error;
      ledger.record(acts.platformRefused(at, cause, operation, refusal));
    }
  };

  const perform: CarryingOut['perform'] = async (effect) => {
    const { kind, at } = effect;
    const cause = causeAt(at);
    switch (kind) {
      case 'register':
        return ledger.record(acts.registered(at, cause, ledger.state.programme.version));
      case 'verify-identity': {
        const verification = platform.verifyIdentity(callOf(kind, at));
        return orRefused(
          kind,
          at,
          verification.then(({ register }) => acts.identityVerified(at, cause, register)),
        );
      }
      case 'create-tenant': {
        begin('tenant');
        const creation = platform.createTenant(callOf(kind, at));
        return orRefused(
          kind,
          at,
          creation.then(({ tenantId }) => acts.tenantCreated(at, cause, tenantId)),
        );
      }
      case 'issue-credential': {
        begin('credential');
        const issue = platform.issueCredential(callOf(kind, at));
        return orRefused(
          kind,
          at,
          issue.then(({ credentialId, issuedAt }) =>
            acts.credentialIssued(at, cause, credentialId, issuedAt),
          ),
        );
      }
      case 'connect-data':
        return ledger.record(acts.dataConnected(effect));
      case 'sustain-use':
        return ledger.record(acts.sustainedUse(effect, cause));
      case 'remind':
        return ledger.record(acts.reminderSent(effect, cause));
      default: {
        const unknown: never = kind;
        return unknown;
      }
    }
  };

  const close: CarryingOut['close'] = async (ending) => {
    const { at, status } = ending;
    const cause = causeAt(at);
    const closed = acts.closed(ledger.state, ending, cause);
    if (status !== 'ACCEPTED') {
      for (const step of [...begun].reverse()) {
        if (step === 'credential') {
          await platform.revokeCredential(callOf('revoke-credential', at));
          ledger.record(acts.credentialRevoked(at, cause, wasDone(ledger.state, step)));
        } else {
          await platform.disableTenant(callOf('disable-tenant', at));
          ledger.record(acts.tenantDisabled(at, cause, wasDone(ledger.state, step)));
        }
      }
    }
    ledger.record(closed);
    await ledger.publish(true);
  };

  return { perform, close };
}

const wasDone = (state: OnboardingState, step: Step): boolean =>
  state.facts.some(
    ({ type }) =>
      type === (step === 'tenant' ? 'onboarding.tenant-created.v1' : 'onboarding.credential-issued.v1'),
  );

/** Steps that an earlier run of the workflow began, as far as their outcome is on record; others are tried anew. */
function begunBefore(state: OnboardingState): Step[] {
  const wasRefused = (operation: string): boolean =>
    state.facts.some(
      ({ type, data }) => type === 'onboarding.platform-refused.v1' && data.operation === operation,
    );
  const steps: Step[] = [];
  if (wasDone(state, 'tenant') || wasRefused('create-tenant')) steps.push('tenant');
  if (wasDone(state, 'credential') || wasRefused('issue-credential')) steps.push('credential');
  return steps;
}
