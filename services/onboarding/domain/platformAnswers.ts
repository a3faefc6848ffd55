/** How the platform answered a call, as far as it says what to do next. */
export interface PlatformAnswer {
  readonly status: number;
  /** Whether it is the API that speaks: a proxy, or a server that is another one, answers with a page or with nothing. */
  readonly isJson: boolean;
}

export interface PlatformQuestion {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Whether a 404 means that there is nothing to undo. */
  readonly absentIsFine?: boolean;
}

/**
 * What an answer other than 2xx means.
 * - `absent`: there is nothing to undo
 * - `refused`: a word about this firm, which asking again does not change
 * - `busy`: the platform cannot answer now, whoever asks
 * - `not-now`: it is still at this very request, or the tenant is locked
 * - `turned-away`: a word about this installation: its token, its address or its programme; no firm is to blame, and it is asked again
 */
export type AnswerMeaning = 'absent' | 'refused' | 'busy' | 'not-now' | 'turned-away';

const REFUSALS: ReadonlySet<number> = new Set([400, 410, 422]);
const BUSY: ReadonlySet<number> = new Set([408, 429]);
const NOT_NOW: ReadonlySet<number> = new Set([409, 423, 425]);

/** @param answer any but 2xx */
export function meaningOf(
  { method, absentIsFine = false }: PlatformQuestion,
  { status, isJson }: PlatformAnswer,
): AnswerMeaning {
  if (status >= 500 || BUSY.has(status)) return 'busy';
  if (NOT_NOW.has(status)) return 'not-now';
  const isGone = isJson && (status === 404 || status === 410);
  if (isGone && absentIsFine) return 'absent';
  // A question is answered by it; what is to be made cannot be missing, so that the address is wrong.
  if (isGone && method === 'GET') return 'refused';
  return REFUSALS.has(status) ? 'refused' : 'turned-away';
}
