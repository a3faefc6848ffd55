import type { OnboardingState } from './decider.ts';
import { addMonthsTo } from './workingDays.ts';

/** The outcome is read: so many months after LIVE, whatever became of the onboarding's status meanwhile. */
export interface OutcomeEffect {
  readonly kind: 'measure-outcome';
  readonly at: string;
  readonly windowMonths: number;
  readonly liveAt: string;
}

/** The outcome windows that have not been read yet; none before LIVE. */
export function outcomeWindows(state: OnboardingState): OutcomeEffect[] {
  const liveAt = state.steps.get('LIVE')?.doneAt ?? null;
  if (liveAt === null) return [];
  const read = new Set(
    state.facts
      .filter((fact) => fact.type === 'onboarding.outcome-measured.v1')
      .map((fact) => fact.data.windowMonths),
  );
  return state.programme.outcomeWindowMonths
    .filter((months) => !read.has(months))
    .map((windowMonths) => ({
      kind: 'measure-outcome',
      at: addMonthsTo(liveAt, windowMonths),
      windowMonths,
      liveAt,
    }));
}

/** Follow-up runs beside the status from LIVE on, until the last window has been read. */
export function followUpOf(state: OnboardingState): 'NOT_STARTED' | 'RUNNING' | 'DONE' {
  if (!state.steps.get('LIVE')?.doneAt) return 'NOT_STARTED';
  const hasWindows = state.programme.outcomeWindowMonths.length > 0;
  return hasWindows && outcomeWindows(state).length === 0 ? 'DONE' : 'RUNNING';
}
