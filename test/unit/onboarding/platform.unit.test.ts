import { afterEach, describe, expect, it } from 'vitest';
import {
  createPlatformClient,
  type PlatformRequest,
} from '../../../services/onboarding/adapters/platformClient.ts';
import { buildPlatform, type Platform } from '../../../services/simulator/platform/app.ts';
import { faultOf, NO_FAULTS } from '../../../services/simulator/platform/faults.ts';
import { testUscc } from '../../support/events.ts';

const FIRM = testUscc(7);
const TENANT = `sme-1.${FIRM}`;
let platform: Platform;
afterEach(() => platform.app.close());

async function open(options: Parameters<typeof buildPlatform>[0] = {}) {
  platform = buildPlatform(options);
  const client = createPlatformClient(await platform.app.listen({ host: '127.0.0.1', port: 0 }), 2_000);
  return (method: PlatformRequest['method'], path: string, more: Partial<PlatformRequest> = {}) =>
    client({
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

describe('the platform and its client', () => {
  it('knows every valid firm and no other', async () => {
    const ask = await open();
    expect(await ask('GET', `/firms/${FIRM}`)).toMatchObject({ uscc: FIRM });
    expect(await failureOf(ask('GET', '/firms/91510112MA0000007A'))).toEqual({
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
