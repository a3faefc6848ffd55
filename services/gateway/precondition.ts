import type { FastifyRequest } from 'fastify';
import { OPERATIONS, type Operation } from '../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../schemas/errors.ts';
import type { GatewayDeps } from './deps.ts';
import { entityTagOf, matchesTag } from './domain/entityTag.ts';
import { authorise } from './domain/policy.ts';
import type { Principal } from './domain/principal.ts';
import { parseInput } from './problem.ts';

interface Act {
  readonly request: FastifyRequest;
  readonly principal: Principal;
  readonly params?: unknown;
  readonly body?: unknown;
}
type Handle = (served: never) => Promise<unknown>;
const readings = new WeakMap<GatewayDeps, Map<string, Handle>>();

/** Keeps how an operation reads, so that acts which rest on it can look again. */
export function remember(deps: GatewayDeps, { id }: Operation, handle: Handle): void {
  const known = readings.get(deps) ?? new Map<string, Handle>();
  readings.set(deps, known.set(id, handle));
}

/**
 * Refuses an act whose If-Match names another answer than the one that stands now. It keeps a person from deciding on what they have not
 * seen; two who decide in the same instant are kept apart by the onboarding itself.
 * @throws ChainlightError PRECONDITION_FAILED; BAD_INPUT where the operation rests on nothing
 */
export async function demandUnchanged(
  deps: GatewayDeps,
  { method, restsOn }: Operation,
  served: Act,
): Promise<void> {
  const ifMatch = served.request.headers['if-match'];
  if (ifMatch === undefined || method === 'GET') return;
  const read = OPERATIONS.find(({ id }) => id === restsOn?.read) as (Operation & { id: never }) | undefined;
  if (restsOn === undefined || read === undefined)
    throw new ChainlightError('BAD_INPUT', 'If-Match: this operation rests on no reading', {
      fields: [{ field: 'If-Match', message: 'is not taken here' }],
    });
  authorise(read.id, served.principal);
  const given = { ...(served.params as object), ...(served.body as object) } as Record<string, unknown>;
  const asked = Object.fromEntries(Object.entries(restsOn.from).map(([to, from]) => [to, given[from]]));
  const answer = await readings.get(deps)?.get(read.id)?.({
    ...served,
    params: read.params && parseInput(read.params, asked),
    query: read.query && parseInput(read.query, asked),
    body: undefined,
  } as never);
  if (matchesTag(ifMatch, entityTagOf(JSON.stringify(answer)))) return;
  throw new ChainlightError('PRECONDITION_FAILED', `the answer of ${read.id} is another by now`);
}
