import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ActCommand, ActReceipt } from '../../schemas/api/acts.ts';
import type { OutgoingAct } from './activities.contract.ts';
import type { Fact } from './facts.ts';
import type { Progress } from './progress.ts';
import type { TakenStep } from './taken.ts';

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
  readonly carried?: {
    readonly facts: readonly Fact[];
    readonly clockAt: string | null;
    /** What was begun, whether or not its reply came. */
    readonly begun?: readonly TakenStep[];
    /** Where it was in the middle of ending. */
    readonly unfinished?: UnfinishedEnding;
  };
}

/** An ending that is decided, as far as what was taken hold of is given back. */
export interface UnfinishedEnding {
  /** What will be stated once everything is given back; what came since it was decided changes it no more. */
  readonly closed: OutgoingAct;
  /** What is still to be given back, in this order. */
  readonly left: readonly TakenStep[];
  /** Since when the first of these is tried, in ms of the workflow's clock; null where it was not yet. */
  readonly triedSinceMs: number | null;
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
