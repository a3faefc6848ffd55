import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createGateway } from '../../services/gateway/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { testUscc } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { rememberSecret } from '../support/logSearch.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

/** A browser's memory, as far as a sign-in needs one: cookies by host, without ports. */
class Visitor {
  readonly cookies = new Map<string, string>();
  /** Every text that came back, for searching. */
  readonly seen: string[] = [];

  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const cut = pair.indexOf('=');
      const [name, value] = [pair.slice(0, cut), pair.slice(cut + 1)];
      if (value === '') this.cookies.delete(name);
      else {
        this.cookies.set(name, value);
        rememberSecret(value);
      }
    }
    return response;
  }

  /** Follows redirects until a page comes. */
  async visit(url: string, init?: RequestInit): Promise<{ url: string; status: number; text: string }> {
    let [address, response] = [url, await this.request(url, init)];
    for (let hops = 0; response.status >= 300 && response.status < 400; hops++) {
      if (hops > 10) throw new Error('redirected in circles');
      address = new URL(response.headers.get('location') ?? '', address).href;
      response = await this.request(address);
    }
    return { url: address, status: response.status, text: await response.text() };
  }
}

describe('signing in', () => {
  const supplier = testUscc(700_001);
  const log: string[] = [];
  let stream: TestStream;
  let temporal: Temporal;
  let issuer: TestIssuer;
  let app: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    stream = await openTestStream();
    issuer = await startTestIssuer({
      operator: { role: 'operator' },
      supplier: { role: 'supplier', firms: [supplier] },
    });
    const config = {
      ...loadConfig({
        KAFKA_BROKERS: inject('KAFKA_BROKERS'),
        TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
        MONGODB_URI: inject('MONGODB_URI'),
        MONGODB_DB: stream.mongo.db.databaseName,
      }),
      ...issuer.settings,
    };
    temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
    const logger = createLogger('test', {
      level: 'trace',
      destination: { write: (line) => void log.push(line) },
    });
    const { mongo, kafka } = stream;
    app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
    await app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await app?.close();
    await issuer?.close();
    await temporal?.close();
    await stream?.close();
  });

  async function signIn(account: string): Promise<Visitor> {
    const visitor = new Visitor();
    const chooser = await visitor.visit(`${url}/auth/login?returnTo=/%3Flang%3Den`);
    expect(chooser.text).toContain(`value="${account}"`);
    const landed = await visitor.visit(chooser.url, {
      method: 'POST',
      body: new URLSearchParams({ account }),
    });
    expect(landed).toMatchObject({ status: 200 });
    expect(landed.text).toContain('url=/?lang=en');
    return visitor;
  }

  it('leads past the issuer and back, and says who one is', async () => {
    const visitor = await signIn('supplier');
    const me = await visitor.request(`${url}/api/v1/me`);
    expect(me.status).toBe(200);
    expect(await me.json()).toMatchObject({
      subject: 'supplier',
      name: 'Test supplier',
      tenancy: { role: 'supplier', firms: [supplier] },
    });
    const cookies = [...visitor.cookies.keys()];
    expect(cookies).toContain('chainlight_session');
    const stored = JSON.stringify(await stream.mongo.db.collection('gateway_sessions').find().toArray());
    expect(stored).not.toContain(visitor.cookies.get('chainlight_session'));
  });

  it('ends at once when one signs out', async () => {
    const visitor = await signIn('operator');
    const held = visitor.cookies.get('chainlight_session') ?? '';
    const out = await visitor.request(`${url}/auth/logout`, {
      method: 'POST',
      headers: { 'x-chainlight': '1' },
    });
    expect(out.status).toBe(200);
    const again = await fetch(`${url}/api/v1/me`, { headers: { cookie: `chainlight_session=${held}` } });
    expect(again.status).toBe(401);
  });

  it('takes an act with a cookie only from a page of its own', async () => {
    const visitor = await signIn('operator');
    const act = (headers: Record<string, string>) =>
      visitor.request(`${url}/api/v1/platforms`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ platform: 'csrf' }),
      });
    const own = { 'x-chainlight': '1' };
    expect((await act({})).status).toBe(403);
    expect((await act({ ...own, origin: 'http://evil.example' })).status).toBe(403);
    expect((await act({ ...own, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect(await (await act({ ...own, origin: 'http://evil.example' })).json()).toMatchObject({
      code: 'CROSS_SITE',
    });
    expect((await act({ ...own, origin: url, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('answers under its own names alone', async () => {
    const other = await app.inject({ url: '/health/live', headers: { host: 'evil.example' } });
    expect(other.json()).toMatchObject({ status: 403, code: 'CROSS_SITE' });
  });

  it('never sends anybody elsewhere after a sign-in', async () => {
    for (const target of ['//evil.example', 'https://evil.example', '/\\evil.example', '/ok\\..'])
      expect((await app.inject(`/auth/login?returnTo=${encodeURIComponent(target)}`)).statusCode).toBe(422);
  });

  it('takes a sign-in once, from the browser that began it', async () => {
    const visitor = new Visitor();
    const chooser = await visitor.visit(`${url}/auth/login`);
    const stranger = await fetch(`${url}/auth/callback?code=x&state=y`);
    expect(stranger.status).toBe(401);
    const landed = await visitor.visit(chooser.url, {
      method: 'POST',
      body: new URLSearchParams({ account: 'operator' }),
    });
    expect((await visitor.request(landed.url)).status).toBe(401);
  });

  it('takes tokens of its issuer for its own audience alone, until they run out', async () => {
    const read = (authorization: string) => app.inject({ url: '/api/v1/me', headers: { authorization } });
    const token = await issuer.token('operator');
    expect((await read(`Bearer ${token}`)).statusCode).toBe(200);
    const [head, body, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString('utf8'));
    const forged = Buffer.from(
      JSON.stringify({ ...claims, chainlight: { role: 'operator' }, sub: 'x' }),
    ).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    for (const bad of [
      `Bearer ${head}.${forged}.${signature}`,
      `Bearer ${none}.${body}.`,
      `Bearer ${token.slice(0, -3)}`,
      `Bearer ${await issuer.foreignToken('operator', { audience: 'urn:other' })}`,
      `Bearer ${await issuer.foreignToken('operator', { expiresAt: Date.now() / 1_000 - 120 })}`,
      'Basic b3A6b3A=',
      'Bearer',
    ])
      expect((await read(bad)).json(), bad.slice(0, 40)).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
      });
    const skewed = await issuer.foreignToken('operator', { expiresAt: Date.now() / 1_000 - 10 });
    expect((await read(`Bearer ${skewed}`)).statusCode).toBe(200);
    const roleless = await issuer.foreignToken('nobody', {});
    expect((await read(`Bearer ${roleless}`)).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it('writes no secret into its log', async () => {
    const visitor = await signIn('supplier');
    const token = await issuer.token('operator');
    await app.inject({ url: '/api/v1/nothing', headers: { authorization: `Bearer ${token}` } });
    const text = log.join('');
    expect(text).toContain('signed in');
    for (const secret of [
      ...visitor.cookies.values(),
      token,
      token.split('.')[2] ?? '',
      issuer.settings.OIDC_CLIENT_SECRET,
    ])
      expect(text.includes(secret), 'a secret stands in the log').toBe(false);
  });
});
