import type { Stage } from '../../schemas/onboarding.ts';
import type { OnboardingState } from './decider.ts';
import type { ReminderRung } from './programme.ts';
import type { StepStanding } from './steps.ts';
import { addSpan } from './workingDays.ts';

export interface ReminderEffect {
  readonly kind: 'remind';
  readonly at: string;
  readonly step: string;
  readonly stage: Stage;
  readonly recipient: ReminderRung['recipient'];
  readonly rung: number;
  readonly attempt: number;
  readonly deadline: string;
}

/** The ladder of every step that has a deadline; each failed attempt begins it anew, and the step's being done ends it. */
export function reminders(state: OnboardingState): ReminderEffect[] {
  const sent = new Set(
    state.facts
      .filter((fact) => fact.type === 'onboarding.reminder-sent.v1')
      .map((fact) => reminderKey(fact.data.step ?? '', fact.data.attempt ?? 0, fact.data.rung ?? 0)),
  );
  return [...state.steps.values()].flatMap((standing) =>
    attemptsOf(standing).flatMap(({ attempt, deadline, until }) =>
      state.programme.reminders.flatMap((rung, index): ReminderEffect[] => {
        const at = addSpan(deadline, rung.afterDeadline);
        const { step, stage } = standing.definition;
        // What fell due while it was closed is not made up for.
        const wasClosed = state.reopenedAt !== null && at <= state.reopenedAt;
        const isMoot =
          wasClosed || (until !== null && at >= until) || sent.has(reminderKey(step, attempt, index + 1));
        if (isMoot) return [];
        return [
          { kind: 'remind', at, step, stage, recipient: rung.recipient, rung: index + 1, attempt, deadline },
        ];
      }),
    ),
  );
}

/** Names a reminder within its onboarding. */
export const reminderKey = (step: string, attempt: number, rung: number): string =>
  attempt === 0 ? `${step}/${rung}` : `${step}/${attempt}/${rung}`;

interface AttemptWindow {
  readonly attempt: number;
  readonly deadline: string;
  readonly until: string | null;
}

function attemptsOf(standing: StepStanding): AttemptWindow[] {
  const { definition, openedAt, doneAt, failures, restarts } = standing;
  const span = definition.deadline;
  if (openedAt === null || span === null) return [];
  const begunAnew = [...failures.map((failure) => failure.fact.time), ...restarts]
    .filter((time) => time > openedAt && (doneAt === null || time < doneAt))
    .sort();
  const starts = [openedAt, ...begunAnew];
  return starts.map((start, attempt) => ({
    attempt,
    deadline: addSpan(start, span),
    until: starts[attempt + 1] ?? doneAt,
  }));
}

/** The deadline that stands for an open step now; null where it has none. */
export function deadlineOf(standing: StepStanding): string | null {
  return standing.doneAt === null ? (attemptsOf(standing).at(-1)?.deadline ?? null) : null;
}
