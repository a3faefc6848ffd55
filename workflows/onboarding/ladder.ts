import type { Party, Stage } from '../../schemas/onboarding.ts';
import { reviewerAt } from '../../schemas/waiting.ts';
import type { OnboardingState } from './decider.ts';
import type { Fact } from './facts.ts';
import { type ReminderRung, remindsWaitedFor } from './programme.ts';
import type { StepStanding } from './steps.ts';
import { addSpan } from './workingDays.ts';

export interface ReminderEffect {
  readonly kind: 'remind';
  readonly at: string;
  readonly step: string;
  readonly stage: Stage;
  readonly recipient: Party;
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
  const isByWaiting = remindsWaitedFor(state.programme);
  return [...state.steps.values()].flatMap((standing) =>
    attemptsOf(standing).flatMap(({ attempt, deadline, until }) =>
      state.programme.reminders.flatMap((rung, index): ReminderEffect[] => {
        const at = addSpan(deadline, rung.afterDeadline);
        const { step, stage } = standing.definition;
        const recipient = recipientOf(rung, standing, at, isByWaiting);
        // What fell due while it was closed is not made up for.
        const wasClosed = state.reopenedAt !== null && at <= state.reopenedAt;
        const isMoot =
          wasClosed || (until !== null && at >= until) || sent.has(reminderKey(step, attempt, index + 1));
        if (isMoot || recipient === null) return [];
        return [{ kind: 'remind', at, step, stage, recipient, rung: index + 1, attempt, deadline }];
      }),
    ),
  );
}

/** Whom a rung is for; null: nobody, since the step has moved and it is not for them to move it on. */
function recipientOf(
  { recipient }: ReminderRung,
  { definition, evidence, failures }: StepStanding,
  at: string,
  isByWaiting: boolean,
): Party | null {
  if (!isByWaiting) return recipient === 'waited-for' ? definition.waitingOn : recipient;
  const until = (facts: readonly Fact[]): string[] =>
    facts.map(({ time }) => time).filter((time) => time <= at);
  const reviewer = reviewerAt(
    definition.waitingOn,
    until(evidence),
    until(failures.map(({ fact }) => fact)),
  ) as Party | null;
  if (recipient === 'waited-for') return reviewer ?? definition.waitingOn;
  return reviewer !== null && recipient !== 'bureau' ? null : recipient;
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
  const { definition, openedAt, doneAt, failures, restarts, begunAnew } = standing;
  const span = definition.deadline;
  if (openedAt === null || span === null) return [];
  // What fell due before it was given back was said then, or the step was done at that time.
  const begin = begunAnew?.at ?? openedAt;
  const again = [...failures.map((failure) => failure.fact.time), ...restarts]
    .filter((time) => time > begin && (doneAt === null || time < doneAt))
    .sort();
  const starts = [begin, ...again];
  return starts.map((start, index) => ({
    attempt: (begunAnew?.tries ?? 0) + index,
    deadline: addSpan(start, span),
    until: starts[index + 1] ?? doneAt,
  }));
}

/** The deadline that stands for an open step now; null where it has none. */
export function deadlineOf(standing: StepStanding): string | null {
  return standing.doneAt === null ? (attemptsOf(standing).at(-1)?.deadline ?? null) : null;
}
