import { randomUUID } from 'node:crypto';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { ChainlightError } from '../../schemas/errors.ts';
import type { GatewayDeps } from './deps.ts';
import { sendProblem } from './problem.ts';
import { actRoutes } from './routes/acts.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoute } from './routes/live.ts';
import { pageRoutes } from './routes/page.ts';
import { readingRoutes } from './routes/reading.ts';
import { registryRoutes } from './routes/registry.ts';

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** The HTTP interface and the page. It never listens by itself; every refusal is a problem document. */
export function buildApp(deps: GatewayDeps): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
  });
  // JSON alone: a form of another site cannot send that without being asked first.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new ChainlightError('NOT_FOUND', `there is no ${request.method} ${request.url}`),
    ),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store', 'x-request-id': request.id });
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    request.log.debug(
      { method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  healthRoutes(app, deps);
  readingRoutes(app, deps);
  liveRoute(app, deps);
  registryRoutes(app, deps);
  actRoutes(app, deps);
  pageRoutes(app, deps);
  return app;
}
