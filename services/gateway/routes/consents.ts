import type { FastifyInstance } from 'fastify';
import * as operations from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { GatewayDeps } from '../deps.ts';
import { requireMeaningful } from '../domain/consents.ts';
import type { Principal } from '../domain/principal.ts';
import { isOwnFirm } from '../domain/visibility.ts';
import { serve } from '../serve.ts';
import { answer } from './registry.ts';

const requireOwn = ({ tenancy }: Principal, supplier: string): void => {
  if (!isOwnFirm(tenancy, supplier))
    throw new ChainlightError('NOT_FOUND', `there is no firm ${supplier} that you may speak for`);
};

/** What a supplier agrees to, delegates, and takes back; each is an event before it takes effect. */
export function consentRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { statements } = deps;
  const decidedBy = ({ subject, name }: Principal) => ({ subject, name });

  for (const [operation, type] of [
    [operations.grantConsent, 'consent.granted.v1'],
    [operations.withdrawConsent, 'consent.withdrawn.v1'],
  ] as const)
    serve(app, deps, operation, async ({ body, principal, reply }) => {
      requireOwn(principal, body.supplier);
      const data = {
        supplierUscc: body.supplier,
        leaderUscc: body.leader,
        scopes: [...new Set(body.scopes)].sort(),
        decidedBy: decidedBy(principal),
      };
      return answer(reply, await statements.state(type, body.supplier, data));
    });

  serve(app, deps, operations.grantDelegation, async ({ body, principal, reads, reply }) => {
    requireOwn(principal, body.supplier);
    requireMeaningful(body, reads.today);
    const { supplier, provider, validUntil } = body;
    const data = {
      supplierUscc: supplier,
      providerUscc: provider,
      ...(validUntil === undefined ? {} : { validUntil }),
      decidedBy: decidedBy(principal),
    };
    return answer(reply, await statements.state('delegation.granted.v1', supplier, data));
  });

  serve(
    app,
    deps,
    operations.withdrawDelegation,
    async ({ body: { supplier, provider }, principal, reply }) => {
      requireOwn(principal, supplier);
      const data = { supplierUscc: supplier, providerUscc: provider, decidedBy: decidedBy(principal) };
      return answer(reply, await statements.state('delegation.withdrawn.v1', supplier, data));
    },
  );
}
