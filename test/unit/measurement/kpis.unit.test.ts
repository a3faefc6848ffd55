import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, daysInPeriod, periodsBetween } from '../../../schemas/time.ts';
import { medianHours, p90Hours } from '../../../services/measurement/domain/approvals.ts';
import { addedUp } from '../../../services/measurement/domain/combine.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import {
  figuresBySource,
  monthFigure,
  monthsOf,
  windowFigure,
} from '../../../services/measurement/domain/figures.ts';
import { type Kpi, NULL_REASONS } from '../../../services/measurement/domain/kpi.ts';
import { KPIS, kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { changeOf, ratioOf, shownValue } from '../../../services/measurement/domain/ratio.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { report, stock } from './facts.ts';

const kpi = (id: string): Kpi => kpiOf(id)!;
const monthsFrom = (facts: readonly Fact[]) => monthsOf([...foldModels(facts).kpi.values()]);
const figure = (id: string, facts: readonly Fact[], period = '2024-03') =>
  monthFigure(kpi(id), monthsFrom(facts)(period), period);
const value = (id: string, facts: readonly Fact[]) => shownValue(figure(id, facts));

const production = (id = 'p') =>
  report(id, 'production.reported.v1', {
    plannedSeconds: 28_800,
    actualSeconds: 25_200,
    idealCycleMs: 60_000,
    producedUnits: 360,
    goodUnits: 349,
    labourSeconds: 36_000,
  });
const revenue = (fields: object = {}) =>
  report('r', 'revenue.reported.v1', {
    revenueFen: 1_000_000,
    purchasesFen: 400_000,
    currency: 'CNY',
    ...fields,
  });
const cost = () =>
  report('c', 'cost.reported.v1', {
    preventionCostFen: 1_000,
    appraisalCostFen: 2_000,
    internalFailureCostFen: 3_000,
    externalFailureCostFen: 4_000,
    processingCostFen: 90_000,
    currency: 'CNY',
  });

/** A year whose stock falls evenly from 8 to 6 while 36.6 are sold; the months differ. */
const YEAR = periodsBetween('2023-03', '2024-02').map((period, index) =>
  stock(`y${index}`, period, [8000 - index * 166, 8000 - (index + 1) * 166, 3050]),
);

describe('inventory turns and days', () => {
  it('gives 5.229 turns and 69.81 days for 36.6 sold over stocks from 8 to 6', () => {
    const year = Array.from({ length: 12 }, (_, index) =>
      stock(`s${index}`, addMonths('2023-01', index), [
        index === 0 ? 80_000 : 70_000,
        index === 11 ? 60_000 : 70_000,
        30_500,
      ]),
    );
    const months = monthsFrom(year);
    const figures = (id: string) =>
      periodsBetween('2023-01', '2023-12').map((period) => monthFigure(kpi(id), months(period), period));
    expect(shownValue(windowFigure(kpi('inventoryTurns'), figures('inventoryTurns')))).toBeCloseTo(5.229, 3);
    expect(shownValue(windowFigure(kpi('inventoryDays'), figures('inventoryDays')))).toBeCloseTo(69.81, 2);
  });

  it('gives the trapezoid mean of 13 month-ends for a year of months that join', () => {
    const months = monthsFrom(YEAR);
    const whole = windowFigure(
      kpi('inventoryTurns'),
      periodsBetween('2023-03', '2024-02').map((period) =>
        monthFigure(kpi('inventoryTurns'), months(period), period),
      ),
    );
    const ends = Array.from({ length: 13 }, (_, index) => 8000 - index * 166);
    const mean = (ends[0]! / 2 + ends.slice(1, 12).reduce((sum, end) => sum + end, 0) + ends[12]! / 2) / 12;
    expect(shownValue(whole)).toBeCloseTo((12 * 3050) / mean, 10);
  });

  it('counts the days of the month', () => {
    expect(value('inventoryTurns', [stock('a', '2024-03', [8000, 6000, 3100])])).toBeCloseTo(
      (3100 * 365) / 31 / 7000,
      12,
    );
  });

  it('shows turns +22 % as days −18.03 %', () => {
    expect(changeOf(365 / 5, 365 / (5 * 1.22))).toBeCloseTo(-0.1803, 4);
  });

  it.each([
    ['NO_DATA', []],
    ['NO_COGS', [stock('a', '2024-03', [1, 1, null])]],
    ['ZERO_COGS', [stock('a', '2024-03', [1, 1, 0])]],
    ['ZERO_STOCK', [stock('a', '2024-03', [0, 0, 5])]],
    ['CURRENCY', [stock('a', '2024-03', [1, 1, 5], { currency: 'USD' })]],
  ] as const)('is null with %s, never zero', (reason, facts) => {
    expect(figure('inventoryTurns', facts)).toMatchObject({ numerator: null, denominator: null, reason });
    expect(NULL_REASONS[reason]).toBeTruthy();
  });

  it('has days = 365 ÷ turns for any ledger', () => {
    const fen = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(fen, fen, fen, (opening, closing, sold) => {
        const facts = [stock('a', '2024-03', [opening, closing, sold])];
        expect(value('inventoryDays', facts)! * value('inventoryTurns', facts)!).toBeCloseTo(365, 6);
      }),
    );
  });
});

describe('the other figures', () => {
  it.each([
    ['valueAddedPerHour', [production(), revenue()], 600],
    ['unitsPerHour', [production()], 34.9],
    [
      'revenuePerHead',
      [revenue(), report('h', 'headcount.reported.v1', { headcount: 20, digitalStaff: 1 })],
      500,
    ],
    ['qualityCostPer100Yuan', [cost(), revenue()], 1],
    ['qualityCostPerGoodUnit', [cost(), production()], 100 / 349],
    ['processingCostPer100Yuan', [cost(), revenue()], 9],
    ['processingCostPerGoodUnit', [cost(), production()], 900 / 349],
    [
      'energyPer100Yuan',
      [report('e', 'energy.reported.v2', { carriers: [{ carrier: 'gas', energyWh: 2_500_000 }] }), revenue()],
      25,
    ],
  ] as const)('%s', (id, facts, expected) => {
    expect(value(id, facts)).toBeCloseTo(expected, 10);
  });

  const inspected = (inspectionMethod: 'manual' | 'ai', numbers: Record<string, number>) =>
    report(`q/${inspectionMethod}`, 'quality.reported.v1', { inspectionMethod, ...numbers });
  const MANUAL = { inspectedUnits: 1500, defectsFoundUnits: 90, escapedUnits: 30, falseRejectUnits: 12 };
  const AI = { inspectedUnits: 2000, defectsFoundUnits: 114, escapedUnits: 6, falseRejectUnits: 4 };

  // An escape is a share of all defects, found or not; a false reject of all that was inspected.
  it.each([
    ['escapeRateManual', 30, 120],
    ['escapeRateAi', 6, 120],
    ['falseRejectRateManual', 12, 1500],
    ['falseRejectRateAi', 4, 2000],
  ])('%s is %i of %i, and knows the other method apart', (id, numerator, denominator) => {
    const both = [inspected('manual', MANUAL), inspected('ai', AI)];
    expect(figure(id, both)).toMatchObject({ numerator, denominator, events: 1 });
    const method = id.endsWith('Ai') ? 'ai' : 'manual';
    const other = method === 'ai' ? inspected('manual', MANUAL) : inspected('ai', AI);
    expect(figure(id, [other])).toMatchObject({ numerator: null, reason: 'NO_DATA' });
    const idle = { inspectedUnits: 0, defectsFoundUnits: 0, escapedUnits: 0, falseRejectUnits: 0 };
    expect(figure(id, [inspected(method, idle)])).toMatchObject({ numerator: null, reason: 'ZERO_UNITS' });
  });

  it('OEE multiplies availability, performance and quality: 0.7275 (ISO 22400-2)', () => {
    const facts = [
      report('p', 'production.reported.v1', {
        plannedSeconds: 28_800,
        actualSeconds: 25_200,
        idealCycleMs: 72_000,
        producedUnits: 300,
        goodUnits: 291,
        labourSeconds: 1,
      }),
    ];
    expect(value('oee', facts)).toBeCloseTo(0.7275, 4);
  });

  it('cash-to-cash adds receivable days and takes off payable days: 69.81 + 73.00 − 91.25 = 51.56', () => {
    const sold = 36_600;
    const days = 31;
    const scale = days / 365;
    const facts = [
      stock('a', '2024-03', [8000, 6000, sold * scale]),
      revenue({ revenueFen: 1_000_000 * scale }),
      report('o', 'receivables.closed.v1', {
        receivablesFen: 200_000,
        payablesFen: 915_000,
        currency: 'CNY',
      }),
    ].map((one) => ({ ...one, data: integers(one.data) }));
    expect(value('cashToCash', facts)).toBeCloseTo(51.56, 1);
  });

  it('names source, formula and what makes it null for every KPI', () => {
    for (const one of KPIS) {
      expect(one.source && one.formula && one.definition).toBeTruthy();
      expect(one.nullWhen.length).toBeGreaterThan(0);
      expect(monthFigure(one, undefined, '2024-03')).toMatchObject({ numerator: null, reason: 'NO_DATA' });
    }
    expect(new Set(KPIS.map(({ slug }) => slug)).size).toBe(KPIS.length);
  });
});

const integers = (data: Fact['data']): Fact['data'] =>
  Object.fromEntries(
    Object.entries(data).map(([key, inner]) => [key, typeof inner === 'number' ? Math.round(inner) : inner]),
  );

describe('a window split into two and merged again', () => {
  const whole = fc.integer({ min: 1, max: 1_000_000_000 });
  const months = (minLength: number) =>
    fc.array(fc.record({ numerator: whole, denominator: whole }), { minLength, maxLength: 9 });
  const from = (start: string, some: readonly { numerator: number; denominator: number }[]) =>
    some.map((one, index) => ({ ...one, period: addMonths(start, index) }));
  const dated = <R>(ratio: R) => ({ ...ratio, period: '2023-01' });
  const ADDED_UP = KPIS.filter(({ id }) => !['inventoryTurns', 'inventoryDays', 'cashToCash'].includes(id));

  it.each(ADDED_UP.map(({ id }) => id))('%s: gives the same sums, in any order of the months', (id) => {
    const { combine } = kpi(id);
    fc.assert(
      fc.property(months(1), months(1), (before, after) => {
        const [a, b] = [from('2023-01', before), from('2024-01', after)];
        const parts = [combine(a), combine(b)].map(dated);
        expect(combine([...a, ...b])).toEqual(combine(parts));
        expect(combine([...b, ...a].reverse())).toEqual(combine(parts));
        expect(combine(a.slice(0, 1))).toEqual(before[0]);
      }),
    );
  });

  it('cash-to-cash: every month weighs alike', () => {
    const { combine } = kpi('cashToCash');
    fc.assert(
      fc.property(months(1), months(1), (before, after) => {
        const [a, b] = [from('2023-01', before), from('2024-01', after)];
        expect(combine([...a, ...b])).toEqual(addedUp([combine(a), combine(b)].map(dated)));
      }),
    );
  });

  it('inventory turns: what was sold a year weighs by days, the stock by months', () => {
    // Sums are whole fen: of amounts this large the rounding is no part in a million.
    const amount = fc.integer({ min: 10_000_000, max: 1_000_000_000 });
    const ledgers = fc.array(fc.tuple(amount, amount, amount), { minLength: 1, maxLength: 5 });
    const daysOf = (part: readonly { period: string }[]) =>
      part.reduce((sum, { period }) => sum + daysInPeriod(period), 0);
    fc.assert(
      fc.property(ledgers, ledgers, (before, after) => {
        const read = (start: string, some: readonly [number, number, number][]) => {
          const facts = some.map((ledger, index) =>
            stock(`${start}/${index}`, addMonths(start, index), ledger),
          );
          const lookUp = monthsFrom(facts);
          return facts.map(({ period }) => monthFigure(kpi('inventoryTurns'), lookUp(period), period));
        };
        const [a, b] = [read('2023-01', before), read('2024-01', after)];
        const [early, late, all] = [a, b, [...a, ...b]].map((part) => {
          const { numerator, denominator } = windowFigure(kpi('inventoryTurns'), part);
          return { sold: numerator!, stocks: denominator!, days: daysOf(part), months: part.length };
        });
        const mean = (of: 'sold' | 'stocks', by: 'days' | 'months'): number =>
          (early![of] * early![by] + late![of] * late![by]) / (early![by] + late![by]);
        expect(all!.sold / mean('sold', 'days')).toBeCloseTo(1, 6);
        expect(all!.stocks / mean('stocks', 'months')).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('several statements for one month', () => {
  const early = stock('1', '2024-03', [8000, 6000, 3100]);
  const late = stock('2', '2024-03', [8000, 4000, 3100], { timeMs: early.timeMs + 1 });

  it('lets the later stated stand, and counts the superseded', () => {
    const both = figure('inventoryTurns', [late, early]);
    expect(shownValue(both)).toBe(value('inventoryTurns', [late]));
    expect(both).toMatchObject({ events: 2, superseded: 1 });
  });

  it('decides by identity between statements of the same instant', () => {
    const twin = stock('3', '2024-03', [8000, 2000, 3100]);
    expect(value('inventoryTurns', [twin, early])).toBe(value('inventoryTurns', [twin]));
  });

  it('takes the best evidence where sources overlap, and keeps both in sight', () => {
    const measured = stock('m', '2024-03', [8000, 2000, 3100], {
      sourceClass: 'platform',
      timeMs: early.timeMs - 1,
    });
    const facts = [early, measured];
    expect(figure('inventoryTurns', facts)).toMatchObject({ sourceClass: 'platform', grade: 'a', events: 1 });
    const bySource = figuresBySource(kpi('inventoryTurns'), monthsFrom(facts)('2024-03'), '2024-03');
    expect(bySource.map(({ sourceClass, grade }) => [sourceClass, grade])).toEqual([
      ['platform', 'a'],
      ['supplier', 'd'],
    ]);
  });

  it('gives own books that name a document grade c', () => {
    const documented = { ...early, data: { ...early.data, documentNumber: 'GL-2024-03' } };
    expect(figure('inventoryTurns', [documented])).toMatchObject({ grade: 'c' });
  });
});

describe('approval lead time', () => {
  it('gives the median and the nearest-rank 90th percentile of all durations', () => {
    const counts = new Map([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((hours) => [hours * 3600, 1]));
    expect(shownValue(medianHours(counts)!)).toBe(5.5);
    expect(shownValue(p90Hours(counts)!)).toBe(9);
    expect(medianHours(new Map())).toBeNull();
  });
});

describe('ratios', () => {
  it('stay within safe integers and keep their value', () => {
    const big = fc.bigInt({ min: 1n, max: 10n ** 24n });
    fc.assert(
      fc.property(big, big, (numerator, denominator) => {
        const expected = Number(numerator) / Number(denominator);
        fc.pre(expected > 1e-4 && expected < 1e4);
        const ratio = ratioOf(numerator, denominator);
        expect(Number.isSafeInteger(ratio.numerator) && Number.isSafeInteger(ratio.denominator)).toBe(true);
        expect(ratio.numerator / ratio.denominator / expected).toBeCloseTo(1, 6);
      }),
    );
  });
});
