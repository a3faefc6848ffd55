import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlatformActivities } from '../../../services/onboarding/activities/platform.ts';
import type { CircuitSettings } from '../../../services/onboarding/adapters/circuit.ts';
import { createIndustrialPlatform } from '../../../services/onboarding/adapters/industrialPlatform.ts';
import {
  createPlatformClient,
  type PlatformRequest,
} from '../../../services/onboarding/adapters/platformClient.ts';
import {
  createPlatformClients,
  platformSettings,
} from '../../../services/onboarding/adapters/platformDirectory.ts';
import { loadConfig } from '../../../services/runtime/config.ts';
import { createLogger } from '../../../services/runtime/logger.ts';
import { buildPlatform, type Platform } from '../../../services/simulator/platform/app.ts';
import { faultOf, NO_FAULTS } from '../../../services/simulator/platform/faults.ts';
import { testUscc } from '../../support/events.ts';
import { eventually } from '../../support/stream.ts';

const FIRM = testUscc(7);
const TENANT = `sme-1.${FIRM}`;
let platform: Platform;
afterEach(() => platform.app.close());

async function open(options: Parameters<typeof buildPlatform>[0] = {}) {
  platform = buildPlatform(options);
  const client = createPlatformClient(
    { url: await platform.app.listen({ host: '127.0.0.1', port: 0 }) },
    2_000,
  );
  return (method: PlatformRequest['method'], path: string, more: Partial<PlatformRequest> = {}) =>
    client({
      platform: 'huanyu',
      method,
      path,
      idempotencyKey: 'key',
      correlationId: 'c',
      businessTime: '2024-03-01T08:00:00.000Z',
      ...more,
    });
}
const newTenant = { body: { supplierUscc: FIRM, platform: 'huanyu', programme: 'sme-1' } };
const failureOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => ({ type: 'none', nonRetryable: false }),
    (error: { type?: string; nonRetryable?: boolean }) => ({
      type: error.type,
      nonRetryable: error.nonRetryable,
    }),
  );

const HEADER = { idempotencyKey: 'key', correlationId: 'c', businessTime: '2024-03-01T08:00:00.000Z' };
const KEY = { supplierUscc: FIRM, platform: 'huanyu', programme: 'sme-1' };

describe('the whole interface of the platform', () => {
  async function openWhole(options: Parameters<typeof buildPlatform>[0] = {}, circuit?: CircuitSettings) {
    platform = buildPlatform(options);
    const url = await platform.app.listen({ host: '127.0.0.1', port: 0 });
    return createIndustrialPlatform(createPlatformClient({ url }, 2_000, circuit));
  }
  const under = (idempotencyKey: string) => ({ ...HEADER, idempotencyKey });

  it('provisions, tells of data and heartbeat, undoes, and begins anew under a new key', async () => {
    const whole = await openWhole();
    expect(await whole.createTenant(under('a'), KEY)).toEqual({ tenantId: TENANT });
    expect(await whole.issueCredential(under('b'), KEY)).toMatchObject({ issuedAt: HEADER.businessTime });
    expect(await whole.registerDevices(under('c'), KEY)).toEqual({ devices: 3 });
    expect(await whole.firstValidData(under('d'), KEY)).toEqual({ at: null });
    platform.hear(TENANT, '2024-04-02T01:00:00.000Z');
    platform.hear(TENANT, '2024-04-03T01:00:00.000Z');
    expect(await whole.firstValidData(under('d'), KEY)).toEqual({ at: '2024-04-02T01:00:00.000Z' });
    expect(await whole.heartbeat(under('e'), KEY)).toEqual({ lastAt: '2024-04-03T01:00:00.000Z' });
    await whole.removeDevices(under('f'), KEY);
    await whole.revokeCredential(under('g'), KEY);
    await whole.disableTenant(under('h'), KEY);
    expect(platform.tenant(TENANT)).toMatchObject({ status: 'disabled', credential: 'revoked', devices: 0 });
    await whole.createTenant(under('a'), KEY);
    expect(platform.tenant(TENANT)).toMatchObject({ status: 'disabled' });
    await whole.createTenant(under('a/round-2'), KEY);
    expect(platform.tenant(TENANT)).toMatchObject({ status: 'active' });
  });

  it('a request that a proxy sends twice has one effect', async () => {
    const whole = await openWhole({ faults: { ...NO_FAULTS, duplicatePerMille: 1_000 } });
    await whole.createTenant(under('a'), KEY);
    await whole.disableTenant(under('b'), KEY);
    await whole.createTenant(under('a'), KEY);
    expect(platform.tenant(TENANT)).toMatchObject({ status: 'disabled' });
  });

  it('opens its circuit after silence, lets nothing through, and closes again after an answer', async () => {
    const whole = await openWhole({}, { afterFailures: 2, halfOpenAfterMs: 50 });
    platform.setDown(true);
    const messageOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 'answered',
        (error: Error) => error.message,
      );
    expect(await messageOf(whole.createTenant(under('a'), KEY))).toContain('503');
    expect(await messageOf(whole.createTenant(under('a'), KEY))).toContain('503');
    platform.setDown(false);
    expect(await messageOf(whole.createTenant(under('a'), KEY))).toContain('left alone');
    await eventually(
      'the circuit to close',
      async () => (await messageOf(whole.createTenant(under('a'), KEY))) === 'answered',
    );
  });

  it('a refusal does not open it', async () => {
    const whole = await openWhole(
      { refusedFirms: new Set([FIRM]) },
      { afterFailures: 1, halfOpenAfterMs: 60_000 },
    );
    for (const key of ['a', 'b', 'c'])
      expect(await failureOf(whole.createTenant(under(key), KEY))).toMatchObject({
        type: 'PLATFORM_REFUSED',
      });
  });
});

describe('an answer that is no blame of the firm', () => {
  const TOKEN = 'token-of-this-installation';
  let server: Server;
  let asked: { url: string | undefined; authorization: string | undefined }[] = [];
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** A platform that says one thing to all, quoting the sign-in as some do. */
  async function answering(status: number, body = '{"error":"no"}', path = '', circuit?: CircuitSettings) {
    platform = buildPlatform();
    asked = [];
    server = createServer(({ url, headers }, reply) => {
      asked.push({ url, authorization: headers.authorization });
      reply.writeHead(status, { location: '/elsewhere' }).end(`${body}${headers.authorization ?? ''}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const access = { url: `http://127.0.0.1:${port}${path}`, token: TOKEN };
    return createIndustrialPlatform(createPlatformClient(access, 2_000, circuit));
  }
  const said = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => new Error('done'),
      (error: Error) => error,
    );

  it.each([
    401, 403, 404, 405, 302, 409, 423, 425,
  ])('%i may be tried again, however often, and does not open the circuit', async (status) => {
    const whole = await answering(status, '{}', '', { afterFailures: 1, halfOpenAfterMs: 60_000 });
    for (const _try of [1, 2])
      expect(await said(whole.createTenant(HEADER, KEY))).toMatchObject({
        type: 'PLATFORM_UNAVAILABLE',
        nonRetryable: false,
        message: expect.stringContaining(`was answered ${status}`),
        details: [{ meaning: [409, 423, 425].includes(status) ? 'not-now' : 'turned-away' }],
      });
  });

  it.each([400, 410, 422])('%i is final', async (status) => {
    const whole = await answering(status);
    expect(await said(whole.createTenant(HEADER, KEY))).toMatchObject({
      type: 'PLATFORM_REFUSED',
      nonRetryable: true,
    });
  });

  it.each([
    [401, 'turned away by the platform: look at its address, token and rights'],
    [503, 'not done by the platform'],
  ])('%i is logged as: %s', async (status, line) => {
    const heard: string[] = [];
    const logger = createLogger('test', { destination: { write: (text) => void heard.push(text) } });
    const activities = createPlatformActivities(await answering(status), logger);
    const call = { ...KEY, key: 'key', correlationId: 'c', at: HEADER.businessTime };
    await said(
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
        activities.disableTenant,
        call,
      ),
    );
    expect(heard.map((text) => JSON.parse(text).msg)).toEqual([line]);
    expect(heard.join()).not.toContain(TOKEN);
  });

  it('a page that is not found says neither that a firm is unknown nor that a tenant is gone', async () => {
    const whole = await answering(404, '<h1>Not found</h1>');
    for (const call of [whole.verifyFirm(HEADER, KEY), whole.disableTenant(HEADER, KEY)])
      expect(await said(call)).toMatchObject({ type: 'PLATFORM_UNAVAILABLE', nonRetryable: false });
  });

  it.each([
    '/api/v2',
    '/api/v2/',
  ])('is asked for below %s, and let in by a token that no message repeats', async (path) => {
    const whole = await answering(401, '{"error":"unknown token"}', path);
    const { message } = await said(whole.verifyFirm(HEADER, KEY));
    expect(asked).toEqual([{ url: `/api/v2/firms/${FIRM}`, authorization: `Bearer ${TOKEN}` }]);
    expect(message).toContain('[secret]');
    expect(message).not.toContain(TOKEN);
  });
});

describe('several platforms', () => {
  const OTHER = { ...KEY, platform: 'lingyun' };
  const open = async () => {
    platform = buildPlatform();
    return platform.app.listen({ host: '127.0.0.1', port: 0 });
  };

  it('behind one address keep their tenants apart: what is undone on one stays on the other', async () => {
    const whole = createIndustrialPlatform(
      createPlatformClients({ byId: {}, others: { url: await open() } }),
    );
    for (const key of [KEY, OTHER])
      await whole.createTenant({ ...HEADER, idempotencyKey: key.platform }, key);
    await whole.disableTenant({ ...HEADER, idempotencyKey: 'undo' }, OTHER);
    expect(platform.tenant(TENANT, 'huanyu')).toMatchObject({ status: 'active' });
    expect(platform.tenant(TENANT, 'lingyun')).toMatchObject({ status: 'disabled' });
  });

  it('are asked each at its own address; one that nobody named waits and fails no firm', async () => {
    const url = await open();
    const settings = platformSettings({ PLATFORMS: { huanyu: { url } }, PLATFORM_URL: url });
    const whole = createIndustrialPlatform(createPlatformClients(settings ?? { byId: {}, others: null }));
    expect(await whole.createTenant(HEADER, KEY)).toEqual({ tenantId: TENANT });
    expect(await failureOf(whole.createTenant(HEADER, OTHER))).toEqual({
      type: 'PLATFORM_UNAVAILABLE',
      nonRetryable: false,
    });
    expect(platform.tenant(TENANT, 'lingyun')).toBeUndefined();
    expect(platformSettings({})).toBeNull();
  });

  it('are read from the settings, and a bad one is named without being quoted', () => {
    const servers = { KAFKA_BROKERS: 'k:1', TEMPORAL_ADDRESS: 't:1', MONGODB_URI: 'mongodb://m' };
    const access = { url: 'https://platform.example/api', token: 'let-me-in' };
    expect(loadConfig({ ...servers, PLATFORMS: JSON.stringify({ huanyu: access }) }).PLATFORMS).toEqual({
      huanyu: access,
    });
    const secret = 'sesame-open';
    for (const PLATFORMS of [
      `{"huanyu":${secret}`,
      JSON.stringify({ huanyu: { url: `https://me:${secret}@platform.example` } }),
      JSON.stringify({ huanyu: { url: 'https://platform.example', token: `${secret}\n` } }),
      JSON.stringify({ Huanyu: access }),
    ]) {
      const said = saidBy(() => loadConfig({ ...servers, PLATFORMS }));
      expect(said).toContain('PLATFORMS');
      expect(said).not.toContain(secret);
    }
  });
});

function saidBy(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return String(error);
  }
}

describe('the platform and its client', () => {
  it('knows every firm with a well-formed code, also one registered with a wrong check digit, and no other', async () => {
    const ask = await open();
    expect(await ask('GET', `/firms/${FIRM}`)).toMatchObject({ uscc: FIRM });
    expect(await ask('GET', '/firms/91510112MA0000007A')).toMatchObject({ register: 'firm-register' });
    expect(await failureOf(ask('GET', '/firms/91510112MA000000'))).toEqual({
      type: 'PLATFORM_REFUSED',
      nonRetryable: true,
    });
  });

  it('does a repeated request once, and issues at the business time it is told', async () => {
    const ask = await open();
    const first = await ask('POST', '/tenants', newTenant);
    expect(await ask('POST', '/tenants', newTenant)).toEqual(first);
    const credential = await ask('POST', `/tenants/${TENANT}/credentials`, { body: {} });
    expect(credential).toMatchObject({ issuedAt: '2024-03-01T08:00:00.000Z' });
    expect(await ask('POST', `/tenants/${TENANT}/credentials`, { body: {} })).toEqual(credential);
  });

  it('undoes in reverse, and undoing what never happened is fine', async () => {
    const ask = await open();
    const undo = { absentIsFine: true };
    expect(await ask('DELETE', `/tenants/${TENANT}/credentials`, undo)).toBeNull();
    expect(await ask('DELETE', `/tenants/${TENANT}`, undo)).toBeNull();
    await ask('POST', '/tenants', newTenant);
    expect(await ask('DELETE', `/tenants/${TENANT}`, undo)).toMatchObject({ status: 'disabled' });
    expect(await ask('DELETE', `/tenants/${TENANT}`, undo)).toMatchObject({ status: 'disabled' });
  });

  it.each([
    ['an error', { errorPerMille: 1_000 }],
    ['too many requests', { busyPerMille: 1_000 }],
    ['a lost reply', { lostReplyPerMille: 1_000 }],
  ])('%s may be tried again', async (_, faults) => {
    const ask = await open({ faults: { ...NO_FAULTS, ...faults } });
    const failure = await failureOf(ask('POST', '/tenants', newTenant));
    expect(failure).toEqual({ type: 'PLATFORM_UNAVAILABLE', nonRetryable: false });
  });

  it('a lost reply has had its effect', async () => {
    const ask = await open({ faults: { ...NO_FAULTS, lostReplyPerMille: 1_000 } });
    await failureOf(ask('POST', '/tenants', newTenant));
    expect(platform.tenant(TENANT)).toMatchObject({ status: 'active' });
  });

  it('draws the same faults for the same seed, and about as many as planned', async () => {
    await open();
    const plan = { ...NO_FAULTS, seed: 3, errorPerMille: 200 };
    const draws = Array.from({ length: 2_000 }, (_, index) => faultOf(plan, `key-${index}`, 1));
    expect(draws).toEqual(Array.from({ length: 2_000 }, (_, index) => faultOf(plan, `key-${index}`, 1)));
    const share = draws.filter((fault) => fault === 'error').length / draws.length;
    expect(share).toBeGreaterThan(0.16);
    expect(share).toBeLessThan(0.24);
  });
});
