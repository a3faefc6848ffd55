import { addMonths, periodOf } from '../../schemas/time.ts';
import type { Outcome, OutcomeReading } from './activities.contract.ts';
import type { OnboardingState } from './decider.ts';
import type { DataPoint } from './effects.ts';
import type { OutcomeEffect } from './followUp.ts';

/**
 * Adds to an outcome whether the platform is used at all: accepted, and yet no data in the last months of the window, is a completion in
 * name only. Acceptance may also come after the window, so that silence is stated by itself.
 */
export function readingOf(
  state: OnboardingState,
  { at }: OutcomeEffect,
  outcome: Outcome,
  points: readonly DataPoint[],
): OutcomeReading {
  const silentSince = addMonths(periodOf(new Date(at)), -state.programme.silentMonths);
  const isSilent = !points.some(({ month }) => month >= silentSince);
  const isAccepted = state.status === 'CLOSED' && state.ending.status === 'ACCEPTED';
  return {
    ...outcome,
    dataMonths: points.map(({ month }) => month),
    isSuperficial: isAccepted && isSilent,
    isSilent,
  };
}
