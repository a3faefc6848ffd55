import type { FastifyInstance } from 'fastify';
import { ActCommand } from '../../../schemas/api/acts.ts';
import type { GatewayDeps } from '../deps.ts';
import { parseInput } from '../problem.ts';

/** What people do on onboardings. */
export function actRoutes(app: FastifyInstance, { submitAct, takesBusinessTime }: GatewayDeps): void {
  app.post('/api/v1/onboardings/acts', async (request) => {
    const asked = parseInput(ActCommand, request.body);
    // On the clock on the wall an act is done when it arrives: nobody dates a decision back, or ahead.
    const command = takesBusinessTime ? asked : { ...asked, at: new Date().toISOString() };
    const receipt = await submitAct(command);
    request.log.info({ correlationId: receipt.eventId, act: command.act }, 'act recorded');
    return receipt;
  });
}
