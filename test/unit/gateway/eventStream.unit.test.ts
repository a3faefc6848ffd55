import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventStream, eventStreams } from '../../../services/gateway/eventStream.ts';
import { sendProblem } from '../../../services/gateway/problem.ts';

const LONGEST_MS = 60_000;
const MOST = 2;

describe('a stream of events', () => {
  let app: FastifyInstance;
  let opened: EventStream[];
  let stopped: number;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 0 });
    [opened, stopped] = [[], 0];
    app = fastify();
    app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
    app.decorateRequest('principal', null);
    app.addHook('onRequest', async (request) => {
      const name = String(request.headers.reader);
      request.principal = { subject: name, name, tenancy: { role: 'operator' } };
    });
    const limits = { mostOfOne: MOST, longestMs: LONGEST_MS };
    const openStream = eventStreams(app, () => new Date(), limits);
    app.get('/stream', async (_request, reply) => {
      const stream = openStream(
        reply,
        () => undefined,
        () => 'A1',
      );
      stream.onClose(() => stopped++);
      opened.push(stream);
      return reply;
    });
    await app.ready();
  });
  afterEach(async () => {
    await app.close();
    vi.useRealTimers();
  });

  /** Ends with the stream. */
  const read = (reader: string) => app.inject({ url: '/stream', headers: { reader } });
  const haveOpened = (count: number) => vi.waitFor(() => expect(opened).toHaveLength(count));

  it('ends after its time with the id to come back with, and writes nothing after that', async () => {
    const reading = read('one').then(({ body }) => body);
    await haveOpened(1);
    vi.advanceTimersByTime(LONGEST_MS / 2);
    opened[0]?.send({ id: 'A0', event: 'changed', data: '{}' });
    expect(stopped).toBe(0);
    vi.advanceTimersByTime(LONGEST_MS / 2);
    opened[0]?.send({ id: 'A2', event: 'changed', data: '{}' });
    const body = await reading;
    expect(body).toContain('id: A0\nevent: changed');
    expect(body).toMatch(/id: A1\n\nretry: 200\n\n$/);
    await vi.waitFor(() => expect(stopped).toBe(1));
  });

  it('is refused to a sign-in that has as many as it may, until one of them has ended', async () => {
    const first = [read('one'), read('one')].map((one) => one.then(({ statusCode }) => statusCode));
    await haveOpened(MOST);
    const refused = await read('one');
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(LONGEST_MS / 1_000);
    const other = read('other').then(({ statusCode }) => statusCode);
    await haveOpened(MOST + 1);
    vi.advanceTimersByTime(LONGEST_MS);
    expect(await Promise.all([...first, other])).toEqual([200, 200, 200]);
    const again = read('one').then(({ statusCode }) => statusCode);
    await haveOpened(MOST + 2);
    vi.advanceTimersByTime(LONGEST_MS);
    expect(await again).toBe(200);
  });
});
