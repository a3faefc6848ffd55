import { expect, test } from 'vitest';
import {
  addToConsent,
  type ConsentDocument,
  isDelegated,
  requireMeaningful,
  validUntilOf,
} from '../../../services/gateway/domain/consents.ts';
import { testUscc } from '../../support/events.ts';

const said = (type: string, at: string, more = {}, before: ConsentDocument | null = null) =>
  addToConsent(before, {
    type,
    identity: `/system/consent ${type}/${at}`,
    time: new Date(at),
    data: { supplierUscc: testUscc(1), providerUscc: testUscc(2), ...more },
  });

test('a delegation with a last day holds through it and not after', () => {
  const given = said('delegation.granted.v1', '2024-03-01T00:00:00Z', { validUntil: '2024-03-31' });
  expect(isDelegated(given, '2024-03-31')).toBe(true);
  expect(isDelegated(given, '2024-04-01')).toBe(false);
  expect(validUntilOf(given)).toBe('2024-03-31');
});

test('without one it holds until it is withdrawn; a new grant replaces the old end', () => {
  const short = said('delegation.granted.v1', '2024-03-01T00:00:00Z', { validUntil: '2024-03-31' });
  const open = said('delegation.granted.v1', '2024-03-02T00:00:00Z', {}, short);
  expect(isDelegated(open, '2030-01-01')).toBe(true);
  const ended = said('delegation.withdrawn.v1', '2024-03-03T00:00:00Z', {}, open);
  expect(isDelegated(ended, '2024-03-03')).toBe(false);
});

test('a grant whose last day is over, or to the supplier itself, is refused: it would end another without saying so', () => {
  const grant = { supplier: testUscc(1), provider: testUscc(2) };
  expect(() => requireMeaningful({ ...grant, validUntil: '2024-03-31' }, '2024-04-01')).toThrow(
    /validUntil: 2024-03-31 is over .* withdraw it/,
  );
  expect(() => requireMeaningful({ ...grant, provider: testUscc(1) }, '2024-04-01')).toThrow(/itself/);
  requireMeaningful({ ...grant, validUntil: '2024-04-01' }, '2024-04-01');
  requireMeaningful(grant, '2024-04-01');
});
