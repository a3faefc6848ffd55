import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, daysInPeriod, periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline, improvementOf } from '../../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthFigure, monthsOf } from '../../../services/measurement/domain/figures.ts';
import { baselineFinding } from '../../../services/measurement/domain/findings.ts';
import { kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { shownValue } from '../../../services/measurement/domain/ratio.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import type { Frozen } from '../../../services/measurement/domain/records.ts';
import { FIRM, fact, report, stock } from './facts.ts';

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
/** Months at 100 yuan sold a day with stock for 30 days, all of it on credit but for what the days say. */
const books = (first: string, last: string, days: number) =>
  periodsBetween(first, last).flatMap((period) => {
    const soldFen = daysInPeriod(period) * 10_000;
    const data = (fields: Fact['data']) => ({ period, currency: 'CNY', ...fields });
    return [
      stock(`s-${period}`, period, [3000, 3000, soldFen / 100]),
      report(`r-${period}`, 'revenue.reported.v1', data({ revenueFen: soldFen, purchasesFen: 0 })),
      report(
        `o-${period}`,
        'receivables.closed.v1',
        data({ receivablesFen: 0, payablesFen: (30 - days) * 10_000 }),
      ),
    ];
  });
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

describe('the months compared', () => {
  const month = (start: string) => fc.integer({ min: 0, max: 23 }).map((offset) => addMonths(start, offset));
  const some = (start: string, minLength: number) =>
    fc.uniqueArray(month(start), { minLength, maxLength: 20 });

  it('are the same months of the year on both sides, each once, whatever the gaps', () => {
    fc.assert(
      fc.property(some('2021-09', 4), some('2024-01', 0), (early, late) => {
        const [then, since] = [early, late].map((periods, side) =>
          periods.map((period) => stock(`${period}-${side}`, period, [7000, 7000, 3000 + side])),
        ) as [Fact[], Fact[]];
        const frozen = freeze(then);
        const { before, after, change, reason } = improvementOf(
          turns,
          frozen,
          figuresOf(since),
          '2024-01',
          '2025-12',
        );
        const calendar = (months: readonly string[]) => months.map((period) => period.slice(5));
        const base = Object.keys(frozen.figures).flatMap((key) => key.split('inventoryTurns@')[1] ?? []);
        const kept = late.sort().slice(-12);
        const pairs = new Set(calendar(kept).filter((one) => calendar(base).includes(one))).size;
        if (reason !== null) {
          expect(change).toBeNull();
          expect(kept.length < 6 || pairs < Math.min(6, base.length)).toBe(true);
          return;
        }
        expect(calendar(before.months)).toEqual(calendar(after.months));
        expect(new Set(calendar(after.months)).size).toBe(after.months.length);
        expect(after.months).toHaveLength(pairs);
        expect(pairs).toBeGreaterThanOrEqual(Math.min(6, base.length));
      }),
    );
  });

  it('may be the four of a baseline that has no more', () => {
    const frozen = freeze(ledger('2023-05', '2023-08', 3000));
    const until = (last: string) =>
      improvementOf(turns, frozen, figuresOf(ledger('2024-01', last, 3660)), '2024-01', last);
    expect(until('2024-12')).toMatchObject({ change: expect.closeTo(0.22, 6), seasonMatched: true });
    expect(until('2024-12').after.months).toEqual(periodsBetween('2024-05', '2024-08'));
    expect(until('2024-07')).toMatchObject({ change: null, reason: 'SEASON_UNMATCHED' });
  });

  it('are of one definition: a figure frozen under another is not compared, and no correction is read into it', () => {
    const months = [...ledger('2022-09', '2023-08', 3000), ...ledger('2024-01', '2024-12', 3660)];
    const frozen = freeze(months);
    const revised = { ...turns, version: turns.version + 1 };
    const judge = (of: Frozen, kpi = turns) =>
      improvementOf(kpi, of, figuresOf(months, kpi), '2024-01', '2024-12');
    expect(frozen.figures.inventoryTurns?.version).toBe(turns.version);
    expect(judge(frozen, revised)).toMatchObject({ change: null, reason: 'DEFINITION_CHANGED' });
    const { version: _, ...unversioned } = frozen.figures.inventoryTurns!;
    const old = { ...frozen, figures: { ...frozen.figures, inventoryTurns: unversioned } };
    expect(judge(old)).toMatchObject({ change: expect.closeTo(0.22, 10), reason: null });
    const other = {
      ...frozen,
      figures: { ...frozen.figures, inventoryTurns: { ...unversioned, version: 9 } },
    };
    expect(judge(other).reason).toBe('DEFINITION_CHANGED');
    const corrected = monthsFrom([...months, stock('again', '2023-03', [1, 1, 1], { timeMs: Date.now() })]);
    const evidenceOf = (of: Frozen) =>
      baselineFinding({ _id: 'p/f', firm: FIRM, programme: 'p', frozen: of }, corrected)?.evidence.map(
        ({ kpi }) => kpi,
      );
    expect(evidenceOf(frozen)).toContain('inventoryTurns');
    expect(evidenceOf(other)).not.toContain('inventoryTurns');
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
    ['SEASON_UNMATCHED', freeze(ledger('2023-04', '2023-08', 3000)), '2024-01', '2024-07'],
  ] as const)('is null with %s', (reason, frozen, first, last) => {
    const months = figuresOf(ledger('2024-01', '2024-12', 3660));
    expect(improvementOf(turns, frozen, months, first, last)).toMatchObject({ change: null, reason });
  });

  it.each([
    [10, 5, { change: expect.closeTo(-0.5, 10), reason: null }],
    [10, -5, { change: expect.closeTo(-1.5, 10), reason: null }],
    [0, 5, { change: null, reason: 'BASE_NOT_POSITIVE' }],
    [-10, -20, { change: null, reason: 'BASE_NOT_POSITIVE' }],
    [-10, 5, { change: null, reason: 'BASE_NOT_POSITIVE' }],
  ])('of cash-to-cash from %s to %s days is none in per cent where the base is not above zero', (was, is, expected) => {
    const kpi = kpiOf('cashToCash')!;
    const [then, since] = [books('2022-09', '2023-08', was), books('2024-01', '2024-12', is)];
    const improvement = improvementOf(kpi, freeze(then), figuresOf(since, kpi), '2024-01', '2024-12');
    expect(improvement).toMatchObject(expected);
    expect(shownValue(improvement.before)).toBeCloseTo(was, 10);
    expect(shownValue(improvement.after)).toBeCloseTo(is, 10);
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
