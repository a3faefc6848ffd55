import type { FastifyInstance } from 'fastify';
import type { GatewayDeps } from '../deps.ts';

/** The files of the page, one route each. */
export function pageRoutes(app: FastifyInstance, { pageFiles }: GatewayDeps): void {
  for (const [address, { contentType, body, etag }] of pageFiles) {
    app.get(address, async (request, reply) => {
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(contentType).send(body);
    });
  }
}
