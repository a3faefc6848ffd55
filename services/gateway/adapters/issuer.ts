import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { ChainlightError } from '../../../schemas/errors.ts';
import { API_AUDIENCE } from '../../../schemas/tenancy.ts';
import { type Principal, principalOf } from '../domain/principal.ts';

/** Asymmetric alone: a shared secret or `none` would let a reader of tokens make them. */
const ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'];
const CLOCK_SKEW_S = 30;
const REQUEST_TIMEOUT_MS = 5_000;
/** So long the keys rest after they were fetched: names of keys that nobody knows cannot make us ask the issuer more often. */
const KEYS_REST_MS = 5_000;

const Metadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  end_session_endpoint: z.url().optional(),
});
type Metadata = z.infer<typeof Metadata>;
const TokenAnswer = z.looseObject({ id_token: z.string() });

export interface IssuerSettings {
  /** Address of the issuer; the discovery document lies below it. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One sign-in under way: what the browser is sent with, and what must come back. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** An OpenID Connect issuer as the gateway uses it: it signs people in and vouches for access tokens. */
export interface Issuer {
  authorizationUrl(attempt: SignInAttempt, prompt: string | undefined): Promise<string>;
  /** @throws ChainlightError UNAUTHENTICATED when the issuer does not take the code, or its answer does not hold */
  redeem(code: string, attempt: SignInAttempt): Promise<Principal>;
  /** @throws ChainlightError UNAUTHENTICATED for a token that is not one of its own, not for us, or out of date */
  verifyAccessToken(token: string): Promise<Principal>;
  /** Where to end the sign-in at the issuer too; null where it has no such address. */
  endSessionUrl(): Promise<string | null>;
}

/** Reads the discovery document at first use and keeps it; the signing keys are fetched anew when a token names an unknown one. */
export function createIssuer(settings: IssuerSettings, keysRestMs = KEYS_REST_MS): Issuer {
  let discovered: Promise<{ metadata: Metadata; keys: JWTVerifyGetKey }> | null = null;
  const discover = () => {
    discovered ??= readMetadata(settings.url)
      .then((metadata) => ({
        metadata,
        keys: createRemoteJWKSet(new URL(metadata.jwks_uri), { cooldownDuration: keysRestMs }),
      }))
      .catch((error: unknown) => {
        discovered = null;
        throw error;
      });
    return discovered;
  };

  async function verify(token: string, audience: string): Promise<JWTPayload> {
    const { metadata, keys } = await discover();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: metadata.issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JOSEError && !(cause instanceof errors.JWKSTimeout))
        throw new ChainlightError('UNAUTHENTICATED', `the token does not hold: ${cause.code}`, {}, { cause });
      throw unreachable(settings.url, cause);
    }
  }

  return {
    authorizationUrl: async (attempt, prompt) => {
      const { metadata } = await discover();
      const url = new URL(metadata.authorization_endpoint);
      const challenge = createHash('sha256').update(attempt.verifier).digest('base64url');
      for (const [name, value] of Object.entries({
        client_id: settings.clientId,
        response_type: 'code',
        scope: 'openid',
        redirect_uri: attempt.redirectUri,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...(prompt === undefined ? {} : { prompt }),
      }))
        url.searchParams.set(name, value);
      return url.href;
    },

    redeem: async (code, attempt) => {
      const { metadata } = await discover();
      const answer = await ask(metadata.token_endpoint, {
        method: 'POST',
        headers: { authorization: basicOf(settings) },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: attempt.redirectUri,
          code_verifier: attempt.verifier,
        }),
      });
      if (!answer.ok)
        throw new ChainlightError('UNAUTHENTICATED', `the issuer did not take the code (${answer.status})`);
      const claims = await verify(TokenAnswer.parse(await answer.json()).id_token, settings.clientId);
      if (claims.nonce !== attempt.nonce)
        throw new ChainlightError('UNAUTHENTICATED', 'the ID token answers another sign-in');
      return principalOf(claims);
    },

    verifyAccessToken: async (token) => principalOf(await verify(token, API_AUDIENCE)),

    endSessionUrl: async () => (await discover()).metadata.end_session_endpoint ?? null,
  };
}

const basicOf = ({ clientId, clientSecret }: IssuerSettings): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;

async function readMetadata(url: string): Promise<Metadata> {
  const address = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await ask(address, {});
  if (!answer.ok) throw unreachable(url, new Error(`${address} answers ${answer.status}`));
  const metadata = Metadata.parse(await answer.json());
  if (metadata.issuer.replace(/\/$/, '') !== url.replace(/\/$/, ''))
    throw unreachable(url, new Error(`it calls itself ${metadata.issuer}`));
  return metadata;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

const unreachable = (url: string, cause: unknown): ChainlightError =>
  new ChainlightError(
    'SERVER_UNREACHABLE',
    `the identity issuer ${new URL(url).origin} does not answer`,
    {},
    { cause },
  );
