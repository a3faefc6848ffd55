import type { FastifyInstance, FastifyReply } from 'fastify';
import * as operations from '../../../schemas/api/operations/index.ts';
import type { Registration } from '../../../schemas/api/registry.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { GatewayDeps } from '../deps.ts';
import { isOwnFirm } from '../domain/visibility.ts';
import { readUsccOverrides } from '../reads/usccOverrides.ts';
import { serve } from '../serve.ts';
import { actorOf } from './bureau.ts';

/** Registers leaders, platforms, relations, and codes that the registry of firms holds with a wrong check digit. */
export function registryRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { registry, takesBusinessTime } = deps;
  const refusePast = ({ at }: { at?: string | undefined }): void => {
    if (at === undefined || takesBusinessTime) return;
    throw new ChainlightError(
      'BAD_INPUT',
      'at: the time of a registration is now; it can be stated only where business time is the stream’s (CHAINLIGHT_CLOCK=stream)',
      { fields: [{ field: 'at', message: 'is not taken here' }] },
    );
  };

  serve(app, deps, operations.registerLeader, async ({ body, reply }) => {
    refusePast(body);
    return answer(reply, await registry.registerLeader(body));
  });

  serve(app, deps, operations.declareRelation, async ({ body, principal, reply }) => {
    refusePast(body);
    if (principal.tenancy.role === 'leader' && !isOwnFirm(principal.tenancy, body.leader))
      throw new ChainlightError('NOT_FOUND', `there is no leader ${body.leader} that you may speak for`);
    return answer(reply, await registry.declareRelation(body));
  });

  serve(app, deps, operations.recordUsccOverride, async ({ body, principal, reply }) =>
    answer(reply, await registry.recordOverride(body, actorOf(principal))),
  );
  serve(app, deps, operations.revokeUsccOverride, async ({ body, principal, reply }) =>
    answer(reply, await registry.revokeOverride(body, actorOf(principal))),
  );
  serve(app, deps, operations.listUsccOverrides, ({ reads }) => readUsccOverrides(reads.db));

  serve(app, deps, operations.registerPlatform, async ({ body, reply }) => {
    reply.code(201);
    return registry.registerPlatform(body);
  });
}

/** 202 where the event stands in Kafka but ingest has not stored it yet. */
export function answer(reply: FastifyReply, registration: Registration): Registration {
  reply.code(registration.confirmed ? 201 : 202);
  return registration;
}
