import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ActCommand, ActReceipt } from '../../schemas/api/acts.ts';
import type { Fact } from './facts.ts';
import type { Progress } from './progress.ts';

/** Task queue of the onboarding workers; the one place that names it. */
export const ONBOARDING_TASK_QUEUE = 'onboarding';
/** Task queue on which the measurement answers. */
export const MEASUREMENT_TASK_QUEUE = 'measurement';
/** Name under which the workflow is registered. */
export const ONBOARDING_WORKFLOW = 'onboarding';

/** What begins an onboarding: its key, and the version of the programme that it keeps to its end. */
export interface OnboardingInput {
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
  readonly programmeVersion: string;
  /** History events after which a run hands over to a fresh one; the default is the workflow's. */
  readonly handOverAfterEvents?: number;
  /** Only after continue-as-new. */
  readonly carried?: { readonly facts: readonly Fact[]; readonly clockAt: string | null };
}

/** Accepted events about this onboarding; the same fact may come any number of times, in any order. */
export const factsArrivedSignal = defineSignal<[readonly Fact[]]>('factsArrived');

/** The event-time watermark: every fact up to this instant (ISO 8601, UTC) has been signalled. */
export const clockAdvancedSignal = defineSignal<[string]>('clockAdvanced');

/**
 * What a person does. Use the act's id as update id. Refusals are ApplicationFailures whose type is a code of schemas/errors.ts:
 * REASON_REQUIRED, NOT_WAITING_FOR_THIS, SEPARATION_OF_DUTIES, ALREADY_CLOSED, BAD_INPUT, CONFLICT.
 */
export const actUpdate = defineUpdate<ActReceipt, [ActCommand]>('act');

/** Where the onboarding stands, from the facts that the workflow knows at this moment. */
export const progressQuery = defineQuery<Progress>('progress');
