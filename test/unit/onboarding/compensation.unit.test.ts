import { describe, expect, it } from 'vitest';
import { begunBefore } from '../../../workflows/onboarding/compensation.ts';
import { fold } from '../../../workflows/onboarding/decider.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import { acceptedFacts, dayAt, fact } from '../../support/onboardingFacts.ts';

const early = acceptedFacts().filter(({ time }) => time <= dayAt(40));
const reserved = [fact('subsidy-reserved', 25), fact('provider-reserved', 25)];
const provisioned = [
  fact('tenant-created', 40),
  fact('credential-issued', 40, { issuedAt: dayAt(40) }),
  fact('devices-registered', 40),
];
const begunBy = (...facts: readonly Fact[]) =>
  begunBefore(fold([...early, ...facts], CURRENT_PROGRAMME_VERSION));

describe('what a run finds begun that takes over', () => {
  it('is what was taken hold of, in that order whatever came first, so that it is given back in reverse', () => {
    expect(begunBy()).toEqual([]);
    expect(begunBy(...reserved)).toEqual(['subsidy', 'provider']);
    const all = ['subsidy', 'provider', 'tenant', 'credential', 'devices'];
    expect(begunBy(...reserved, ...provisioned)).toEqual(all);
    expect(begunBy(...[...reserved, ...provisioned].reverse())).toEqual(all);
  });

  it('is also what was tried and may have been done, and nothing that was not tried', () => {
    const refused = (operation: string) => fact('platform-refused', 41, { operation });
    const givenUp = (operation: string) => fact('platform-given-up', 41, { operation });
    expect(begunBy(...reserved, refused('create-tenant'))).toEqual(['subsidy', 'provider', 'tenant']);
    expect(begunBy(...reserved, givenUp('create-tenant'))).toEqual(['subsidy', 'provider', 'tenant']);
    expect(begunBy(provisioned[0]!, givenUp('issue-credential'))).toEqual(['tenant', 'credential']);
    expect(begunBy(...provisioned.slice(0, 2), refused('register-devices'))).toEqual([
      'tenant',
      'credential',
      'devices',
    ]);
    expect(begunBy(refused('verify-identity'))).toEqual([]);
  });

  it('is nothing of what an ending gave back before it was reopened', () => {
    const closed = fact('closed', 50, { status: 'WITHDRAWN', basis: [] });
    const reopened = fact('reopened', 60, { closing: closed.id });
    const taken = [
      ...reserved,
      ...provisioned,
      fact('platform-refused', 45, { operation: 'register-devices' }),
    ];
    expect(begunBy(...taken, closed, reopened)).toEqual([]);
    const anew = fact('subsidy-reserved', 60, {}, 'reserved anew');
    expect(begunBy(...taken, closed, reopened, anew)).toEqual(['subsidy']);
    // What was accepted was not given back.
    const accepted = fact('closed', 50, { status: 'ACCEPTED', basis: [] });
    expect(begunBy(...reserved, accepted, fact('reopened', 60, { closing: accepted.id }))).toEqual([
      'subsidy',
      'provider',
    ]);
  });
});
