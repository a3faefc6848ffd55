import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ChainlightError, ERRORS, type ErrorCode, isChainlightError } from '../../schemas/errors.ts';
import { issuesInLine, issuesInWords, WHOLE } from '../../schemas/issues.ts';
import { isUnavailable } from '../runtime/mongo.ts';

/** An error as RFC 9457 problem document; everything but the message comes from the catalogue. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** The detail in Chinese, where it tells more than the code. */
  readonly detailZh?: string;
  readonly remedy: string;
  readonly retryable: boolean;
  /** Id of the request, as it stands in the log. */
  readonly instance: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function problemOf(error: ChainlightError, requestId: string): Problem {
  const { status, title, remedy, retryable } = ERRORS[error.code];
  return {
    type: `urn:chainlight:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.zh === null ? {} : { detailZh: error.zh }),
    remedy,
    retryable,
    instance: `urn:chainlight:request:${requestId}`,
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
  };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toCatalogue(thrown);
  if (ERRORS[error.code].status >= 500) request.log.error({ err: thrown }, 'request failed');
  const problem = problemOf(error, request.id);
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(problem);
}

/** Answers what is not HTTP at all, or whose headers are too long: there is no request yet, and no route. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = problemOf(
    new ChainlightError(
      tooLong ? 'PAYLOAD_TOO_LARGE' : 'BAD_USAGE',
      tooLong ? 'the headers are too long' : 'this is not HTTP',
    ),
    randomUUID(),
  );
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const OF_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  413: ['PAYLOAD_TOO_LARGE', 'the request is larger than this operation takes'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'this operation does not read such a body'],
};
const NOT_JSON = new Set(['FST_ERR_CTP_INVALID_JSON_BODY', 'FST_ERR_CTP_EMPTY_JSON_BODY']);

/** What is not in the catalogue: the web framework's own refusals are the caller's fault, the rest is ours and is not told. */
function toCatalogue(thrown: unknown): ChainlightError {
  if (isChainlightError(thrown)) return thrown;
  if (thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number') {
    const [code, message] = OF_STATUS[thrown.statusCode] ?? [];
    if (code !== undefined && message !== undefined) return new ChainlightError(code, message);
    if ('code' in thrown && NOT_JSON.has(String(thrown.code)))
      return new ChainlightError('NOT_JSON', 'the body is not JSON');
    if (thrown.statusCode < 500) return new ChainlightError('BAD_USAGE', thrown.message);
  }
  if (isUnavailable(thrown))
    return new ChainlightError('SERVER_UNREACHABLE', 'MongoDB does not answer', {}, { cause: thrown });
  return new ChainlightError('INTERNAL', 'something failed that should not', {}, { cause: thrown });
}

/**
 * Validates what a caller sent.
 * @throws ChainlightError BAD_INPUT; every field that does not fit is named. Check digits are `requireCheckDigits`'s to judge.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesInWords(schema, value, parsed.error);
  const fields = issues.map(({ path, said }) => ({
    field: path.join('.') || WHOLE.en,
    message: said.en,
    messageZh: said.zh,
  }));
  throw new ChainlightError('BAD_INPUT', issuesInLine(issues), { fields });
}
