import { latest } from './time.ts';

/** What decides who is waited for at a step. */
export interface WaitingStep {
  readonly step: string;
  /** null: the step is done, not yet open, or its onboarding has ended. */
  readonly waitingOn: string | null;
  readonly deadline: string | null;
  readonly attempts: readonly { readonly at: string; readonly outcome: string }[];
  readonly evidence: readonly { readonly at: string }[];
}

export interface Waiting {
  readonly step: string;
  /** Who has to move the step on. */
  readonly waitingOn: string;
  readonly deadline: string | null;
  /** Who has to look at documents that were handed in for it; null where none waits to be looked at. */
  readonly reviewer: string | null;
}

/** The firm's own side hands documents in; somebody without an interest looks at them. */
const OWN_SIDE: ReadonlySet<string> = new Set(['supplier', 'provider', 'leader']);

/**
 * The one answer to "who is waited for", for boards, lists, the firm's own page and the stall flag: every open step, begun or not. A
 * document that was handed in does not do a step, so whoever has to move it stays; besides, it has to be looked at.
 */
export const waitingOf = (steps: readonly WaitingStep[]): Waiting[] =>
  steps.flatMap((one): Waiting[] => {
    const { step, waitingOn, deadline } = one;
    return waitingOn === null ? [] : [{ step, waitingOn, deadline, reviewer: reviewerOf(one, waitingOn) }];
  });

/** Whether somebody is waited for past the deadline. */
export const isOverdue = (
  { waitingOn, deadline }: Pick<WaitingStep, 'waitingOn' | 'deadline'>,
  asOf: Date,
): boolean => waitingOn !== null && deadline !== null && Date.parse(deadline) < asOf.getTime();

/** A step that failed or was given back has been looked at; what came after that has not. */
function reviewerOf({ evidence, attempts }: WaitingStep, waitingOn: string): string | null {
  const failures = attempts.filter(({ outcome }) => outcome !== 'done' && outcome !== 'skipped');
  return reviewerAt(
    waitingOn,
    evidence.map(({ at }) => at),
    failures.map(({ at }) => at),
  );
}

/**
 * Who has to look at documents of a step.
 * @param handedIn when documents came
 * @param failed when tries at the step ended without success
 */
export function reviewerAt(
  waitingOn: string,
  handedIn: readonly string[],
  failed: readonly string[],
): string | null {
  const lookedAt = latest(failed);
  if (!handedIn.some((at) => at > lookedAt)) return null;
  return OWN_SIDE.has(waitingOn) ? 'bureau' : waitingOn;
}

/** What has happened to an onboarding: the type of the event, and the step that it is about. */
export interface Happened {
  readonly event: string;
  readonly step: string | null;
  readonly at: string;
}

/** How many reminders about an open step have moved nothing: those since it last moved, was given to somebody else or begun anew. */
export function remindersInVain(
  { step, waitingOn, attempts, evidence }: Omit<WaitingStep, 'deadline'>,
  happened: readonly Happened[],
): number {
  const restarts = happened.filter(
    ({ event }) =>
      event === 'onboarding.reopened.v1' ||
      (event === 'onboarding.provider-reassigned.v1' && waitingOn === 'provider'),
  );
  const movedAt = latest([...attempts, ...evidence, ...restarts].map(({ at }) => at));
  return happened.filter(
    ({ event, step: about, at }) => event === 'onboarding.reminder-sent.v1' && about === step && at > movedAt,
  ).length;
}
