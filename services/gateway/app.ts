import { randomUUID } from 'node:crypto';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import { OPERATIONS } from '../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../schemas/errors.ts';
import { bilingual } from '../../schemas/wording.ts';
import { guard } from './access.ts';
import type { GatewayDeps } from './deps.ts';
import { refuseConnection, sendProblem } from './problem.ts';
import { actRoutes } from './routes/acts.ts';
import { bureauRoutes } from './routes/bureau.ts';
import { consentRoutes } from './routes/consents.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { healthRoutes } from './routes/health.ts';
import { intakeRoutes } from './routes/intake.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { liveRoutes } from './routes/live.ts';
import { pageAt, pageRoutes, sendFile } from './routes/page.ts';
import { readingRoutes } from './routes/reading.ts';
import { registryRoutes } from './routes/registry.ts';
import { sampleRoutes } from './routes/samples.ts';
import { sessionRoutes } from './routes/session.ts';
import { webhookRoutes } from './routes/webhooks.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** The HTTP interface and the page. It never listens by itself; every refusal is a problem document. */
export async function buildApp(deps: GatewayDeps): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    // Behind a proxy all would else come from one address, and whoever asks too often would shut all others out.
    trustProxy: deps.trustedProxies.length > 0 && [...deps.trustedProxies],
    genReqId: () => randomUUID(),
    // An address that cannot be read never reaches a route or a hook.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply as FastifyReply, error),
    clientErrorHandler: refuseConnection,
  });
  // JSON alone: a form of another site cannot send that without being asked first.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  app.setNotFoundHandler((request, reply) => {
    const page = pageAt(request, deps.pageFiles);
    if (page !== null) return sendFile(request, reply, page);
    const methods = methodsAt(request.url);
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      const wrong = new ChainlightError('METHOD_NOT_ALLOWED', `${request.method} is not among ${methods}`);
      return sendProblem(request, reply, wrong);
    }
    const unknown = new ChainlightError('NOT_FOUND', `there is no ${request.method} ${request.url}`);
    return sendProblem(request, reply, unknown);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id });
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    // The pattern, not the address: an address may carry the code of a sign-in.
    request.log.debug(
      { method, route: routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  await guard(app, deps);
  app.addHook('onRequest', async ({ headers }) => {
    const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
    // Read as UTF-8 all the same, text in another charset would be kept garbled.
    if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
      throw new ChainlightError(
        'UNSUPPORTED_MEDIA_TYPE',
        bilingual(
          `bodies are read as UTF-8, not as ${charset}`,
          `请求内容须为 UTF-8 编码，不能是 ${charset}`,
        ),
      );
  });
  healthRoutes(app, deps);
  sessionRoutes(app, deps);
  readingRoutes(app, deps);
  bureauRoutes(app, deps);
  sampleRoutes(app, deps);
  liveRoutes(app, deps);
  registryRoutes(app, deps);
  consentRoutes(app, deps);
  invitationRoutes(app, deps);
  webhookRoutes(app, deps);
  actRoutes(app, deps);
  evidenceRoutes(app, deps);
  intakeRoutes(app, deps);
  pageRoutes(app, deps);
  return app;
}

const PATTERNS = OPERATIONS.map(({ method, path }) => ({
  methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The methods that an address takes; none where there is no such address. */
function methodsAt(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  return [...new Set(PATTERNS.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}
