import type { FailureReason, TerminalStatus } from '../../schemas/onboarding.ts';
import { type Fact, isOutcome } from './facts.ts';
import type { ProgrammeDefinition } from './programme.ts';
import type { Reading } from './reading.ts';
import type { Steps } from './steps.ts';
import { addSpan } from './workingDays.ts';

/** How and when an onboarding ends. */
export interface Ending {
  readonly at: string;
  readonly status: TerminalStatus;
  readonly failureReason: FailureReason | null;
  /** Identity of the fact that decided it, or `window` when the programme's window closed. */
  readonly decidedBy: string;
  readonly comment: string | null;
}

/** When the programme's window closes: so long after the nomination, and not before a reopening's own time is over. */
export function windowEndOf(
  steps: Steps,
  { window }: ProgrammeDefinition,
  reopenedAt: string | null,
): string | null {
  const nominatedAt = steps.get('NOMINATED')?.doneAt;
  if (!nominatedAt) return null;
  const regular = addSpan(nominatedAt, { days: window.days, count: 'calendar' });
  if (reopenedAt === null) return regular;
  const extended = addSpan(reopenedAt, { days: window.reopenedDays, count: 'calendar' });
  return regular > extended ? regular : extended;
}

/** The earliest of all endings that the facts hold and that no reopening made void; null while there is none. */
export function endingOf(
  facts: readonly Fact[],
  steps: Steps,
  programme: ProgrammeDefinition,
  reopenedAt: string | null,
  { refusals }: Reading,
): Ending | null {
  const isOfThisRound = (fact: Fact): boolean =>
    reopenedAt === null ||
    fact.time > reopenedAt ||
    (refusals === 'from-the-reopening' && fact.time === reopenedAt && isOutcome(fact));
  const endings = facts
    .filter(isOfThisRound)
    .map(endingBy)
    .filter((ending) => ending !== null);
  const accepted = steps.get('ACCEPTED');
  if (accepted?.doneAt) {
    const decision = accepted.facts.at(-1);
    endings.push(ending(accepted.doneAt, 'ACCEPTED', null, decision));
  }
  const windowEnd = windowEndOf(steps, programme, reopenedAt);
  if (windowEnd !== null)
    endings.push({
      at: windowEnd,
      status: 'EXPIRED',
      failureReason: { group: 'PROGRAMME', cause: 'WINDOW_CLOSED' },
      decidedBy: 'window',
      comment: null,
    });
  return endings.reduce<Ending | null>(
    (first, next) => (first === null || isBefore(next, first) ? next : first),
    null,
  );
}

const isBefore = (a: Ending, b: Ending): boolean =>
  a.at < b.at || (a.at === b.at && a.decidedBy < b.decidedBy);

const ending = (
  at: string,
  status: TerminalStatus,
  failureReason: FailureReason | null,
  fact: Fact | undefined,
): Ending => ({
  at,
  status,
  failureReason,
  decidedBy: fact?.id ?? 'window',
  comment: fact?.data.comment ?? null,
});

function endingBy(fact: Fact): Ending | null {
  switch (fact.type) {
    case 'onboarding.supplier-withdrew.v1':
    case 'onboarding.withdrawn.v1':
      return ending(fact.time, 'WITHDRAWN', fact.data.failure ?? null, fact);
    case 'onboarding.plan-declined.v1':
      return ending(fact.time, 'DECLINED', fact.data.failure ?? null, fact);
    case 'onboarding.acceptance-decided.v1':
      return fact.data.outcome === 'declined'
        ? ending(fact.time, 'DECLINED', fact.data.failure ?? null, fact)
        : null;
    case 'onboarding.step-failed.v1':
      return fact.data.final === true ? ending(fact.time, 'FAILED', fact.data.failure ?? null, fact) : null;
    case 'onboarding.platform-refused.v1':
      return ending(
        fact.time,
        'FAILED',
        fact.data.operation === 'verify-identity'
          ? { group: 'ELIGIBILITY', cause: 'NOT_ELIGIBLE' }
          : { group: 'INTEGRATION', cause: 'MAPPING' },
        fact,
      );
    default:
      return null;
  }
}
