import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Panel } from '../../../services/measurement/domain/panel.ts';

const PERIODS = ['2023-11', '2023-12', '2024-01'];
const someCell = fc.record({
  uscc: fc.constantFrom('A', 'B', 'C'),
  period: fc.constantFrom(...PERIODS, '2023-10', '2024-02'),
  numerator: fc.maxSafeInteger(),
  denominator: fc.integer({ min: 1 }),
});

it('a panel gives back what was put in last, by firm and month, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(someCell), (cells) => {
      const panel = new Panel(PERIODS);
      for (const { uscc, period, numerator, denominator } of cells)
        panel.add(uscc, period, numerator, denominator);
      const inside = cells.filter(({ period }) => PERIODS.includes(period));
      const expected = new Map(inside.map((cell) => [`${cell.uscc}/${cell.period}`, cell]));
      expect([...panel.cells()]).toEqual([...expected.keys()].sort().map((key) => expected.get(key)));
      expect(panel.size).toBe(expected.size);
      expect(panel.firms).toBe(new Set(inside.map(({ uscc }) => uscc)).size);
    }),
  );
});
