import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, estimate } from '../../../services/audit/index.ts';
import { type Observation, panelOf } from './support.ts';

/** Small panels with two cohorts, holes and any outcomes. */
const panels = fc
  .array(
    fc.record({
      cohort: fc.constantFrom(0, 0, 3, 4),
      outcomes: fc.array(fc.option(fc.integer({ min: -400, max: 400 }), { freq: 8 }), {
        minLength: 5,
        maxLength: 5,
      }),
    }),
    { minLength: 6, maxLength: 16 },
  )
  .map((units) =>
    units.flatMap(({ cohort, outcomes }, index) =>
      outcomes.map(
        (outcome, period): Observation => ({
          unit: `u${String(index).padStart(2, '0')}`,
          time: period + 1,
          outcome: outcome === null ? '' : outcome / 16,
          cohort,
        }),
      ),
    ),
  );

const figures = (rows: readonly Observation[]) => {
  const { attgt, simple, dynamic, group, calendar, twfe } = estimate(panelOf(rows), DEFAULT_OPTIONS);
  return { attgt, simple, dynamic, group, calendar, twfe };
};

/** Every number of `value` with its path, for comparison up to rounding. */
function numbersOf(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, `${path}/${key}`));
}

function expectSame(actual: unknown, expected: unknown) {
  const ours = numbersOf(actual);
  const theirs = new Map(numbersOf(expected));
  expect(ours.map(([path]) => path)).toEqual([...theirs.keys()]);
  for (const [path, value] of ours) expect(value, path).toBeCloseTo(theirs.get(path) ?? Number.NaN, 9);
}

describe('an estimate does not depend on what carries no information', () => {
  it('order of rows: the same to the last bit, the draws included', () => {
    fc.assert(
      fc.property(panels, fc.infiniteStream(fc.nat()), (rows, order) => {
        const shuffled = rows
          .map((row) => ({ row, key: order.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        const options = { ...DEFAULT_OPTIONS, bootstrap: 49 };
        expect(estimate(panelOf(shuffled), options)).toEqual(estimate(panelOf(rows), options));
      }),
      { numRuns: 15 },
    );
  });

  it('names of units', () => {
    fc.assert(
      fc.property(panels, (rows) =>
        expectSame(
          figures(rows.map((row) => ({ ...row, unit: `z${99 - Number(row.unit.slice(1))}` }))),
          figures(rows),
        ),
      ),
      { numRuns: 15 },
    );
  });

  it('origin of time', () => {
    fc.assert(
      fc.property(panels, fc.integer({ min: 1, max: 3000 }), (rows, shift) => {
        const moved = rows.map((row) => ({
          ...row,
          time: row.time + shift,
          cohort: row.cohort === 0 ? 0 : Number(row.cohort) + shift,
        }));
        const { attgt, simple, dynamic, twfe } = figures(moved);
        const original = figures(rows);
        expectSame(
          attgt.map((cell) => ({ ...cell, time: cell.time - shift, group: cell.group - shift })),
          original.attgt,
        );
        expectSame([simple, dynamic, twfe], [original.simple, original.dynamic, original.twfe]);
      }),
      { numRuns: 15 },
    );
  });

  it('a level or trend that all units share', () => {
    fc.assert(
      fc.property(panels, fc.integer({ min: -50, max: 50 }), (rows, slope) => {
        const lifted = rows.map((row) => ({
          ...row,
          outcome: row.outcome === '' ? ('' as const) : row.outcome + 3 + slope * row.time,
        }));
        expectSame(figures(lifted), figures(rows));
      }),
      { numRuns: 15 },
    );
  });

  it('unit of measurement: effects and errors scale with the outcome', () => {
    fc.assert(
      fc.property(panels, fc.constantFrom(0.5, 4, 1024), (rows, scale) => {
        const scaled = figures(
          rows.map((row) => ({ ...row, outcome: row.outcome === '' ? ('' as const) : row.outcome * scale })),
        );
        const original = figures(rows);
        original.attgt.forEach((cell, index) => {
          expect(scaled.attgt[index]?.att ?? 0).toBeCloseTo((cell.att ?? 0) * scale, 6);
          expect(scaled.attgt[index]?.se ?? 0).toBeCloseTo((cell.se ?? 0) * scale, 6);
        });
        expect(scaled.simple.se ?? 0).toBeCloseTo((original.simple.se ?? 0) * scale, 6);
      }),
      { numRuns: 15 },
    );
  });

  it('never a number that is not one', () => {
    fc.assert(
      fc.property(
        panels,
        fc.constantFrom('never', 'notyet'),
        fc.constantFrom('varying', 'universal'),
        fc.constantFrom(0, 1, 2),
        fc.constantFrom('pairwise', 'balanced'),
        (rows, control, base, anticipation, unbalanced) => {
          const result = estimate(panelOf(rows), {
            control,
            base,
            anticipation,
            unbalanced,
            bootstrap: 19,
            seed: 3,
          });
          for (const [path, value] of numbersOf(result)) expect(Number.isFinite(value), path).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
