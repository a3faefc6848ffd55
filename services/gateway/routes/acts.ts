import type { FastifyInstance } from 'fastify';
import { ActCommand } from '../../../schemas/api/acts.ts';
import type { GatewayDeps } from '../deps.ts';
import { parseInput } from '../problem.ts';

/** What people do on onboardings. */
export function actRoutes(app: FastifyInstance, { submitAct }: GatewayDeps): void {
  app.post('/api/v1/onboardings/acts', async (request) => {
    const command = parseInput(ActCommand, request.body);
    const receipt = await submitAct(command);
    request.log.info({ correlationId: receipt.eventId, act: command.act }, 'act recorded');
    return receipt;
  });
}
