import { ApplicationFailure } from '@temporalio/activity';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { type CircuitSettings, createCircuit, PLATFORM_CIRCUIT } from './circuit.ts';

export interface PlatformRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly idempotencyKey: string;
  readonly correlationId: string;
  /** ISO 8601, UTC. */
  readonly businessTime: string;
  readonly body?: Record<string, unknown>;
  /** Whether a 404 means that there is nothing to undo. */
  readonly absentIsFine?: boolean;
}

/** @returns the reply's body; null where what was to be undone does not exist */
export type PlatformClient = (request: PlatformRequest) => Promise<Record<string, unknown> | null>;

const UNAVAILABLE: ErrorCode = 'PLATFORM_UNAVAILABLE';
const REFUSED: ErrorCode = 'PLATFORM_REFUSED';
const MAX_RETRY_AFTER_S = 300;

/**
 * Speaks to the industrial internet platform over HTTP. Every request carries an idempotency key, so that a reply that was lost
 * does not make the effect happen twice; calls that get no answer open a circuit. 429, 5xx, timeouts and lost connections may be repeated; any other 4xx is a refusal.
 */
export function createPlatformClient(
  baseUrl: string,
  timeoutMs = 10_000,
  circuit: CircuitSettings = PLATFORM_CIRCUIT,
): PlatformClient {
  const guarded = createCircuit(circuit);
  return (request) => guarded(() => askOnce(baseUrl, timeoutMs, request));
}

async function askOnce(
  baseUrl: string,
  timeoutMs: number,
  request: PlatformRequest,
): Promise<Record<string, unknown> | null> {
  const response = await fetch(new URL(request.path, baseUrl), {
    method: request.method,
    headers: {
      'idempotency-key': request.idempotencyKey,
      'x-correlation-id': request.correlationId,
      'x-business-time': request.businessTime,
      ...(request.body ? { 'content-type': 'application/json' } : {}),
    },
    body: request.body ? JSON.stringify(request.body) : undefined,
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unavailable(`no reply: ${error instanceof Error ? error.message : String(error)}`);
  });
  const text = await response.text().catch(() => '');
  if (response.ok) return parse(text);
  if (response.status === 404 && request.absentIsFine) return null;
  const said = `${request.method} ${request.path} was answered ${response.status}: ${text.slice(0, 300)}`;
  if (response.status === 429 || response.status === 408 || response.status >= 500)
    throw unavailable(said, retryAfterS(response));
  throw ApplicationFailure.nonRetryable(said, REFUSED);
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // Falls through: a gateway in between may answer 200 with a page.
  }
  throw unavailable(`the reply is not a JSON object: ${text.slice(0, 100)}`);
}

function retryAfterS(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_S) : undefined;
}

const unavailable = (message: string, retryAfter?: number): ApplicationFailure =>
  ApplicationFailure.create({
    message,
    type: UNAVAILABLE,
    ...(retryAfter === undefined ? {} : { nextRetryDelay: `${retryAfter} seconds` }),
  });
