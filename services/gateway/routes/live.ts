import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { PageVersion } from '../adapters/pageFeed.ts';
import type { GatewayDeps } from '../deps.ts';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 3_000;

/**
 * Server-sent events: the page whenever it has changed. An event's id is a hash of the page, so a client that comes back
 * with Last-Event-ID is sent nothing it has already.
 */
export function liveRoute(app: FastifyInstance, { feed }: GatewayDeps): void {
  const open = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const response of open) response.end();
  });

  app.get('/api/v1/live', { exposeHeadRoute: false }, async (request, reply) => {
    const first = await feed.current();
    reply.hijack();
    const response = reply.raw;
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    open.add(response);

    let sentId = request.headers['last-event-id'] ?? null;
    let waiting: PageVersion | null = null;
    const offer = (version: PageVersion): void => {
      waiting = version;
      // A slow reader gets the newest page once it has taken the one before.
      if (!response.writableNeedDrain) flush();
    };
    const flush = (): void => {
      const version = waiting;
      waiting = null;
      if (version === null || version.id === sentId) return;
      sentId = version.id;
      response.write(`id: ${version.id}\nevent: page\ndata: ${version.json}\n\n`);
    };
    response.on('drain', flush);
    offer(first);

    const unsubscribe = feed.subscribe(offer);
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(': still here\n\n');
    }, HEARTBEAT_MS);
    response.on('close', () => {
      open.delete(response);
      clearInterval(heartbeat);
      unsubscribe();
    });
  });
}
