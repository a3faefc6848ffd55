import type { FastifyInstance } from 'fastify';
import { DeadLetterQuery } from '../../../schemas/api/deadLetters.ts';
import { EventIdentity } from '../../../schemas/api/events.ts';
import { OnboardingQuery } from '../../../schemas/api/page.ts';
import { listDeadLetters } from '../adapters/deadLetters.ts';
import { showEvent } from '../adapters/events.ts';
import { listOnboardings } from '../adapters/readModels.ts';
import { readStatus } from '../adapters/status.ts';
import type { GatewayDeps } from '../deps.ts';
import { parseInput } from '../problem.ts';

/** Everything that only reads. */
export function readingRoutes(app: FastifyInstance, { db, feed, registry, status }: GatewayDeps): void {
  app.get('/api/v1/overview', async (request, reply) => {
    const { id, json } = await feed.current();
    const etag = `"${id}"`;
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(json);
  });

  app.get('/api/v1/status', async () => readStatus(status));
  app.get('/api/v1/leaders', async () => registry.listLeaders());
  app.get('/api/v1/onboardings', async ({ query }) =>
    listOnboardings(db, parseInput(OnboardingQuery, query)),
  );
  app.get('/api/v1/dead-letters', async ({ query }) =>
    listDeadLetters(db, parseInput(DeadLetterQuery, query)),
  );
  app.get('/api/v1/events', async ({ query }) => {
    const { source, id } = parseInput(EventIdentity, query);
    return showEvent(db, source, id);
  });
}
