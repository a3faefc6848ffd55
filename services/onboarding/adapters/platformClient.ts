import { ApplicationFailure } from '@temporalio/activity';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { meaningOf } from '../domain/platformAnswers.ts';
import { type CircuitSettings, createCircuit, type Deferral, PLATFORM_CIRCUIT } from './circuit.ts';

/** Where the platform's API is, and what lets this installation in. */
export interface PlatformAccess {
  /** May hold a path; what is asked for goes below it. */
  readonly url: string;
  /** Sent as bearer; never logged. */
  readonly token?: string | undefined;
}

export interface PlatformRequest {
  /** Which platform is meant: a server that plays several tells their tenants apart by it. */
  readonly platform: string;
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
 * does not make the effect happen twice; calls that get no answer open a circuit. What an answer means: `domain/platformAnswers.ts`.
 */
export function createPlatformClient(
  access: PlatformAccess,
  timeoutMs = 10_000,
  circuit: CircuitSettings = PLATFORM_CIRCUIT,
): PlatformClient {
  const guarded = createCircuit(circuit);
  return (request) => guarded(() => askOnce(access, timeoutMs, request));
}

async function askOnce(
  access: PlatformAccess,
  timeoutMs: number,
  request: PlatformRequest,
): Promise<Record<string, unknown> | null> {
  const response = await fetch(addressOf(access.url, request.path), {
    method: request.method,
    headers: {
      'x-platform': request.platform,
      'idempotency-key': request.idempotencyKey,
      'x-correlation-id': request.correlationId,
      'x-business-time': request.businessTime,
      ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
      ...(request.body ? { 'content-type': 'application/json' } : {}),
    },
    body: request.body ? JSON.stringify(request.body) : undefined,
    // Followed, a redirect would make a GET of a POST.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unavailable(`no reply: ${error instanceof Error ? error.message : String(error)}`);
  });
  const text = await response.text().catch(() => '');
  const body = objectIn(text);
  const quoted = withoutSecret(text, access.token).slice(0, 300);
  if (response.ok) {
    if (body !== null) return body;
    throw unavailable(`the reply is not a JSON object: ${quoted}`);
  }
  const said = `${request.method} ${request.path} was answered ${response.status}: ${quoted}`;
  const meaning = meaningOf(request, { status: response.status, isJson: text !== '' && body !== null });
  switch (meaning) {
    case 'absent':
      return null;
    case 'refused':
      throw ApplicationFailure.nonRetryable(said, REFUSED);
    case 'busy':
      throw unavailable(said, retryAfterS(response));
    case 'not-now':
    case 'turned-away':
      throw deferred(said, meaning, retryAfterS(response));
    default:
      return meaning satisfies never;
  }
}

/** The path below that of the base: `new URL(path, base)` would put it in its place. */
function addressOf(base: string, path: string): URL {
  const address = new URL(base);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}

/** A platform may quote what it does not accept, and a message ends in logs and on record. */
const withoutSecret = (text: string, token: string | undefined): string =>
  token === undefined ? text : text.replaceAll(token, '[secret]');

/** The JSON object that a reply holds, an empty one for an empty reply; null for anything else, as of a gateway that answers 200 with a page. */
function objectIn(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
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

/** An answer that says nothing about the firm: to be asked again as silence is, but no sign that the platform is down. */
export const deferred = (
  message: string,
  meaning: Deferral['meaning'],
  retryAfter?: number,
): ApplicationFailure =>
  ApplicationFailure.create({
    message,
    type: UNAVAILABLE,
    details: [{ meaning } satisfies Deferral],
    ...(retryAfter === undefined ? {} : { nextRetryDelay: `${retryAfter} seconds` }),
  });
