import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline, improvementOf } from '../../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthFigure, monthsOf } from '../../../services/measurement/domain/figures.ts';
import { baselineFinding } from '../../../services/measurement/domain/findings.ts';
import { kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { shownValue } from '../../../services/measurement/domain/ratio.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import type { Frozen } from '../../../services/measurement/domain/records.ts';
import { FIRM, fact, stock } from './facts.ts';

const turns = kpiOf('inventoryTurns')!;
const days = kpiOf('inventoryDays')!;
const figuresOf = (facts: readonly Fact[], kpi = turns) => {
  const months = monthsFrom(facts);
  return (period: string) => monthFigure(kpi, months(period), period);
};
const monthsFrom = (facts: readonly Fact[]) => monthsOf([...foldModels(facts).kpi.values()]);
/** Months of even stock in which `sold` goes out; a season doubles sales in December. */
const ledger = (first: string, last: string, sold: number, fields: Partial<Fact> = {}) =>
  periodsBetween(first, last).map((period) =>
    stock(`${period}-${sold}`, period, [7000, 7000, period.endsWith('-12') ? 2 * sold : sold], fields),
  );
const freeze = (facts: readonly Fact[], contractMonth = '2023-09'): Frozen => ({
  timeMs: 0,
  identity: 'frozen',
  contractMonth,
  figuresSha256: '',
  ...freezeBaseline(monthsFrom(facts), contractMonth),
});

describe('a baseline', () => {
  it('takes the latest 12 complete months before the contract month', () => {
    const frozen = freeze(ledger('2022-01', '2023-12', 3000));
    expect(frozen.months).toEqual(periodsBetween('2022-09', '2023-08'));
    expect(frozen.figures.inventoryTurns).toMatchObject({ months: 12, grade: 'd', sourceClass: 'supplier' });
    expect(shownValue(frozen.figures.inventoryTurns!)).toBeCloseTo((13 * 3000) / 7000, 10);
  });

  it('reaches further back past a month that is missing', () => {
    const gap = ledger('2022-01', '2023-08', 3000).filter((one) => one.period !== '2023-03');
    expect(freeze(gap).months[0]).toBe('2022-08');
  });

  it('needs 4 complete months', () => {
    expect(freeze(ledger('2023-06', '2023-08', 3000)).figures.inventoryTurns).toMatchObject({
      numerator: null,
      months: 3,
      reason: 'BASELINE_SHORT',
    });
    expect(freeze(ledger('2023-05', '2023-08', 3000)).figures.inventoryTurns).toMatchObject({ months: 4 });
    expect(freeze([]).figures.inventoryTurns).toMatchObject({ numerator: null, reason: 'NO_DATA' });
  });
});

describe('an improvement', () => {
  const before = ledger('2022-09', '2023-08', 3000);

  it('shows turns +22 % with days −18.0 %', () => {
    const facts = [...before, ...ledger('2024-01', '2024-12', 3660)];
    const by = (kpi: typeof turns) =>
      improvementOf(kpi, freeze(before), figuresOf(facts, kpi), '2024-01', '2024-12');
    expect(by(turns).change).toBeCloseTo(0.22, 10);
    expect(by(days).change).toBeCloseTo(-0.1803, 4);
    expect(by(turns)).toMatchObject({ seasonMatched: true, measurementChanged: false, reason: null });
  });

  it('compares the same months of the year when fewer than 12 are there', () => {
    const months = figuresOf([...before, ...ledger('2024-07', '2024-12', 3000)]);
    const change = improvementOf(turns, freeze(before), months, '2024-07', '2024-12');
    expect(change.before.months).toHaveLength(6);
    expect(change.change).toBeCloseTo(0, 10);
  });

  it.each([
    ['BASELINE_MISSING', undefined, '2024-01', '2024-12'],
    ['WINDOW_SHORT', freeze(before), '2024-08', '2024-12'],
    ['BASELINE_SHORT', freeze(ledger('2023-06', '2023-08', 3000)), '2024-01', '2024-12'],
    ['SEASON_UNMATCHED', freeze(ledger('2023-04', '2023-08', 3000)), '2024-01', '2024-12'],
  ] as const)('is null with %s', (reason, frozen, first, last) => {
    const months = figuresOf(ledger('2024-01', '2024-12', 3660));
    expect(improvementOf(turns, frozen, months, first, last)).toMatchObject({ change: null, reason });
  });

  it('says when the way of measuring changed at the same time', () => {
    const platform = ledger('2024-01', '2024-12', 3000, { sourceClass: 'platform' });
    const change = improvementOf(
      turns,
      freeze(before),
      figuresOf([...before, ...platform]),
      '2024-01',
      '2024-12',
    );
    expect(change).toMatchObject({ measurementChanged: true });
  });
});

describe('a correction of the data behind a frozen baseline', () => {
  const before = ledger('2022-09', '2023-08', 3000);
  const baseline = { _id: `p/${FIRM}`, firm: FIRM, programme: 'p', frozen: freeze(before) };

  it('raises nothing while nothing changed, or when another source states the month too', () => {
    expect(baselineFinding(baseline, monthsFrom(before))).toBeNull();
    const measured = stock('m', '2023-08', [1, 1, 1], { sourceClass: 'platform' });
    expect(baselineFinding(baseline, monthsFrom([...before, measured]))).toBeNull();
  });

  it('leaves the baseline and shows both values', () => {
    const late = stock('late', '2023-08', [7000, 7000, 6000], { timeMs: before[0]!.timeMs + 1 });
    const finding = baselineFinding(baseline, monthsFrom([...before, late]))!;
    expect(finding).toMatchObject({
      code: 'BASELINE_CORRECTED',
      entities: [FIRM],
      _id: `BASELINE_CORRECTED/p/${FIRM}`,
    });
    const corrected = finding.evidence.find((one) => one.kpi === 'inventoryTurns')!;
    expect(corrected.month).toBe('2023-08');
    expect(shownValue(corrected.now)! / shownValue(corrected.frozen)!).toBeCloseTo(2, 10);
  });

  it('notices that a month was taken back', () => {
    const rest = before.filter((one) => one.period !== addMonths('2023-09', -1));
    expect(baselineFinding(baseline, monthsFrom(rest))!.evidence[0]!.now).toEqual({
      numerator: null,
      denominator: null,
    });
  });
});

describe('a baseline that an auditor replaced', () => {
  const data = (sold: number) => ({
    supplierUscc: FIRM,
    programme: 'p',
    contractMonth: '2023-09',
    figuresSha256: String(sold),
    ...freezeBaseline(monthsFrom(ledger('2022-09', '2023-08', sold)), '2023-09'),
  });
  const actor = { name: 'Wang', role: 'financial-auditor' };
  const again = (id: string, day: string, sold: number): Fact =>
    fact({
      id,
      type: 'baseline.refrozen.v1',
      timeMs: Date.parse(day),
      data: { ...data(sold), actor, reason: `because of ${id}`, replacesSha256: '3000' },
    });
  const facts = [
    fact({ id: 'first', type: 'baseline.frozen.v1', timeMs: Date.parse('2023-09-10'), data: data(3000) }),
    again('a', '2025-01-01', 4000),
    again('b', '2025-02-01', 5000),
  ];

  it('is the last replacement, in whatever order it arrives; the first freeze stays beside it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: 3 }), (shuffled) => {
        const [baseline] = [...foldModels(shuffled).baselines.values()];
        expect(baseline?.frozen).toMatchObject({
          figuresSha256: '5000',
          refrozen: { by: 'Wang', reason: 'because of b', replacesSha256: '3000' },
        });
        expect(baseline?.replaced).toMatchObject({ figuresSha256: '3000' });
        expect(baseline?.replaced).not.toHaveProperty('refrozen');
      }),
    );
  });
});
