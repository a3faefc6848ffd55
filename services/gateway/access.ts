import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ChainlightError } from '../../schemas/errors.ts';
import { dateOf } from '../../schemas/time.ts';
import type { GatewayDeps } from './deps.ts';
import { addressOf, isLoopback } from './domain/origin.ts';
import { authorise } from './domain/policy.ts';
import { type Principal, withDelegations, withFirms } from './domain/principal.ts';
import { delegatorsOf } from './reads/delegation.ts';
import './serve.ts';

export const SESSION_COOKIE = 'chainlight_session';
/** Only a script of the same origin can set it on a request that carries cookies. */
export const OWN_PAGE_HEADER = 'x-chainlight';
const MINUTE_MS = 60_000;
/** Requests a minute of systems, which send more than people. */
const SYSTEMS_REQUESTS = 60_000;
const SYSTEMS: ReadonlySet<string> = new Set(['replayer', 'platform']);
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

type AccessDeps = Pick<
  GatewayDeps,
  'issuer' | 'sessions' | 'invitations' | 'db' | 'now' | 'publicUrl' | 'requestsPerMinute'
>;

/**
 * Guards every route: headers, host, who asks, whether they may, how often. A route that says neither which operation it serves nor
 * that it is a file does not start.
 */
export async function guard(app: FastifyInstance, deps: AccessDeps): Promise<void> {
  app.decorateRequest('principal', null);
  app.decorateRequest('sessionSecret', null);
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.operation === undefined && config?.file === undefined)
      throw new Error(`the route ${String(method)} ${url} declares no operation`);
  });
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // By name, so that they stay as narrow where the default is widened one day.
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Where TLS ends, that server says it; on the local machine it would lock browsers out.
    hsts: deps.publicUrl?.startsWith('https:') ?? false,
  });
  await app.register(rateLimit, {
    global: false,
    timeWindow: MINUTE_MS,
    max: ({ principal }: FastifyRequest) =>
      SYSTEMS.has(principal?.tenancy.role ?? '') ? SYSTEMS_REQUESTS : deps.requestsPerMinute,
    keyGenerator: ({ principal, ip }: FastifyRequest) => principal?.subject ?? ip,
    errorResponseBuilder: (_request, { after }) =>
      new ChainlightError('TOO_MANY_REQUESTS', `more requests than one sign-in may make; wait ${after}`),
  });
  const refused = app.createRateLimit({
    timeWindow: MINUTE_MS,
    max: deps.requestsPerMinute,
    keyGenerator: ({ ip }: FastifyRequest) => `refused ${ip}`,
  });
  const asked = app.rateLimit();
  app.addHook('onRequest', async (request, reply) => {
    requireKnownHost(request, deps.publicUrl);
    try {
      await identify(request, deps);
    } catch (error) {
      // Who cannot sign in is counted by address: guessing must be no cheaper than asking.
      const count = await refused(request);
      if (!count.isAllowed && count.isExceeded) throw tooMany(reply, count.ttlInSeconds);
      throw error;
    }
    if (request.principal !== null) request.principal = await withReach(request.principal, deps);
    const { operation } = request.routeOptions.config;
    // The page's files cost nothing to send, and whoever may not ask for a while should still see that said.
    if (operation === undefined) return;
    await asked.call(app, request, reply);
    authorise(operation, request.principal);
  });
}

/** With the firms that somebody acts for by invitation or delegation at this moment, which no token says. */
async function withReach(principal: Principal, { invitations, db, now }: AccessDeps): Promise<Principal> {
  const { tenancy, subject } = principal;
  if (tenancy.role === 'supplier') return withFirms(principal, await invitations.firmsOf(subject));
  if (tenancy.role === 'provider')
    return withDelegations(principal, await delegatorsOf(db, tenancy.firms, dateOf(now())));
  return principal;
}

function tooMany(reply: FastifyReply, seconds: number): ChainlightError {
  reply.header('retry-after', String(seconds));
  return new ChainlightError(
    'TOO_MANY_REQUESTS',
    `more requests than one address may make; wait ${seconds} s`,
  );
}

/** A name that resolves to this machine but is none of ours may be a page of somebody else (DNS rebinding). */
function requireKnownHost(request: FastifyRequest, publicUrl: string | null): void {
  const host = request.headers.host ?? '';
  if (isLoopback(host) || (publicUrl !== null && host === new URL(publicUrl).host)) return;
  throw new ChainlightError('CROSS_SITE', `this server is not called ${host}`);
}

async function identify(request: FastifyRequest, { issuer, sessions, publicUrl }: AccessDeps): Promise<void> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [scheme = '', token = ''] = authorization.split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '')
      throw new ChainlightError('UNAUTHENTICATED', 'Authorization must be `Bearer <access token>`');
    request.principal = await issuer.verifyAccessToken(token);
    return;
  }
  const secret = request.cookies[SESSION_COOKIE];
  if (secret === undefined) return;
  request.principal = await sessions.read(secret);
  if (request.principal === null) return;
  request.sessionSecret = secret;
  if (!SAFE_METHODS.has(request.method)) requireOwnPage(request, publicUrl);
}

/** A cookie goes along whoever makes the browser ask, so an act must come from a page of ours. */
function requireOwnPage(request: FastifyRequest, publicUrl: string | null): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwnOrigin = origin === undefined || origin === addressOf(request, publicUrl);
  const isOwnSite = site === undefined || site === 'same-origin';
  if (isOwnOrigin && isOwnSite && request.headers[OWN_PAGE_HEADER] !== undefined) return;
  throw new ChainlightError('CROSS_SITE', 'an act with a cookie must come from a page of this server');
}
