import type { TFunction } from 'i18next';
import type { Problem } from '../api/client.ts';

export interface ProblemWords {
  /** What went wrong. */
  readonly what: string;
  /** What the service says about this case, where that tells more. */
  readonly detail: string | null;
  /** What to do next. */
  readonly remedy: string;
}

const KINDS: Readonly<Record<number, string>> = {
  0: 'unreachable',
  401: 'signedOut',
  403: 'forbidden',
  404: 'notFound',
  408: 'slow',
  429: 'tooMany',
};
/** Codes whose words in the catalogue are meant for those who write programs. */
const PLAIN_CODES = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED', 'TOO_MANY_REQUESTS', 'BAD_INPUT']);

/** A refusal in the reader's language: by its code where there are words for it, else by its kind. */
export function problemInWords(t: TFunction, language: string, problem: Problem | null): ProblemWords {
  const status = problem?.status ?? 0;
  const kind = KINDS[status] ?? (status >= 500 ? 'broken' : 'refused');
  // The service speaks English: its own words are used there, where it speaks of one case.
  const isSpoken = language === 'en' && problem?.remedy != null && !PLAIN_CODES.has(problem.code);
  const said = isSpoken && status < 500 ? problem : null;
  const inWords = (part: 'what' | 'remedy', spoken: string | null | undefined): string =>
    t(`problem.code.${problem?.code}.${part}`, { defaultValue: spoken ?? t(`problem.${kind}.${part}`) });
  const tellsMore = status >= 400 && status < 500 && status !== 401 && problem?.remedy != null;
  return {
    what: inWords('what', said?.title),
    detail: tellsMore ? (language === 'en' ? problem.detail : (problem.detailZh ?? null)) : null,
    remedy: inWords('remedy', said?.remedy),
  };
}
