import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PageFile } from '../adapters/pageFiles.ts';
import type { GatewayDeps } from '../deps.ts';

/** Addresses of these are never pages: what is not found there is an error. */
const NOT_PAGES = /^\/(api|auth|health|assets)(\/|$)|\.\w+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The files of the console, one route each. They hold no data: those come by the interface, after a sign-in. */
export function pageRoutes(app: FastifyInstance, { pageFiles }: GatewayDeps): void {
  for (const [address, file] of pageFiles) {
    app.get(address, { config: { file: true } }, async (request, reply) => sendFile(request, reply, file));
  }
}

/** The console's own addresses (`/suppliers/…`) are all the same page; null for what is no page. */
export function pageAt(request: FastifyRequest, pageFiles: GatewayDeps['pageFiles']): PageFile | null {
  const [path = '/'] = request.url.split('?');
  const isPage = request.method === 'GET' && !NOT_PAGES.test(path);
  return isPage ? (pageFiles.get('/') ?? null) : null;
}

export function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const { contentType, body, gzipped, etag, isImmutable } = file;
  reply.header('etag', etag).header('cache-control', isImmutable ? IMMUTABLE : 'no-cache');
  reply.header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  reply.type(contentType);
  if (gzipped === null || !takesGzip) return reply.send(body);
  return reply.header('content-encoding', 'gzip').send(gzipped);
}
