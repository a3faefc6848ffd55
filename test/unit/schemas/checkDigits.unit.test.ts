import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ActRequest } from '../../../schemas/api/acts.ts';
import { wrongCheckDigits } from '../../../schemas/checkDigits.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { judgeUscc, Uscc } from '../../../schemas/ids.ts';
import { inventoryClosed, orderPlaced, SUPPLIER, testUscc, withWrongDigit } from '../../support/events.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** Codes of the right form; one in thirty-one has a right check digit by chance. */
const formed = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 18, maxLength: 18 });
const code = fc.oneof(formed, fc.nat(1_000).map(testUscc));

describe('wrong check digits', () => {
  it('are found wherever a schema has a place for a code, and nowhere else', () => {
    const schema = z.object({
      firm: Uscc,
      buyer: Uscc.optional(),
      owner: Uscc.nullable(),
      members: z.array(z.object({ uscc: Uscc })),
      byRole: z.record(z.string(), Uscc),
      documentNumber: z.string(),
    });
    const value = fc.record({
      firm: code,
      buyer: fc.option(code, { nil: undefined }),
      owner: fc.option(code),
      members: fc.array(fc.record({ uscc: code }), { maxLength: 3 }),
      byRole: fc.dictionary(fc.constantFrom('a', 'b'), code),
      documentNumber: formed,
    });
    fc.assert(
      fc.property(value, (one) => {
        expect(schema.safeParse(one).success).toBe(true);
        const codes = [
          one.firm,
          ...(one.buyer === undefined ? [] : [one.buyer]),
          ...(one.owner === null ? [] : [one.owner]),
          ...one.members.map(({ uscc }) => uscc),
          ...Object.values(one.byRole),
        ];
        const wrong = codes.filter((uscc) => judgeUscc(uscc) !== 'valid');
        expect(
          wrongCheckDigits(schema, one)
            .map(({ uscc }) => uscc)
            .sort(),
        ).toEqual(wrong.sort());
      }),
    );
  });

  it('say where they stand', () => {
    const wrong = withWrongDigit(SUPPLIER);
    const schema = z.object({ members: z.array(z.object({ uscc: Uscc })) });
    expect(wrongCheckDigits(schema, { members: [{ uscc: SUPPLIER }, { uscc: wrong }] })).toEqual([
      { field: 'members.1.uscc', uscc: wrong },
    ]);
    const inventory = EVENT_TYPES.get('inventory.closed.v1');
    const { data } = inventoryClosed('x', { firmUscc: wrong }) as { data: unknown };
    expect(inventory && wrongCheckDigits(inventory.data, data)).toEqual([{ field: 'firmUscc', uscc: wrong }]);
    const order = EVENT_TYPES.get('order.placed.v1');
    expect(order && wrongCheckDigits(order.data, (orderPlaced('x') as { data: unknown }).data)).toEqual([]);
  });

  it('are found in whichever act a body turns out to be', () => {
    const wrong = withWrongDigit(SUPPLIER);
    const act = {
      act: 'reassign-provider',
      actId: 'a1',
      supplierUscc: SUPPLIER,
      platform: 'alpha',
      programme: 'p',
      providerUscc: wrong,
      reason: 'for the test',
    };
    expect(wrongCheckDigits(ActRequest, ActRequest.parse(act))).toEqual([
      { field: 'providerUscc', uscc: wrong },
    ]);
  });

  it('are looked for in every event type that is about a firm, but for the overrides themselves', () => {
    const wrong = '911100001011016603';
    for (const { type, about, data } of EVENT_TYPES.values()) {
      if (about === null) continue;
      const found = wrongCheckDigits(z.object({ firm: (data as z.ZodObject).shape[about] as z.ZodType }), {
        firm: wrong,
      });
      expect(found.length, type).toBe(type.startsWith('uscc.') ? 0 : 1);
    }
  });
});
