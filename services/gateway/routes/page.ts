import type { FastifyInstance } from 'fastify';
import type { GatewayDeps } from '../deps.ts';

/** Stands in a page where the nonce of the answer's content security policy goes. */
const NONCE_MARK = '__CSP_NONCE__';

/** The files of the page, one route each. They hold no data: those come by the interface, after a sign-in. */
export function pageRoutes(app: FastifyInstance, { pageFiles }: GatewayDeps): void {
  for (const [address, { contentType, body, etag }] of pageFiles) {
    const text = contentType.startsWith('text/html') ? body.toString('utf8') : '';
    const hasNonce = text.includes(NONCE_MARK);
    app.get(address, { config: { file: true } }, async (request, reply) => {
      if (hasNonce) return reply.type(contentType).send(text.replaceAll(NONCE_MARK, reply.cspNonce.style));
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(contentType).send(body);
    });
  }
}
