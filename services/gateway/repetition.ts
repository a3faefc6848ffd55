import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationId } from '../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../schemas/errors.ts';
import type { Repetitions } from './adapters/repetitions.ts';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,100}$/;

/**
 * Does what was asked, or answers from memory where the same person has asked the same under the same Idempotency-Key. The key
 * belongs to the address and the body: another of either is a mistake, and is told.
 * @throws ChainlightError BAD_INPUT for a key that is none, CONFLICT for another request under a known key
 */
export async function once(
  repetitions: Repetitions,
  operation: OperationId,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: () => Promise<unknown>,
): Promise<unknown> {
  const key = request.headers['idempotency-key'];
  const subject = request.principal?.subject;
  if (key === undefined || subject === undefined) return answer();
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw new ChainlightError('BAD_INPUT', 'Idempotency-Key: 1 to 100 printable characters without blanks', {
      fields: [{ field: 'Idempotency-Key', message: '1 to 100 printable characters without blanks' }],
    });
  const kept = await repetitions.run(
    { subject, operation, key, fingerprint: fingerprintOf(request) },
    async () => {
      const body = await answer();
      return { status: reply.statusCode, body };
    },
  );
  if (kept.repeated) reply.header('idempotency-replayed', 'true');
  reply.code(kept.status);
  return kept.body;
}

function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const hash = createHash('sha256').update(`${method} ${url}\n${headers['content-type'] ?? ''}\n`);
  return hash.update(Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)).digest('hex');
}
