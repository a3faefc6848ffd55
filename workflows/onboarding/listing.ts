import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributeUpdatePair,
  type TypedSearchAttributes,
} from '@temporalio/common';
import { SEARCH_ATTRIBUTES, STALL_LIMITS, type StallRisk } from '../../schemas/searchAttributes.ts';
import { remindersInVain } from '../../schemas/waiting.ts';
import type { OnboardingState } from './decider.ts';
import type { StepProgress } from './progress.ts';
import { nominationOf, progressOf, stageOf, statusOf } from './view.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');
const SUPPLIER = keyword(SEARCH_ATTRIBUTES.supplier);
const PROGRAMME = keyword(SEARCH_ATTRIBUTES.programme);
const LEADER = keyword(SEARCH_ATTRIBUTES.leader);
const STATUS = keyword(SEARCH_ATTRIBUTES.status);
const STAGE = keyword(SEARCH_ATTRIBUTES.stage);
const STALL_RISK = keyword(SEARCH_ATTRIBUTES.stallRisk);

/** By what a run can be found from its start on: what its key says. The rest it learns, and says itself. */
export function listedAtStart(key: {
  readonly supplierUscc: string;
  readonly programme: string;
}): SearchAttributePair[] {
  return [
    { key: SUPPLIER, value: key.supplierUscc },
    { key: PROGRAMME, value: key.programme },
  ];
}

/**
 * What is listed of a run and has changed its meaning since; empty where nothing has, so that nothing is billed.
 * @param listed as it stands in the list
 */
export function listingChanges(
  key: { readonly supplierUscc: string; readonly programme: string },
  state: OnboardingState,
  listed: TypedSearchAttributes,
  stallRisk: StallRisk | null = stallRiskOf(state),
  leader: string | null = leaderOf(state),
): SearchAttributeUpdatePair[] {
  const wanted = [
    { key: SUPPLIER, value: key.supplierUscc },
    { key: PROGRAMME, value: key.programme },
    { key: LEADER, value: leader },
    { key: STATUS, value: statusOf(state) },
    { key: STAGE, value: stageOf(state) },
    { key: STALL_RISK, value: stallRisk },
  ];
  return wanted.filter((pair) => (listed.get(pair.key) ?? null) !== pair.value);
}

export const leaderOf = (state: OnboardingState): string | null => nominationOf(state)?.leaderUscc ?? null;

/** As runs were listed that began before a leader's nomination counted beside an application. */
export const leaderNamedFirst = (state: OnboardingState): string | null =>
  state.steps.get('NOMINATED')?.facts[0]?.data.leaderUscc ?? null;

/**
 * The rules of the prediction that need no other onboarding: reminders that moved nothing, a step that failed again. How long is
 * usual in a stage only the record of all of them can tell.
 * @param remindersOf how many reminders about a step count
 */
export function stallRiskOf(
  state: OnboardingState,
  remindersOf: (step: StepProgress, state: OnboardingState) => number = inVain,
): StallRisk | null {
  if (state.status === 'CLOSED') return null;
  const waiting = progressOf(state).filter(({ waitingOn }) => waitingOn !== null);
  const hasFailedAgain = waiting.some(
    ({ attempts }) =>
      attempts.filter(({ outcome }) => outcome === 'failed').length >= STALL_LIMITS.failedAttempts,
  );
  if (hasFailedAgain) return 'REPEATED_FAILURE';
  return waiting.some((step) => remindersOf(step, state) >= STALL_LIMITS.reminders)
    ? 'MISSED_REMINDERS'
    : null;
}

const inVain = (step: StepProgress, { facts, takenBack }: OnboardingState): number =>
  remindersInVain(
    step,
    facts
      .filter(({ id }) => !takenBack.has(id))
      .map(({ type, time, data }) => ({ event: type, step: data.step ?? null, at: time })),
  );

/** As runs counted that began before a step’s moving made its earlier reminders void. */
export const allReminders = ({ step }: StepProgress, { facts }: OnboardingState): number =>
  facts.filter(({ type, data }) => type === 'onboarding.reminder-sent.v1' && data.step === step).length;
