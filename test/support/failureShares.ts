import type { FailureReason, Phase } from '../../schemas/onboarding.ts';
import type { Journey } from '../../services/simulator/domain/journey.ts';

/** A share with its parts. */
export interface Share {
  readonly part: number;
  readonly whole: number;
  readonly value: number;
}

/** What the scenario's two claims of 90 % speak of, by the simulator's own account of its journeys. */
export interface FailureShares {
  /** Failures in the early and middle stages, of all failures. */
  readonly byPhase: Share;
  /** Mismatched solutions and employee resistance, of the failures in the middle stages. */
  readonly byCauseMid: Share;
  /** The same causes, of all failures. */
  readonly byCauseAll: Share;
}

const shareOf = (part: number, whole: number): Share => ({ part, whole, value: part / whole });

/** Phase that was open when a journey ended without acceptance; null for those that went well or go on. */
export function phaseOfFailure({ end, steps, connectedAt }: Journey): Phase | null {
  if (end.status === 'ACCEPTED' || end.status === 'ACTIVE') return null;
  if ('phase' in end) return end.phase;
  if (connectedAt !== null) return 'late';
  return steps.some(({ kind }) => kind === 'plan-approved') ? 'mid' : 'early';
}

/** Why a journey failed; null where it did not, or where the window closed on it. */
export const reasonOfFailure = ({ end }: Journey): FailureReason | null =>
  'reason' in end ? end.reason : null;

export function isMismatchOrResistance(journey: Journey): boolean {
  const reason = reasonOfFailure(journey);
  return reason?.group === 'MISMATCH' || reason?.cause === 'EMPLOYEE_RESISTANCE';
}

/** Both shares of some journeys; onboardings that go on or were accepted count in none. */
export function failureShares(journeys: readonly Journey[]): FailureShares {
  const failed = journeys.filter((journey) => phaseOfFailure(journey) !== null);
  const late = failed.filter((journey) => phaseOfFailure(journey) === 'late');
  const mid = failed.filter((journey) => phaseOfFailure(journey) === 'mid');
  return {
    byPhase: shareOf(failed.length - late.length, failed.length),
    byCauseMid: shareOf(mid.filter(isMismatchOrResistance).length, mid.length),
    byCauseAll: shareOf(failed.filter(isMismatchOrResistance).length, failed.length),
  };
}
