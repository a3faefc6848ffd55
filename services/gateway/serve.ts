import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  hasETag,
  isIdempotent,
  type Operation,
  type OperationId,
} from '../../schemas/api/operations/index.ts';
import { ERRORS, isChainlightError } from '../../schemas/errors.ts';
import { dateOf } from '../../schemas/time.ts';
import { requireCheckDigits } from './adapters/checkDigits.ts';
import type { GatewayDeps } from './deps.ts';
import { entityTagOf, knowsTag } from './domain/entityTag.ts';
import { auditKindOf } from './domain/policy.ts';
import type { Principal } from './domain/principal.ts';
import { demandUnchanged, remember } from './precondition.ts';
import { parseInput } from './problem.ts';
import type { ReadContext } from './reads/context.ts';
import { once } from './repetition.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that a route serves; a route of static files has `file` instead. */
    operation?: OperationId;
    file?: true;
  }
  interface FastifyRequest {
    principal: Principal | null;
    /** Hash of the session's secret, where the request came with a cookie that holds. */
    sessionSecret: string | null;
  }
}

type Inferred<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** What a handler is given: input that has been checked, and a reading context that is bound to the one who asks. */
export interface Served<Op extends Operation> {
  readonly params: Inferred<Op['params']>;
  readonly query: Inferred<Op['query']>;
  readonly body: Inferred<Op['body']>;
  readonly reads: ReadContext;
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const MAX_DETAIL = 300;

/**
 * Makes the route of one operation: input checked against its schemas, what reads is tagged, what writes is answered from memory when it
 * is repeated and refused when what it rests on has changed, acts and watched reads are recorded before anything is sent.
 */
export function serve<Op extends Operation & { readonly id: OperationId }>(
  app: FastifyInstance,
  deps: GatewayDeps,
  operation: Op,
  handle: (served: Served<Op>) => Promise<unknown>,
): void {
  if (operation.method === 'GET') remember(deps, operation, handle as (served: never) => Promise<unknown>);
  const isStream = operation.answerType === 'text/event-stream';
  app.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { operation: operation.id },
    ...(isStream ? { exposeHeadRoute: false } : {}),
    handler: async (request, reply) => {
      const { principal } = request;
      const actor = principal ?? ANYBODY;
      const reads: ReadContext = {
        db: deps.db,
        cache: deps.cache,
        principal: actor,
        today: dateOf(deps.now()),
      };
      const answer = async (): Promise<unknown> => {
        const params = operation.params && parseInput(operation.params, request.params);
        const query = operation.query && parseInput(operation.query, request.query);
        const body = operation.body && parseInput(operation.body, request.body);
        await demandCheckDigits(deps, operation, { params, query, body });
        const served = { params, query, body, reads, principal: actor, request, reply } as Served<Op>;
        await demandUnchanged(deps, operation, served);
        return handle(served);
      };
      try {
        const result = isIdempotent(operation)
          ? await once(deps.repetitions, operation.id, request, reply, answer)
          : await answer();
        await record(deps, operation.id, request, reply.statusCode);
        return hasETag(operation) && reply.statusCode === 200 ? tagged(request, reply, result) : result;
      } catch (error) {
        const status = isChainlightError(error) ? ERRORS[error.code].status : 500;
        await record(deps, operation.id, request, status);
        throw error;
      }
    },
  });
}

/** What is only read is not judged: it is there or not. @throws ChainlightError BAD_CHECK_DIGIT */
async function demandCheckDigits(
  { db }: GatewayDeps,
  operation: Operation,
  input: Readonly<Record<'params' | 'query' | 'body', unknown>>,
): Promise<void> {
  if (operation.method === 'GET') return;
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = operation[part];
    if (schema !== undefined) await requireCheckDigits(db, schema, input[part]);
  }
}

/** Stands where nobody is signed in; it reaches nothing. */
const ANYBODY: Principal = { subject: '', name: '', tenancy: { role: 'platform', platform: 'nobody' } };

function tagged(request: FastifyRequest, reply: FastifyReply, result: unknown): FastifyReply {
  const json = typeof result === 'string' ? result : JSON.stringify(result);
  const etag = entityTagOf(json);
  // Another sign-in in the same browser must never be shown what was kept for the one before.
  reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'cookie, authorization' });
  if (knowsTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(json);
}

async function record(
  { audit }: GatewayDeps,
  operation: OperationId,
  request: FastifyRequest,
  status: number,
): Promise<void> {
  const { principal } = request;
  if (principal === null) return;
  const kind = auditKindOf(operation, principal.tenancy.role);
  if (kind === null) return;
  const { tenancy } = principal;
  await audit({
    kind,
    operation,
    subject: principal.subject,
    name: principal.name,
    role: tenancy.role,
    jurisdiction: 'region' in tenancy ? tenancy.region : null,
    ...(tenancy.role === 'bureau' && tenancy.zone !== undefined ? { zone: tenancy.zone } : {}),
    firms: firmsIn(request),
    detail: `${request.method} ${request.url}`.slice(0, MAX_DETAIL),
    status,
    requestId: request.id,
  });
}

const FIRM_FIELDS = ['uscc', 'supplier', 'supplierUscc', 'leader', 'provider'] as const;
const FIRM = /[0-9A-HJ-NP-RTUW-Y]{18}/g;

/** The firms that a request names: in its path, its query or its body. */
function firmsIn({ params, query, body }: FastifyRequest): string[] {
  const found = new Set<string>();
  for (const part of [params, query, body]) {
    if (typeof part !== 'object' || part === null) continue;
    for (const field of FIRM_FIELDS) {
      const value = (part as Record<string, unknown>)[field];
      if (typeof value === 'string' && value.length === 18) found.add(value);
    }
  }
  const id = (query as { id?: unknown; source?: unknown } | null) ?? {};
  const { findingId } = (body as { findingId?: unknown } | null | undefined) ?? {};
  for (const text of [id.id, id.source, findingId])
    if (typeof text === 'string') for (const code of text.match(FIRM) ?? []) found.add(code);
  return [...found].sort();
}
