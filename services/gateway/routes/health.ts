import type { FastifyInstance } from 'fastify';
import { readServers } from '../adapters/status.ts';
import type { GatewayDeps } from '../deps.ts';

/** Alive: this process answers. Ready: the three servers behind it answer as well. */
export function healthRoutes(app: FastifyInstance, { status }: GatewayDeps): void {
  app.get('/health/live', async () => ({ status: 'up' }));

  app.get('/health/ready', async (_request, reply) => {
    const servers = await readServers(status);
    const isReady = Object.values(servers).every((server) => server.ok);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', servers });
  });
}
