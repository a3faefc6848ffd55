import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsentEvent } from '../../../services/gateway/domain/consents.ts';
import {
  addToInvitation,
  codeFrom,
  hashOfCode,
  type InvitationDocument,
  shownInvitation,
  stateOf,
} from '../../../services/gateway/domain/invitations.ts';
import { principalOf, withFirms } from '../../../services/gateway/domain/principal.ts';
import { aboutInvitation, render } from '../../../services/onboarding/domain/notifications.ts';
import { testUscc } from '../../support/events.ts';

const FIRM = testUscc(71);
const MINUTE_MS = 60_000;
const T0 = Date.parse('2026-03-01T00:00:00Z');
const at = (minute: number) => new Date(T0 + minute * MINUTE_MS);
const person = (name: string) => ({ subject: name, name });
let serial = 0;
const event = (type: string, minute: number, data: object): ConsentEvent => ({
  type: `invitation.${type}.v1`,
  identity: `e${serial++}`,
  time: at(minute),
  data: { invitationId: 'i1', supplierUscc: FIRM, ...data },
});
const issued = (minute: number, code: string, until: number) =>
  event('issued', minute, {
    issuer: 'operator',
    codeHash: hashOfCode(code),
    expiresAt: at(until).toISOString(),
    decidedBy: person('op'),
  });
const resent = (minute: number, code: string, until: number) => ({
  ...issued(minute, code, until),
  type: 'invitation.resent.v1',
});
const accepted = (minute: number, code: string, by = 'li') =>
  event('accepted', minute, { codeHash: hashOfCode(code), acceptedBy: person(by) });
const declined = (minute: number, code: string, because = 'refused') =>
  event('declined', minute, { codeHash: hashOfCode(code), because, declinedBy: person('li') });
const withdrawn = (minute: number) => event('withdrawn', minute, { decidedBy: person('op') });

const fold = (events: readonly ConsentEvent[]): InvitationDocument => {
  const document = events.reduce<InvitationDocument | null>(addToInvitation, null);
  if (document === null) throw new Error('no event');
  return document;
};

describe('an invitation', () => {
  it('lets the one who accepts it in time act for the firm', () => {
    const document = fold([issued(0, 'AAAA', 10), accepted(9, 'AAAA')]);
    expect(document.member).toBe('li');
    expect(shownInvitation(document, at(99))).toMatchObject({
      state: 'accepted',
      acceptedBy: 'li',
      codes: 1,
    });
  });

  it.each([
    ['after its end', [issued(0, 'AAAA', 10), accepted(10, 'AAAA')], 'expired'],
    [
      'by a code that was replaced',
      [issued(0, 'AAAA', 90), resent(5, 'BBBB', 90), accepted(6, 'AAAA')],
      'open',
    ],
    ['after it was declined', [issued(0, 'AAAA', 90), declined(5, 'AAAA'), accepted(6, 'AAAA')], 'declined'],
    ['after it was withdrawn', [issued(0, 'AAAA', 90), withdrawn(5), accepted(6, 'AAAA')], 'withdrawn'],
  ] as const)('lets nobody in %s', (_, events, state) => {
    const document = fold(events);
    expect(document.member).toBeNull();
    expect(stateOf(document, at(20))).toBe(state);
    expect(shownInvitation(document, at(20)).acceptedBy).toBeNull();
  });

  it('is open again with a new code and end', () => {
    const events = [issued(0, 'AAAA', 10), resent(20, 'BBBB', 40)];
    expect(stateOf(fold(events), at(15))).toBe('open');
    expect(stateOf(fold(events), at(45))).toBe('expired');
    expect(fold([...events, accepted(30, 'BBBB')]).member).toBe('li');
  });

  it('is declined with a reason, and open again by a new code alone', () => {
    const events = [issued(0, 'AAAA', 90), declined(5, 'AAAA', 'not-our-firm')];
    expect(shownInvitation(fold(events), at(6))).toMatchObject({
      state: 'declined',
      declinedBecause: 'not-our-firm',
    });
    const again = [...events, resent(7, 'BBBB', 90)];
    expect(shownInvitation(fold(again), at(8))).toMatchObject({ state: 'open', declinedBecause: null });
    expect(fold([...again, accepted(9, 'AAAA')]).member).toBeNull();
    expect(fold([...again, accepted(9, 'BBBB')]).member).toBe('li');
    // Who acts for the firm already is not put out by somebody who declines the old code.
    expect(fold([issued(0, 'AAAA', 90), accepted(5, 'AAAA'), declined(6, 'AAAA')]).member).toBe('li');
  });

  it('ends what was accepted when it is taken back', () => {
    const document = fold([issued(0, 'AAAA', 10), accepted(5, 'AAAA'), withdrawn(8)]);
    expect(document.member).toBeNull();
    expect(stateOf(document, at(9))).toBe('ended');
  });

  it('is the same whatever the order and number of arrivals', () => {
    const minute = fc.integer({ min: 0, max: 30 });
    const code = fc.constantFrom('AAAA', 'BBBB', 'CCCC');
    const story = fc.array(
      fc.oneof(
        fc.tuple(minute, code, minute).map(([when, which, until]) => resent(when, which, until)),
        fc.tuple(minute, code).map(([when, which]) => accepted(when, which, `p${when}`)),
        fc.tuple(minute, code).map(([when, which]) => declined(when, which)),
        minute.map(withdrawn),
      ),
      { maxLength: 7 },
    );
    const arrivals = story.chain((events) => {
      const all = [issued(1, 'AAAA', 25), ...events];
      return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }));
    });
    fc.assert(
      fc.property(arrivals, ([once, mixed]) => {
        const document = fold(mixed);
        expect(document).toEqual(fold(once));
        // Whoever is let in holds a code that was given out, and nothing was taken back.
        if (document.member === null) return;
        expect(document.withdrawn).toBeNull();
        expect(document.issues.map(({ codeHash }) => codeHash)).toContain(document.accepted?.codeHash);
      }),
    );
  });

  it('has a code that a person can type', () => {
    const code = codeFrom(Uint8Array.from({ length: 20 }, (_, index) => index * 13));
    expect(code).toMatch(/^([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$/);
    expect(hashOfCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(hashOfCode(code));
    expect(hashOfCode(code)).not.toBe(hashOfCode(code.replace(/.$/, (last) => (last === '2' ? '3' : '2'))));
  });

  it('is announced to the firm, without its code', () => {
    const data = issued(0, 'AAAA', 10).data;
    const { party, template, words } = aboutInvitation('e1', data);
    expect(party).toBe(`supplier/${FIRM}`);
    for (const locale of ['zh', 'en'] as const) {
      const { subject, text } = render(template, words, locale);
      expect(`${subject}${text}`).not.toMatch(/[{}]/);
      expect(`${subject}${text}`).not.toContain('AAAA');
    }
  });
});

describe('whom an invitation widens', () => {
  const principal = (tenancy: object) => principalOf({ sub: 's', chainlight: tenancy });

  it('is a supplier, also one whom the issuer names no firm for', () => {
    const newcomer = principal({ role: 'supplier', firms: [] });
    expect(withFirms(newcomer, [FIRM]).tenancy).toEqual({ role: 'supplier', firms: [FIRM] });
    const known = principal({ role: 'supplier', firms: [testUscc(72)] });
    expect(withFirms(known, [FIRM, testUscc(72)]).tenancy).toEqual({
      role: 'supplier',
      firms: [testUscc(72), FIRM],
    });
  });

  it('is nobody else', () => {
    for (const tenancy of [{ role: 'operator' }, { role: 'leader', firms: [testUscc(72)] }]) {
      const other = principal(tenancy);
      expect(withFirms(other, [FIRM])).toEqual(other);
    }
  });
});
