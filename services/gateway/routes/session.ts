import type { FastifyInstance, FastifyReply } from 'fastify';
import { me, signIn, signInCallback, signOut } from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { SESSION_COOKIE } from '../access.ts';
import type { GatewayDeps } from '../deps.ts';
import { addressOf } from '../domain/origin.ts';
import { readMe } from '../reads/people.ts';
import { serve } from '../serve.ts';

/** Holds what a sign-in under way needs; it must survive the way back from another site, so it is Lax. */
const SIGN_IN_COOKIE = 'chainlight_sign_in';
const CALLBACK = '/auth/callback';

/**
 * Sign-in by authorization code with PKCE. The gateway keeps the session; the browser holds an httpOnly cookie and never sees a token.
 */
export function sessionRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { issuer, sessions, publicUrl } = deps;
  const secure = publicUrl?.startsWith('https:') ?? false;

  serve(app, deps, signIn, async ({ query, request, reply }) => {
    const redirectUri = `${addressOf(request, publicUrl)}${CALLBACK}`;
    const { secret, attempt } = await sessions.begin(redirectUri, query.returnTo);
    const url = await issuer.authorizationUrl(attempt, query.prompt);
    reply.setCookie(SIGN_IN_COOKIE, secret, { path: CALLBACK, httpOnly: true, sameSite: 'lax', secure });
    return reply.redirect(url, 302);
  });

  serve(app, deps, signInCallback, async ({ query, request, reply }) => {
    const secret = request.cookies[SIGN_IN_COOKIE];
    reply.clearCookie(SIGN_IN_COOKIE, { path: CALLBACK });
    const attempt =
      secret === undefined || query.state === undefined ? null : await sessions.take(secret, query.state);
    if (attempt === null)
      throw new ChainlightError(
        'UNAUTHENTICATED',
        'this sign-in is not one that this browser began, or it has run out',
      );
    if (query.code === undefined)
      throw new ChainlightError(
        'UNAUTHENTICATED',
        `the issuer says: ${query.error_description ?? query.error ?? 'nothing'}`,
      );
    const principal = await issuer.redeem(query.code, attempt);
    const session = await sessions.open(principal);
    reply.setCookie(SESSION_COOKIE, session.secret, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      expires: session.expiresAt,
    });
    request.log.info({ subject: principal.subject, role: principal.tenancy.role }, 'signed in');
    return sendOn(reply, attempt.returnTo);
  });

  serve(app, deps, signOut, async ({ request, reply }) => {
    if (request.sessionSecret !== null) await sessions.end(request.sessionSecret);
    reply.clearCookie(SESSION_COOKIE, { path: '/' });
    return { signInUrl: '/auth/login?prompt=login', endSessionUrl: await issuer.endSessionUrl() };
  });

  serve(app, deps, me, async ({ reads }) => readMe(reads));
}

/** A page instead of a redirect: a strict cookie is not sent on a redirect that another site began. */
function sendOn(reply: FastifyReply, returnTo: string): FastifyReply {
  const target = returnTo.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return reply
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${target}"><title>Chainlight</title>`,
    );
}
