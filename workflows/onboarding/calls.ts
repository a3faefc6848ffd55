import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { OnboardingActivities } from './activities.contract.ts';

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

/** Calls on the industrial internet platform: it may be slow or down for days, which is waited out; a refusal is final. */
export const platform = proxyActivities<OnboardingActivities>({
  startToCloseTimeout: '60 seconds',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '5 minutes',
    nonRetryableErrorTypes: [REFUSED],
  },
});

/** The platform's words when it refused for good; null for any other error. */
export function refusalIn(error: unknown): string | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === REFUSED ? cause.message : null;
}
