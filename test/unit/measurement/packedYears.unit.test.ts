import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { PackedYears } from '../../../services/measurement/adapters/packedYears.ts';
import type { FirmMonth } from '../../../services/measurement/domain/firmYear.ts';
import { someYear } from './someYears.ts';

/** Every statement of a year, and the months in which others report stock, one to a line. */
const statementsOf = ({ months }: { months: Readonly<Record<string, FirmMonth>> }): string[] =>
  Object.entries(months)
    .flatMap(([month, { slots, holdings }]) => [
      ...(holdings === undefined ? [] : [`${month} held`]),
      ...Object.entries(slots ?? {}).flatMap(([kind, classes]) =>
        Object.entries(classes ?? {}).map(([name, { v, u, doc }]) =>
          JSON.stringify([month, kind, name, v, u, doc]),
        ),
      ),
    ])
    .sort();

describe('years that are kept packed', () => {
  it('say of every firm and month what the documents say', () => {
    fc.assert(
      fc.property(fc.array(someYear, { maxLength: 4 }), (years) => {
        const packed = new PackedYears();
        for (const year of years) packed.add(BSON.serialize({ _id: 'x', ...year }));
        expect(new Set(packed.firms())).toEqual(new Set(years.map(({ firm }) => firm)));
        for (const firm of packed.firms()) {
          const theirs = years.filter((year) => year.firm === firm);
          expect(packed.of(firm).map((year) => [year.year, statementsOf(year)])).toEqual(
            theirs.map((year) => [year.year, statementsOf(year)]),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have nothing of a firm that reported nothing', () => {
    const packed = new PackedYears();
    expect(packed.has('91510112MA0000007K')).toBe(false);
    expect(packed.of('91510112MA0000007K')).toEqual([]);
  });
});
