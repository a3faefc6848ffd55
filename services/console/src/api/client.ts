/** Every call of the console goes through here: same origin, session cookie, problem documents as errors. */

/** What the gateway answers when it refuses (RFC 9457, with the catalogue's code and remedy). */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** The same in Chinese, where it tells more than the code. */
  readonly detailZh?: string;
  readonly remedy: string | null;
  readonly retryable: boolean;
  readonly details?: { readonly fields?: readonly { readonly path: string; readonly message: string }[] };
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.status === 401;

/** Whether to ask again without being told to: not after a long wait, nor past a limit of requests. */
export const isRetryable = (error: unknown): boolean =>
  !(error instanceof ApiError) ||
  ((error.problem.retryable || error.problem.status >= 500) && !NOT_AT_ONCE.has(error.problem.status));

const NOT_AT_ONCE = new Set([408, 429]);

/** A reading that takes longer has failed; whoever reads may ask again. */
const READ_TIMEOUT_MS = 20_000;

const UNREACHABLE: Problem = {
  status: 0,
  code: 'UNREACHABLE',
  title: 'The service did not answer',
  detail: 'The service did not answer',
  remedy: null,
  retryable: true,
};

const TIMED_OUT: Problem = { ...UNREACHABLE, status: 408, code: 'TIMED_OUT' };

async function request<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    body = isJson ? await response.json() : null;
  } catch {
    throw new ApiError(init.signal?.aborted ? TIMED_OUT : UNREACHABLE);
  }
  // The intake answers event by event, also where it refuses them all.
  const isAnswer = typeof body === 'object' && body !== null && 'receipts' in body;
  if (!response.ok && !isAnswer) {
    const said = (body ?? {}) as Partial<Problem>;
    throw new ApiError({
      ...UNREACHABLE,
      code: `HTTP_${response.status}`,
      title: response.statusText,
      detail: response.statusText,
      ...said,
      status: response.status,
    });
  }
  return body as Answer;
}

/** Reads; parameters that are undefined or empty are left out. */
export async function get<Answer>(path: string, parameters: Record<string, unknown> = {}): Promise<Answer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), READ_TIMEOUT_MS);
  try {
    return await request<Answer>(text === '' ? path : `${path}?${text}`, {
      headers: { accept: 'application/json' },
      signal: patience.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Writes. The header marks a request that a foreign page's form cannot send; the key makes a repetition of the same
 * request have one effect.
 */
export function post<Answer>(path: string, body: unknown, idempotencyKey: string): Promise<Answer> {
  return request<Answer>(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-chainlight': 'console',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify(body),
  });
}

/** Hands in a file; its bytes are the body. */
export function postFile<Answer>(
  path: string,
  parameters: Readonly<Record<string, string>>,
  file: Blob,
): Promise<Answer> {
  return request<Answer>(`${path}?${new URLSearchParams(parameters).toString()}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      accept: 'application/json',
      'x-chainlight': 'console',
    },
    body: file,
  });
}

/** Hands in CloudEvents as a batch; each gets its own answer. */
export function postEvents<Answer>(events: readonly object[]): Promise<Answer> {
  return request<Answer>('/api/v1/events', {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      accept: 'application/json',
      'x-chainlight': 'console',
    },
    body: JSON.stringify(events),
  });
}
