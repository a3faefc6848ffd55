import type { OnboardingRow, StallRisk } from '../../../schemas/api/board.ts';
import { DAY_MS } from '../../../schemas/time.ts';

/** A deadline this close is worth a word. */
const SOON_MS = 14 * DAY_MS;

interface Step {
  readonly step: string;
  readonly state: string;
  readonly waitingOn: string | null;
  readonly deadline: string | null;
  readonly attempts: readonly { readonly outcome: string }[];
}

/** The steps for which somebody has to move. */
export function waitingOf(steps: readonly Step[]): OnboardingRow['waiting'] {
  return steps.flatMap(({ step, state, waitingOn, deadline }) =>
    state === 'WAITING_ON' && waitingOn !== null ? [{ step, waitingOn, deadline }] : [],
  );
}

/**
 * How likely an open onboarding is to stay where it is, by rules that a reader can check: past a deadline is high, together with
 * an earlier failure at an open step or alone; a failure or a near deadline alone is medium or low.
 * @param asOf business time
 */
export function stallRiskOf(isOpen: boolean, steps: readonly Step[], asOf: Date | null): StallRisk {
  if (!isOpen || asOf === null) return { level: 'none', reasons: [] };
  const open = steps.filter(({ state }) => state === 'WAITING_ON');
  const leftMs = open.flatMap(({ deadline }) =>
    deadline === null ? [] : [Date.parse(deadline) - asOf.getTime()],
  );
  const isPast = leftMs.some((ms) => ms < 0);
  const hasFailed = open.some(({ attempts }) => attempts.some(({ outcome }) => outcome !== 'done'));
  const isSoon = !isPast && leftMs.some((ms) => ms < SOON_MS);
  return {
    level: isPast ? 'high' : hasFailed ? 'medium' : isSoon ? 'low' : 'none',
    reasons: [
      ...(isPast ? (['PAST_DEADLINE'] as const) : []),
      ...(hasFailed ? (['FAILED_BEFORE'] as const) : []),
      ...(isSoon ? (['DUE_SOON'] as const) : []),
    ],
  };
}
