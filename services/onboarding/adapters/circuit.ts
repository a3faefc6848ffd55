import { ApplicationFailure } from '@temporalio/activity';
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { ErrorCode } from '../../../schemas/errors.ts';

const UNAVAILABLE: ErrorCode = 'PLATFORM_UNAVAILABLE';

/** What a call that is to be repeated says of an answer that did come. */
export interface Deferral {
  readonly meaning: 'not-now' | 'turned-away';
}

/** The answer in a call's failure; null where there was none, or a final one. */
export function deferralIn(error: unknown): Deferral | null {
  if (!(error instanceof ApplicationFailure) || error.type !== UNAVAILABLE) return null;
  return (error.details?.[0] as Deferral | undefined) ?? null;
}

export interface CircuitSettings {
  /** Calls without an answer, one after the other, that open it. */
  readonly afterFailures: number;
  /** How long it lets nothing through before it tries one call. */
  readonly halfOpenAfterMs: number;
}

export const PLATFORM_CIRCUIT: CircuitSettings = { afterFailures: 8, halfOpenAfterMs: 10_000 };

/** Only silence counts against the platform: an answer, be it a refusal, shows that it is there. */
const isSilence = (error: Error): boolean =>
  error instanceof ApplicationFailure && error.type === UNAVAILABLE && deferralIn(error) === null;

/**
 * A circuit breaker over all calls on one platform. While it is open a call fails at once, to be repeated later, so that a platform that
 * is down is not beaten by thousands of waiting onboardings.
 */
export function createCircuit({ afterFailures, halfOpenAfterMs }: CircuitSettings) {
  const policy = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(afterFailures),
  });
  return async <Reply>(call: () => Promise<Reply>): Promise<Reply> => {
    try {
      return await policy.execute(call);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw ApplicationFailure.create({
        message: 'the platform has not answered for a while; it is left alone for a moment',
        // When to come again is left to the caller's own growing pauses: each try of each waiting onboarding costs.
        type: UNAVAILABLE,
      });
    }
  };
}
