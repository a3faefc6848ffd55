import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  DeclareRelation,
  RegisterLeader,
  RegisterPlatform,
  type Registration,
} from '../../../schemas/api/registry.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { GatewayDeps } from '../deps.ts';
import { parseInput } from '../problem.ts';

/** Registers leaders, platforms and relations. */
export function registryRoutes(app: FastifyInstance, { registry, takesBusinessTime }: GatewayDeps): void {
  const refusePast = ({ at }: { at?: string | undefined }): void => {
    if (at === undefined || takesBusinessTime) return;
    throw new ChainlightError(
      'BAD_INPUT',
      'at: the time of a registration is now; it can be stated only where business time is the stream’s (CHAINLIGHT_CLOCK=stream)',
      { fields: [{ field: 'at', message: 'is not taken here' }] },
    );
  };

  app.post('/api/v1/leaders', async (request, reply) => {
    const command = parseInput(RegisterLeader, request.body);
    refusePast(command);
    return answer(reply, await registry.registerLeader(command));
  });

  app.post('/api/v1/relations', async (request, reply) => {
    const command = parseInput(DeclareRelation, request.body);
    refusePast(command);
    return answer(reply, await registry.declareRelation(command));
  });

  app.post('/api/v1/platforms', async (request, reply) => {
    const command = parseInput(RegisterPlatform, request.body);
    return reply.code(201).send(await registry.registerPlatform(command));
  });
}

/** 202 where the event stands in Kafka but ingest has not stored it yet. */
function answer(reply: FastifyReply, registration: Registration): FastifyReply {
  return reply.code(registration.confirmed ? 201 : 202).send(registration);
}
