import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { valuesFrom } from '../../../services/measurement/adapters/slotBytes.ts';
import { EMPTY_SET_HASH } from '../../../services/measurement/domain/facts.ts';
import type { FirmMonth } from '../../../services/measurement/domain/firmYear.ts';
import type { SlotKind } from '../../../services/measurement/domain/slots.ts';
import { KINDS, someYear } from './someYears.ts';

/** What the general reader gives, cut down to values. */
const valuesOf = (months: Record<string, FirmMonth>, kinds: readonly SlotKind[]) =>
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
              { t: 0, n: 0, x: EMPTY_SET_HASH, v, ...(u ? { u } : {}), ...(doc ? { doc } : {}) },
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
          valuesOf(general.months, kinds),
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
