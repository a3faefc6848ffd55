import type { FastifyInstance } from 'fastify';
import { ActCommand, type ActRequest } from '../../../schemas/api/acts.ts';
import * as operations from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { loadRemedies } from '../../onboarding/index.ts';
import type { GatewayDeps } from '../deps.ts';
import type { Principal } from '../domain/principal.ts';
import { parseInput } from '../problem.ts';
import { businessTime, type ReadContext } from '../reads/context.ts';
import { requireDelegation } from '../reads/delegation.ts';
import { requireFirm } from '../reads/suppliers.ts';
import { serve } from '../serve.ts';

/** What people do on onboardings. */
export function actRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  serve(app, deps, operations.act, async ({ body, principal, reads, request }) => {
    const command = await signed(body, principal, reads, deps);
    const receipt = await deps.submitAct(command);
    request.log.info({ correlationId: receipt.eventId, act: command.act }, 'act recorded');
    return receipt;
  });
}

/** The act with its actor and time: those of the sign-in, or a replayer's own. */
async function signed(
  body: ActRequest,
  principal: Principal,
  reads: ReadContext,
  { takesBusinessTime, now }: GatewayDeps,
): Promise<ActCommand> {
  if (principal.tenancy.role === 'replayer') return parseInput(ActCommand, body);
  await requireFirm(reads, body.supplierUscc);
  if (body.act === 'take-remedy') await requireRemedy(body.remedy);
  const actor = actorOf(principal, body.supplierUscc);
  const at = (takesBusinessTime ? await businessTime(reads.db) : null) ?? now();
  return parseInput(ActCommand, { ...body, actor, at: at.toISOString() });
}

/** @throws ChainlightError BAD_INPUT: what is in no catalogue could never be told to have worked */
async function requireRemedy(id: string): Promise<void> {
  const { remedies } = await loadRemedies();
  if (remedies.some((remedy) => remedy.id === id)) return;
  const message = 'is in no catalogue of remedies';
  throw new ChainlightError('BAD_INPUT', bilingual(`remedy: ${message}`, `目录里没有 ${id} 这项帮助`), {
    fields: [{ field: 'remedy', message }],
  });
}

/** A provider to whom the supplier has delegated acts in the supplier's role; its own name stays with the act. */
export function actorOf(principal: Principal, supplier: string): Actor {
  const { name, tenancy } = principal;
  const role = tenancy.role === 'platform' || tenancy.role === 'replayer' ? 'system' : tenancy.role;
  const [firm] = 'firms' in tenancy ? tenancy.firms : [];
  if (tenancy.role === 'supplier') return { name, role, uscc: supplier };
  if (tenancy.role !== 'provider') return { name, role, ...(firm === undefined ? {} : { uscc: firm }) };
  requireDelegation(principal, supplier);
  return { name: `${name}（受托）`.slice(0, 120), role: 'supplier', uscc: supplier };
}
