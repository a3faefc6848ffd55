import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';

/** A token is renewed while it still holds for this long, so that none runs out on its way. */
const RENEW_BEFORE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 5_000;
const Metadata = z.looseObject({ token_endpoint: z.url() });
const TokenAnswer = z.looseObject({ access_token: z.string(), expires_in: z.number() });

/**
 * Access tokens of a system that signs in by itself (client credentials), renewed in time.
 * @throws ChainlightError SERVER_UNREACHABLE, or UNAUTHENTICATED when the issuer does not take the credentials
 */
export function createTokenSource(client: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): () => Promise<string> {
  let held: Promise<{ token: string; renewAtMs: number }> | null = null;
  return async () => {
    const before = await held;
    if (before !== null && performance.now() < before.renewAtMs) return before.token;
    held = fetchToken(client).catch((error: unknown) => {
      held = null;
      throw error;
    });
    return (await held).token;
  };
}

async function fetchToken(client: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): Promise<{ token: string; renewAtMs: number }> {
  const { token_endpoint: endpoint } = Metadata.parse(
    await (await ask(`${client.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)).json(),
  );
  const basic = Buffer.from(
    `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`,
  ).toString('base64');
  const answer = await ask(endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api' }),
  });
  if (!answer.ok)
    throw new ChainlightError(
      'UNAUTHENTICATED',
      `the issuer gives ${client.clientId} no token (${answer.status})`,
    );
  const { access_token: token, expires_in: seconds } = TokenAnswer.parse(await answer.json());
  return { token, renewAtMs: performance.now() + Math.max(0, seconds * 1_000 - RENEW_BEFORE_MS) };
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (cause) {
    throw new ChainlightError(
      'SERVER_UNREACHABLE',
      `the identity issuer at ${url} does not answer`,
      {},
      { cause },
    );
  }
}
