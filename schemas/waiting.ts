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

/** A step that was given back has been looked at; what came after that has not. */
function reviewerOf({ evidence, attempts }: WaitingStep, waitingOn: string): string | null {
  const returnedAt = attempts.findLast(({ outcome }) => outcome === 'returned')?.at ?? '';
  if (!evidence.some(({ at }) => at > returnedAt)) return null;
  return OWN_SIDE.has(waitingOn) ? 'bureau' : waitingOn;
}
