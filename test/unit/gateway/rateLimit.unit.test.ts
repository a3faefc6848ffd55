import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { ChainlightError } from '../../../schemas/errors.ts';
import { guard } from '../../../services/gateway/access.ts';
import { buildApp } from '../../../services/gateway/app.ts';
import type { GatewayDeps } from '../../../services/gateway/deps.ts';
import { sendProblem } from '../../../services/gateway/problem.ts';
import { loadConfig } from '../../../services/runtime/config.ts';
import { createLogger } from '../../../services/runtime/logger.ts';

const LIMIT = 20;

describe('how often one may ask', () => {
  it('is counted by sign-in, and by address for those whose sign-in does not hold', async () => {
    const app = fastify();
    app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
    await guard(app, {
      publicUrl: null,
      requestsPerMinute: LIMIT,
      sessions: {} as never,
      db: undefined as never,
      now: () => new Date(),
      invitations: {} as never,
      issuer: {
        verifyAccessToken: async (token: string) => {
          if (token === 'bad') throw new ChainlightError('UNAUTHENTICATED', 'the token does not hold');
          return { subject: token, name: token, tenancy: { role: 'operator' } };
        },
      } as never,
    });
    app.get('/asked', { config: { operation: 'me' } }, async () => 'yes');
    const statuses = async (token: string, times: number) => {
      const seen: number[] = [];
      for (let index = 0; index < times; index++) {
        const answer = await app.inject({ url: '/asked', headers: { authorization: `Bearer ${token}` } });
        if (answer.statusCode === 429) {
          expect(answer.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryable: true });
          expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        }
        seen.push(answer.statusCode);
      }
      return seen;
    };
    const full = (status: number) => [...Array(LIMIT).fill(status), 429, 429];
    expect(await statuses('one', LIMIT + 2)).toEqual(full(200));
    expect(await statuses('bad', LIMIT + 2)).toEqual(full(401));
    expect(await statuses('two', 1)).toEqual([200]);
    await app.close();
  });

  it('is counted behind a proxy by the address that the proxy names, and never by one that somebody else names', async () => {
    const page = { contentType: 'text/html', body: Buffer.from('page'), gzipped: null, etag: '"1"' };
    // Who has not signed in is answered before anything else is asked.
    const app = await buildApp({
      publicUrl: null,
      trustedProxies: ['10.0.0.0/8'],
      requestsPerMinute: LIMIT,
      pageFiles: new Map([['/', { ...page, isImmutable: false }]]),
      logger: createLogger('test', { level: 'silent' }),
      now: () => new Date(),
    } as Partial<GatewayDeps> as GatewayDeps);
    const ask = async (peer: string, forwarded: string, url = '/api/v1/me') => {
      const headers = { 'x-forwarded-for': forwarded };
      return (await app.inject({ url, remoteAddress: peer, headers })).statusCode;
    };
    const proxy = '10.1.2.3';
    for (let index = 0; index < LIMIT; index++) {
      expect(await ask(proxy, '198.51.100.7')).toBe(401);
      expect(await ask('203.0.113.9', `198.51.100.${index}`)).toBe(401);
    }
    expect(await ask(proxy, '198.51.100.7')).toBe(429);
    expect(await ask(proxy, '192.0.2.1, 198.51.100.7')).toBe(429);
    expect(await ask(proxy, '198.51.100.8')).toBe(401);
    expect(await ask('203.0.113.9', '198.51.100.8')).toBe(429);
    for (const url of ['/', '/suppliers/any']) expect(await ask(proxy, '198.51.100.7', url), url).toBe(200);
    await app.close();
  });

  it.each([
    ['', []],
    ['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']],
    ...['proxy.example', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'true', '1'].map(
      (bad): [string, null] => [bad, null],
    ),
  ] as [string, string[] | null][])('believes of the setting "%s" the proxies %j', (setting, networks) => {
    const load = () =>
      loadConfig({
        ...{ KAFKA_BROKERS: 'b', TEMPORAL_ADDRESS: 't', MONGODB_URI: 'mongodb://m' },
        GATEWAY_TRUSTED_PROXIES: setting,
      }).GATEWAY_TRUSTED_PROXIES;
    if (networks === null) expect(load).toThrow(/GATEWAY_TRUSTED_PROXIES/);
    else expect(load()).toEqual(networks);
  });
});
