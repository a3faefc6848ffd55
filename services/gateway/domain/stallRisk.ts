import type { StallRisk } from '../../../schemas/api/board.ts';
import { DAY_MS } from '../../../schemas/time.ts';
import { isOverdue, type WaitingStep } from '../../../schemas/waiting.ts';

/** A deadline this close is worth a word. */
const SOON_MS = 14 * DAY_MS;

/**
 * How likely an open onboarding is to stay where it is, by rules that a reader can check: past a deadline is high, together with
 * an earlier failure at an open step or alone; a failure or a near deadline alone is medium or low.
 * @param asOf business time
 */
export function stallRiskOf(isOpen: boolean, steps: readonly WaitingStep[], asOf: Date | null): StallRisk {
  if (!isOpen || asOf === null) return { level: 'none', reasons: [] };
  const open = steps.filter(({ waitingOn }) => waitingOn !== null);
  const isPast = open.some((step) => isOverdue(step, asOf));
  const hasFailed = open.some(({ attempts }) => attempts.some(({ outcome }) => outcome !== 'done'));
  const soon = new Date(asOf.getTime() + SOON_MS);
  const isSoon = !isPast && open.some((step) => isOverdue(step, soon));
  return {
    level: isPast ? 'high' : hasFailed ? 'medium' : isSoon ? 'low' : 'none',
    reasons: [
      ...(isPast ? (['PAST_DEADLINE'] as const) : []),
      ...(hasFailed ? (['FAILED_BEFORE'] as const) : []),
      ...(isSoon ? (['DUE_SOON'] as const) : []),
    ],
  };
}
