import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, requireReceiver } from '../../../services/gateway/adapters/receiverAddress.ts';
import {
  MAX_ATTEMPTS,
  newSecret,
  pauseMsAfter,
  signedHeaders,
} from '../../../services/gateway/domain/webhooks.ts';

describe('where somebody may be told', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.0.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:93.184.216.34',
    '64:ff9b::a00:1',
    '2001::1',
    '2002:a00:1::',
    'fd00::1',
    'fe80::1',
    'ff02::1',
  ])('%s is within a network', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    const host = address.includes(':') ? `[${address}]` : address;
    expect(() => requireReceiver(`https://${host}/hook`, false)).toThrow('public address');
    expect(() => requireReceiver(`https://${host}/hook`, true)).not.toThrow();
  });

  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '2606:4700::1111',
    '240e::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['http://erp.example/hook', 'https://'],
    ['https://localhost/hook', 'public address'],
    ['https://a.localhost/hook', 'public address'],
    ['https://2130706433/hook', 'public address'],
    ['https://0x7f.1/hook', 'public address'],
    ['https://user:pass@erp.example/hook', 'name or password'],
  ])('%s is refused', (url, why) => {
    expect(() => requireReceiver(url, false)).toThrow(why);
  });

  it('takes a public name by https', () => {
    expect(() => requireReceiver('https://erp.example:8443/hook?tenant=1', false)).not.toThrow();
  });
});

it('signs as the Standard Webhooks specification says: its own example', () => {
  const at = new Date(1_614_265_330_000);
  const headers = signedHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '{"test": 2432232314}',
    at,
  );
  expect(headers).toMatchObject({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('makes each secret of 32 bytes, whose every byte counts', () => {
  const [one, other] = [newSecret(), newSecret()];
  expect(one).not.toBe(other);
  expect(Buffer.from(one.slice('whsec_'.length), 'base64')).toHaveLength(32);
  const at = new Date('2026-01-05T08:00:00Z');
  const expected = createHmac('sha256', Buffer.from(one.slice('whsec_'.length), 'base64'))
    .update(`id.${at.getTime() / 1_000}.{}`)
    .digest('base64');
  expect(signedHeaders(one, 'id', '{}', at)['webhook-signature']).toBe(`v1,${expected}`);
});

it('tries for about half a day, ever more seldom', () => {
  const pauses = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => pauseMsAfter(index + 1));
  expect(pauses.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(Math.max(...pauses)).toBe(3_600_000);
  const hours = pauses.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(8);
  expect(hours).toBeLessThan(16);
});
