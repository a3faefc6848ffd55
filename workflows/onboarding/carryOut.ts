import { ActivityFailure, patched } from '@temporalio/workflow';
import type { Outcome, OutgoingAct, PlatformCall } from './activities.contract.ts';
import { enquiry, exhaustionIn, finalWordIn, measurement, own, platform, refusalIn } from './calls.ts';
import { begunBefore, undoStep } from './compensation.ts';
import type { OnboardingState } from './decider.ts';
import type { DataPoint, Effect, PlatformStep } from './effects.ts';
import type { Ending } from './endings.ts';
import { DATA_CONNECTED } from './facts.ts';
import type { OutcomeEffect } from './followUp.ts';
import type { ReminderEffect } from './ladder.ts';
import type { Ledger } from './ledger.ts';
import type { OnboardingInput, UnfinishedEnding } from './messages.ts';
import { causeOf, type OnboardingKey, priceAt, stating } from './outcomes.ts';
import { subsidyOf } from './programme.ts';
import { readingOf } from './superficial.ts';
import type { TakenStep } from './taken.ts';
import { engagedProvider } from './view.ts';

const UNMEASURED = { verdict: 'not-measurable', before: null, after: null, change: null } as const;

/** Carries out what is due, and in the end undoes what was done. */
export interface CarryingOut {
  perform(effect: Exclude<Effect, { kind: 'close' }>): Promise<void>;
  close(ending: Ending): Promise<void>;
  /** Goes on with the ending that an earlier run was in the middle of; nothing where there is none. */
  resume(): Promise<void>;
  /** Whether the platform left a call without an answer in this run: what is due then may stay so for days. */
  metSilence(): boolean;
  /** What a fresh run must know beside the facts. */
  carryOver(): { readonly begun: readonly TakenStep[]; readonly unfinished?: UnfinishedEnding };
}

/**
 * @param carried what an earlier run left, where this one goes on from it
 * @param pause called between two tries at undoing something: a good moment to hand over to a fresh run
 */
export function carryingOut(
  ledger: Ledger,
  key: OnboardingKey,
  carried: OnboardingInput['carried'],
  pause: () => Promise<void>,
): CarryingOut {
  const acts = stating(key, () => ledger.state.round);
  /** Each noted before it is tried, so that it is undone even where its reply was lost. */
  let begun: TakenStep[] = begunBefore(ledger.state, carried?.begun);
  let metSilence = false;
  let unfinished = carried?.unfinished ?? null;
  const begin = (step: TakenStep): void => {
    if (!begun.includes(step)) begun.push(step);
  };
  const causeAt = (at: string): string => causeOf(ledger.state.facts, at);
  const callOf = (operation: string, at: string): PlatformCall => {
    const { workflowId, ...onboarding } = key;
    const { round } = ledger.state;
    const name = round === 1 ? operation : `${operation}/round-${round}`;
    return { ...onboarding, key: `${workflowId}/${name}`, at, correlationId: causeAt(at) };
  };

  /** A refusal is final. Silence is not, unless the onboarding is to end anyhow: then it no longer waits. */
  const ask = async (operation: PlatformStep, at: string, step: Promise<OutgoingAct>): Promise<void> => {
    const cause = causeAt(at);
    try {
      ledger.record(await step);
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== null) return ledger.record(acts.platformRefused(at, cause, operation, refusal));
      const silence = exhaustionIn(error);
      if (silence === null) throw error;
      metSilence = true;
      const { ending } = ledger.state;
      if (ending !== null && ledger.isDue(ending.at))
        ledger.record(acts.platformGivenUp(at, cause, operation, silence));
    }
  };

  const measure = async (effect: OutcomeEffect): Promise<void> => {
    const { supplierUscc, platform: platformId } = key;
    const { at, liveAt, windowMonths } = effect;
    const kpi = ledger.state.programme.outcomeKpi;
    const outcome = await measurement
      .readOutcome({ supplierUscc, kpi, asOf: at })
      .catch((error: unknown): Outcome => {
        const reason = finalWordIn(error);
        if (reason === null) throw error;
        // A programme may name a figure that nobody measures; an onboarding does not break by that.
        return { ...UNMEASURED, kpi, reason: reason.slice(0, 200) };
      });
    const points: readonly DataPoint[] = await own.readTenantData({
      since: liveAt,
      months: windowMonths + 1,
      through: at,
      supplierUscc,
      platform: platformId,
    });
    ledger.record(
      acts.outcomeMeasured(effect, causeAt(at), readingOf(ledger.state, effect, outcome, points)),
    );
  };

  /**
   * With each reminder of first data that are overdue: whether the platform has had any tells if they never came about or got lost on the
   * way. The reminder goes out whatever the answer.
   */
  const askAboutData = async (effect: ReminderEffect, cause: string): Promise<void> => {
    const { step, at, attempt, rung } = effect;
    const needs = ledger.state.steps.get(step)?.definition.needs;
    if (!needs?.includes(DATA_CONNECTED) || !patched('platform-checked')) return;
    const call = callOf(`ask-about-data/${attempt}/${rung}`, at);
    const says = await enquiry.askAboutData(call).catch((error: unknown) => {
      if (error instanceof ActivityFailure) return null;
      throw error;
    });
    ledger.record(acts.platformChecked(effect, cause, says));
  };

  const perform: CarryingOut['perform'] = async (effect) => {
    const { kind, at } = effect;
    const cause = causeAt(at);
    switch (kind) {
      case 'register':
        return ledger.record(acts.registered(at, cause, ledger.state.programme.version));
      case 'verify-identity': {
        const verification = platform.verifyIdentity(callOf(kind, at));
        return ask(
          kind,
          at,
          verification.then(({ register }) => acts.identityVerified(at, cause, register)),
        );
      }
      case 'reserve-subsidy':
        begin('subsidy');
        return ledger.record(
          acts.subsidyReserved(at, cause, subsidyOf(ledger.state.programme, priceAt(ledger.state, at))),
        );
      case 'reserve-provider':
        begin('provider');
        return ledger.record(acts.providerReserved(at, cause, engagedProvider(ledger.state, at)));
      case 'move-provider':
        for (const act of acts.providerMoved(effect, cause)) ledger.record(act);
        return;
      case 'create-tenant': {
        begin('tenant');
        const creation = platform.createTenant(callOf(kind, at));
        return ask(
          kind,
          at,
          creation.then(({ tenantId }) => acts.tenantCreated(at, cause, tenantId)),
        );
      }
      case 'issue-credential': {
        begin('credential');
        const issue = platform.issueCredential(callOf(kind, at));
        return ask(
          kind,
          at,
          issue.then(({ credentialId, issuedAt }) =>
            acts.credentialIssued(at, cause, credentialId, issuedAt),
          ),
        );
      }
      case 'register-devices': {
        begin('devices');
        const registration = platform.registerDevices(callOf(kind, at));
        return ask(
          kind,
          at,
          registration.then(({ devices }) => acts.devicesRegistered(at, cause, devices)),
        );
      }
      case 'connect-data':
        return ledger.record(acts.dataConnected(effect));
      case 'sustain-use':
        return ledger.record(acts.sustainedUse(effect, cause));
      case 'remind':
        await askAboutData(effect, cause);
        return ledger.record(acts.reminderSent(effect, cause));
      case 'announce-expiry':
        return ledger.record(acts.expiryAnnounced(effect, cause));
      case 'measure-outcome':
        return measure(effect);
      default: {
        const unknown: never = kind;
        return unknown;
      }
    }
  };

  const close: CarryingOut['close'] = async (ending) => {
    const { state } = ledger;
    const left = ending.status === 'ACCEPTED' ? [] : [...begun].reverse();
    unfinished = { closed: acts.closed(state, ending, causeAt(ending.at)), left, triedSinceMs: null };
    await finish(unfinished, state);
  };

  const finish = async ({ closed, left, triedSinceMs }: UnfinishedEnding, state: OnboardingState) => {
    const { time: at, correlationId: cause } = closed;
    let since = triedSinceMs;
    for (const [index, step] of left.entries()) {
      const sinceMs = since ?? Date.now();
      since = null;
      unfinished = { closed, left: left.slice(index), triedSinceMs: sinceMs };
      await undoStep(step, {
        ...{ state, at, cause, acts, sinceMs, pause },
        callOf: (operation) => callOf(operation, at),
        record: (act) => ledger.record(act),
      });
    }
    unfinished = null;
    if (closed.data.status !== 'ACCEPTED') begun = [];
    ledger.record(closed);
  };

  return {
    perform,
    close,
    metSilence: () => metSilence,
    resume: async () => {
      if (unfinished !== null) await finish(unfinished, ledger.state);
    },
    carryOver: () => ({ begun, ...(unfinished === null ? {} : { unfinished }) }),
  };
}
