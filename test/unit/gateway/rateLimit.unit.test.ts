import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { ChainlightError } from '../../../schemas/errors.ts';
import { guard } from '../../../services/gateway/access.ts';
import { sendProblem } from '../../../services/gateway/problem.ts';

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
});
