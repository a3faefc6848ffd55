import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_AUDIENCE, TENANCY_CLAIM } from '../../../schemas/tenancy.ts';
import { createIssuer } from '../../../services/gateway/adapters/issuer.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const now = () => Math.floor(Date.now() / 1_000);

/** A discovery document and a set of keys that can be rotated, with a count of how often the keys were fetched. */
describe('access tokens', () => {
  const published: JWK[] = [];
  let fetched = 0;
  let server: Server;
  let url: string;
  let first: Pair;

  const publish = async (kid: string, { publicKey }: Pair): Promise<void> => {
    published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
  };
  const issuer = (keysRestMs?: number) =>
    createIssuer({ url, clientId: 'console', clientSecret: 'x' }, keysRestMs);
  const token = ({ privateKey }: Pair, kid: string, claims: Record<string, unknown> = {}) =>
    new SignJWT({
      [TENANCY_CLAIM]: { role: 'operator' },
      ...{ iss: url, aud: API_AUDIENCE, sub: 's', iat: now(), exp: now() + 60, ...claims },
    })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/keys') {
        fetched++;
        response.end(JSON.stringify({ keys: published }));
      } else {
        const endpoints = { authorization_endpoint: `${url}/a`, token_endpoint: `${url}/t` };
        response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys`, ...endpoints }));
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    first = await generateKeyPair('ES256');
    await publish('first', first);
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('hold within the clock’s skew, before and after their time, and no longer', async () => {
    const { verifyAccessToken } = issuer();
    const judged = async (claims: Record<string, unknown>) =>
      verifyAccessToken(await token(first, 'first', claims)).then(
        ({ subject }) => subject,
        (error: { code?: string }) => error.code,
      );
    expect(await judged({})).toBe('s');
    expect(await judged({ nbf: now() + 20 })).toBe('s');
    expect(await judged({ nbf: now() + 90 })).toBe('UNAUTHENTICATED');
    expect(await judged({ exp: now() - 20 })).toBe('s');
    expect(await judged({ exp: now() - 90 })).toBe('UNAUTHENTICATED');
    expect(await judged({ exp: undefined })).toBe('UNAUTHENTICATED');
    expect(await judged({ sub: undefined })).toBe('UNAUTHENTICATED');
    expect(await judged({ iss: 'https://other.example' })).toBe('UNAUTHENTICATED');
    expect(await judged({ aud: 'console' }), 'an ID token is no access token').toBe('UNAUTHENTICATED');
    expect(await judged({ aud: [API_AUDIENCE, 'urn:more'] })).toBe('s');
    expect(await judged({ [TENANCY_CLAIM]: { role: 'emperor' } })).toBe('FORBIDDEN');
    expect(await judged({ [TENANCY_CLAIM]: undefined })).toBe('FORBIDDEN');
  });

  it('are not taken with an algorithm that a reader of keys could sign with', async () => {
    const { verifyAccessToken } = issuer();
    const claims = Buffer.from(
      JSON.stringify({
        [TENANCY_CLAIM]: { role: 'operator' },
        iss: url,
        aud: API_AUDIENCE,
        sub: 's',
        exp: now() + 60,
        iat: now(),
      }),
    ).toString('base64url');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    await expect(verifyAccessToken(none)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const garbage of ['a.b.c', 'a', '..', `${none}x.y`])
      await expect(verifyAccessToken(garbage), garbage).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const secret = new TextEncoder().encode(JSON.stringify(published[0]));
    const shared = await new SignJWT({ [TENANCY_CLAIM]: { role: 'operator' }, sub: 's' })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .setIssuer(url)
      .setAudience(API_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1 m')
      .sign(secret);
    await expect(verifyAccessToken(shared)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const stranger = await generateKeyPair('ES256');
    await expect(verifyAccessToken(await token(stranger, 'first'))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('hold under a key that the issuer has taken up since', async () => {
    const { verifyAccessToken } = issuer(0);
    await verifyAccessToken(await token(first, 'first'));
    const second = await generateKeyPair('ES256');
    const early = await token(second, 'second');
    await expect(verifyAccessToken(early)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await publish('second', second);
    expect((await verifyAccessToken(early)).subject).toBe('s');
    expect((await verifyAccessToken(await token(first, 'first'))).subject).toBe('s');
  });

  it('under names of keys that nobody knows do not make the issuer be asked each time', async () => {
    const { verifyAccessToken } = issuer();
    await verifyAccessToken(await token(first, 'first'));
    const before = fetched;
    const flood = Array.from({ length: 50 }, async (_, index) =>
      verifyAccessToken(await token(first, `unknown-${index}`)).catch(({ code }: { code: string }) => code),
    );
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(fetched - before).toBeLessThanOrEqual(1);
  });

  it('of an issuer that calls itself otherwise, or does not answer, are not taken', async () => {
    const other = createIssuer({ url: `${url}/tenant`, clientId: 'console', clientSecret: 'x' });
    await expect(other.verifyAccessToken(await token(first, 'first'))).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
    });
  });
});
