import type { RetryPolicy } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { MeasurementActivities, OnboardingActivities } from './activities.contract.ts';
import { MEASUREMENT_TASK_QUEUE } from './messages.ts';

const REFUSED: ErrorCode = 'PLATFORM_REFUSED';

const OWN_SERVERS = {
  startToCloseTimeout: '60 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
} as const;

/** Short calls on our own servers, run beside the workflow task; repeated until they succeed. */
export const own = proxyLocalActivities<OnboardingActivities>(OWN_SERVERS);

/**
 * The same as activities with an entry of their own in the history. What is done just before a run ends must be: a signal that
 * arrives meanwhile makes the server refuse the end, and what ran beside that workflow task would run again.
 */
export const ownRecorded = proxyActivities<OnboardingActivities>(OWN_SERVERS);

const PATIENT = {
  initialInterval: '1 second' as const,
  backoffCoefficient: 2,
  maximumInterval: '5 minutes' as const,
  nonRetryableErrorTypes: [REFUSED],
} satisfies RetryPolicy;

/** A worker that died with a call in its hands, or a poller that was gone when it was handed one, is noticed so soon; the activity beats faster. */
const LOST_WORKER_AFTER = '12 seconds';

/**
 * Calls on the industrial internet platform. It may be slow or down for days, which is waited out; a refusal is final. After so long
 * without an answer the workflow looks up whether the onboarding is to end meanwhile, then asks again.
 */
export const platform = proxyActivities<OnboardingActivities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: LOST_WORKER_AFTER,
  scheduleToCloseTimeout: '6 hours',
  retry: PATIENT,
});

/** A question whose answer explains and decides nothing: where none comes soon, what it goes with goes on without. */
export const enquiry = proxyActivities<OnboardingActivities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: LOST_WORKER_AFTER,
  scheduleToCloseTimeout: '10 minutes',
  retry: PATIENT,
});

/** The same calls where they undo something: asked again every hour for a day (`compensation.ts`), then a person is asked to see to it. */
export const undo = proxyActivities<OnboardingActivities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: LOST_WORKER_AFTER,
  scheduleToCloseTimeout: '1 hour',
  retry: PATIENT,
});

/** The measurement may be busy rebuilding; an outcome can wait. */
export const measurement = proxyActivities<MeasurementActivities>({
  taskQueue: MEASUREMENT_TASK_QUEUE,
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: LOST_WORKER_AFTER,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** Why asking again is of no use; null where it may be, and for any other error. */
export function finalWordIn(error: unknown): string | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.nonRetryable ? cause.message : null;
}

/** The platform's words when it refused for good; null for any other error. */
export function refusalIn(error: unknown): string | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === REFUSED ? cause.message : null;
}

/** Why a call came to nothing after all its tries; null where it was not a call that failed. */
export function exhaustionIn(error: unknown): string | null {
  if (!(error instanceof ActivityFailure)) return null;
  return error.cause?.message ?? error.message;
}
