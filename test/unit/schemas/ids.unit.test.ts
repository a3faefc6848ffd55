import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORITY } from '../../../schemas/authority.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import {
  DeviatingUscc,
  judgeUscc,
  organisationCheckCharacter,
  Uscc,
  usccCheckCharacter,
} from '../../../schemas/ids.ts';
import { readSource } from '../../../schemas/sources.ts';
import {
  addMonths,
  dateOf,
  daysInPeriod,
  periodOf,
  periodsBetween,
  startOfPeriod,
} from '../../../schemas/time.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const first17 = fc
  .array(fc.constantFrom(...ALPHABET), { minLength: 17, maxLength: 17 })
  .map((characters) => characters.join(''));

describe('unified social credit codes (GB 32100-2015)', () => {
  it('computes the check character of the standard’s example', () => {
    expect(usccCheckCharacter('91110000101101660')).toBe('2');
    expect(judgeUscc('911100001011016602')).toBe('valid');
    expect(judgeUscc('91510112MA0000007K')).toBe('valid');
  });

  it('tells a wrong shape from a wrong check digit', () => {
    expect(judgeUscc('91110000101101660')).toBe('bad-shape');
    expect(judgeUscc('91110000I011016602')).toBe('bad-shape');
    expect(judgeUscc('911100001011016603')).toBe('bad-check-digit');
    expect(['911100001011016602', '911100001011016603'].map((code) => Uscc.safeParse(code).success)).toEqual([
      true,
      true,
    ]);
    expect(Uscc.safeParse('91110000I011016602').success).toBe(false);
  });

  it('lets an override name only codes that need one', () => {
    expect(DeviatingUscc.safeParse('911100001011016603').success).toBe(true);
    expect(DeviatingUscc.safeParse('911100001011016602').error?.issues[0]?.message).toMatch(
      /needs no override/,
    );
    expect(DeviatingUscc.safeParse('91110000I011016603').success).toBe(false);
  });

  it('finds every single wrong character', () => {
    fc.assert(
      fc.property(first17, fc.nat(16), fc.constantFrom(...ALPHABET), (start, position, other) => {
        const code = start + usccCheckCharacter(start);
        expect(judgeUscc(code)).toBe('valid');
        fc.pre(code.charAt(position) !== other);
        expect(judgeUscc(code.slice(0, position) + other + code.slice(position + 1))).toBe('bad-check-digit');
      }),
    );
  });

  it('computes organisation codes (GB 11714)', () => {
    expect(organisationCheckCharacter('MA000000')).toBe('7');
  });
});

describe('months in Asia/Shanghai', () => {
  it('begins a month eight hours before UTC does', () => {
    expect(periodOf(new Date('2024-01-31T15:59:59Z'))).toBe('2024-01');
    expect(periodOf(new Date('2024-01-31T16:00:00Z'))).toBe('2024-02');
    expect(dateOf(new Date('2024-02-28T16:00:00Z'))).toBe('2024-02-29');
    expect(startOfPeriod('2024-02').toISOString()).toBe('2024-01-31T16:00:00.000Z');
  });

  it('counts days and months', () => {
    expect(daysInPeriod('2024-02')).toBe(29);
    expect(daysInPeriod('2023-02')).toBe(28);
    expect(addMonths('2023-11', 3)).toBe('2024-02');
    expect(addMonths('2024-01', -1)).toBe('2023-12');
    expect(periodsBetween('2023-11', '2024-02')).toEqual(['2023-11', '2023-12', '2024-01', '2024-02']);
  });
});

describe('sources', () => {
  it.each([
    ['/chain/911100001011016602/erp/sap', 'chain'],
    ['/supplier/911100001011016602/books', 'supplier'],
    ['/platform/iip-1/tenant/911100001011016602', 'platform'],
    ['/provider/911100001011016602', 'provider'],
    ['/rater/cesi', 'rater'],
    ['/bureau/510100/portal', 'bureau'],
    ['/system/onboarding', 'system'],
  ])('reads %s', (text, sourceClass) => {
    expect(readSource(text)).toMatchObject({ source: { class: sourceClass } });
  });

  it.each([
    '',
    '/',
    'chain/x',
    '/chain/911100001011016602',
    '/bureau/51/portal',
    '/press/xinhua',
    '/rater/UPPER',
  ])('refuses %j', (text) => expect(readSource(text)).toEqual({ problem: 'unknown-shape' }));

  it('leaves check digits to those who know the overrides', () => {
    expect(readSource('/provider/911100001011016603')).toEqual({
      source: { class: 'provider', uscc: '911100001011016603' },
    });
  });
});

describe('authority table', () => {
  it('lets every type be stated by somebody, and a leader state nothing of a supplier’s own books', () => {
    expect(new Set(AUTHORITY.map((row) => row.type))).toEqual(new Set(EVENT_TYPES.keys()));
    const byLeader = AUTHORITY.filter((row) => row.sourceClass === 'chain').map((row) => row.type);
    for (const type of [
      'production.reported.v1',
      'cost.reported.v1',
      'revenue.reported.v1',
      'headcount.reported.v1',
    ]) {
      expect(byLeader).not.toContain(type);
    }
  });

  it('leaves every definition’s fields to exist in its schema', () => {
    for (const definition of EVENT_TYPES.values()) {
      const shape = (definition.data as unknown as { shape: Record<string, unknown> }).shape;
      for (const field of [definition.about, ...Object.values(definition.speaker), ...definition.factDates]) {
        if (field) expect(Object.keys(shape), `${definition.type}.${field}`).toContain(field);
      }
    }
  });
});
