import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { valuesFrom } from '../../../services/measurement/adapters/slotBytes.ts';
import type { FirmMonth } from '../../../services/measurement/domain/firmYear.ts';
import { SLOT_FIELDS, type SlotKind } from '../../../services/measurement/domain/slots.ts';

const KINDS = Object.keys(SLOT_FIELDS) as SlotKind[];
const someSlot = fc.record(
  {
    t: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    n: fc.integer({ min: 1, max: 9 }),
    x: fc.constant('0'.repeat(32)),
    v: fc.array(
      fc.oneof(fc.maxSafeInteger(), fc.constant(null), fc.constant(2 ** 31), fc.constant(-(2 ** 31))),
      { maxLength: 12 },
    ),
    u: fc.constantFrom('USD', 'EUR'),
    doc: fc.constant(true as const),
    o: fc.array(fc.string({ maxLength: 5 })),
  },
  { requiredKeys: ['t', 'n', 'x', 'v'] },
);
const someSlots = fc.dictionary(
  fc.constantFrom(...KINDS),
  fc.dictionary(fc.constantFrom('platform', 'chain', 'supplier'), someSlot),
);
const someMonth = fc.record({ slots: someSlots, holdings: fc.dictionary(fc.string(), someSlot) });
const someYear = fc.record({
  firm: fc.constant('91510112MA0000007K'),
  year: fc.integer({ min: 2000, max: 2099 }),
  months: fc.dictionary(fc.constantFrom('01', '02', '09', '10', '12'), someMonth),
});

/** What the general reader gives, cut down to values. */
const expected = (months: Record<string, FirmMonth>, kinds: readonly SlotKind[]) =>
  Object.entries(months).map(([month, { slots }]) => [
    month,
    Object.fromEntries(
      Object.entries(slots ?? {})
        .filter(([kind]) => kinds.includes(kind as SlotKind))
        .map(([kind, classes]) => [
          kind,
          Object.fromEntries(
            Object.entries(classes ?? {}).map(([name, { v, u, doc }]) => [
              name,
              { t: 0, n: 0, x: '', v, ...(u ? { u } : {}), ...(doc ? { doc } : {}) },
            ]),
          ),
        ]),
    ),
  ]);

describe('values read from the bytes of a firm’s year', () => {
  it('are those that the general reader gives', () => {
    fc.assert(
      fc.property(someYear, fc.subarray(KINDS), (year, kinds) => {
        const bytes = BSON.serialize({ _id: 'x', ...year });
        const general = BSON.deserialize(bytes) as { months: Record<string, FirmMonth> };
        const read = valuesFrom(bytes, kinds);
        expect([read.firm, read.year]).toEqual([year.firm, year.year]);
        expect(read.months.map(([month, { slots }]) => [month, slots])).toEqual(
          expected(general.months, kinds),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where a document holds what no firm’s year does', () => {
    const bytes = BSON.serialize({ firm: 'x', year: 2024, months: {}, other: new Date(0) });
    expect(() => valuesFrom(bytes, KINDS)).toThrow('BSON type 9');
  });
});
