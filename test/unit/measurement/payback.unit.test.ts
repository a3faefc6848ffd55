import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { paybackInWords } from '../../../services/cli/paybackText.ts';
import { openPayback } from '../../../services/measurement/adapters/explainPayback.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthFigure, monthsOf } from '../../../services/measurement/domain/figures.ts';
import { NULL_REASONS } from '../../../services/measurement/domain/kpi.ts';
import { kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { paybackOf } from '../../../services/measurement/domain/payback.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { expectChinese } from '../../support/chinese.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, report } from './facts.ts';

const onboarding = { supplierUscc: FIRM, platform: 'iip', programme: 'p' };

/** Two years of revenue of 1,000 yuan a month; cost by 100 yuan falls from 30 to `after`. */
function books(after: number): Fact[] {
  return periodsBetween('2022-09', '2025-01').flatMap((period) => {
    const costFen = (period < '2023-09' ? 30 : after) * 1000;
    return [
      report(
        `r${period}`,
        'revenue.reported.v1',
        { period, revenueFen: 100_000, purchasesFen: 0 },
        { period },
      ),
      report(
        `c${period}`,
        'cost.reported.v1',
        {
          period,
          preventionCostFen: 0,
          appraisalCostFen: 0,
          internalFailureCostFen: 0,
          externalFailureCostFen: 100,
          processingCostFen: costFen,
        },
        { period },
      ),
    ];
  });
}

function world(after: number, more: readonly Fact[] = []): World {
  const facts = books(after);
  const step = (type: string, at: string, data: object): Fact =>
    fact({ id: `${type}/${at}`, type, timeMs: Date.parse(at), data: { ...onboarding, ...data } });
  const { kpi } = foldModels(facts);
  return new World(
    foldModels([
      ...facts,
      step('onboarding.contract-signed.v1', '2023-09-10T00:00:00Z', {
        signedOn: '2023-09-10',
        amountFen: 200_000,
        currency: 'CNY',
      }),
      step('onboarding.go-live-confirmed.v1', '2024-01-10T00:00:00Z', { liveOn: '2024-01-10' }),
      step('baseline.frozen.v1', '2023-09-10T00:00:01Z', {
        contractMonth: '2023-09',
        figuresSha256: '',
        ...freezeBaseline(monthsOf([...kpi.values()]), '2023-09'),
      }),
      ...more,
    ]),
    new Date('2025-03-01T00:00:00Z'),
  );
}
const subsidy = (kind: 'paid' | 'clawed-back', amountFen: number): Fact =>
  fact({
    id: kind,
    type: `subsidy.${kind}.v1`,
    data: { supplierUscc: FIRM, programme: 'p', amountFen, currency: 'CNY' },
  });

describe('payback of a firm', () => {
  it('is its own outlay over the yearly saving', () => {
    // 10 yuan less by 100 yuan, at 1,000 yuan a month: 100 yuan a month, 1,200 a year; 2,000 yuan were paid.
    expect(paybackOf(world(20), FIRM)).toEqual({
      ownOutlayFen: 200_000,
      yearlySavingFen: 120_000,
      years: { numerator: 200_000, denominator: 120_000 },
      // Sixteen months were reported since the contract’s; twenty are needed.
      savedFen: 160_000,
      paidBackAfterMonths: null,
    });
  });

  it('is over in the month in which what was measured as saved reaches the outlay', () => {
    const subsidised = [subsidy('paid', 80_000), subsidy('clawed-back', 20_000)];
    expect(paybackOf(world(20, subsidised), FIRM)).toMatchObject({
      ...{ ownOutlayFen: 140_000, savedFen: 160_000, paidBackAfterMonths: 14 },
    });
    expect(paybackOf(world(20, [subsidy('paid', 900_000)]), FIRM)).toMatchObject({ paidBackAfterMonths: 0 });
    expect(paybackOf(world(40), FIRM)).toMatchObject({ savedFen: -160_000, paidBackAfterMonths: null });
  });

  it('takes subsidies off, and adds what was claimed back', () => {
    const facts = [subsidy('paid', 80_000), subsidy('clawed-back', 20_000)];
    expect(paybackOf(world(20, facts), FIRM)).toMatchObject({ ownOutlayFen: 140_000 });
    expect(paybackOf(world(20, [subsidy('paid', 900_000)]), FIRM)).toMatchObject({ ownOutlayFen: 0 });
  });

  it('is null where nothing is saved, and unknown without a contract', () => {
    expect(paybackOf(world(30), FIRM)).toMatchObject({ yearlySavingFen: 0, years: null });
    expect(paybackOf(world(30), testUscc(990))).toBeNull();
  });
});

describe('a payback that is opened', () => {
  it('is the quotient that it says, over the months before and since', () => {
    const { figure } = openPayback(world(20), FIRM)!;
    expect(figure).toMatchObject({
      ...{ value: expect.closeTo(5 / 3, 10), numerator: 200_000, denominator: 120_000, reason: null },
      ...{ unit: 'years', version: 1, sourceClass: 'supplier', grade: 'd' },
      window: { from: '2022-09', to: '2025-01' },
    });
    expect(figure.children).toEqual([
      `quality-cost-per-100-yuan/v1/${FIRM}/improvement`,
      `processing-cost-per-100-yuan/v1/${FIRM}/improvement`,
    ]);
    expectChinese(figure.zh.definition);
    expectChinese(figure.zh.formula);
  });

  it('says why it has no value, and names no figure of a firm that nobody knows', () => {
    expect(openPayback(world(30), FIRM)?.figure).toMatchObject({
      ...{ value: null, numerator: null, denominator: null, reason: NULL_REASONS.NOTHING_SAVED },
    });
    expect(openPayback(new World(foldModels(books(20)), new Date()), FIRM)?.figure).toMatchObject({
      ...{ value: null, reason: NULL_REASONS.PAYBACK_UNKNOWN, window: null },
    });
    expect(openPayback(world(20), testUscc(990))).toBeNull();
  });

  it('is a line of `kpi show`: the rate beside the published one, then what was measured', () => {
    const known = {
      ...({ value: 5 / 3, unit: 'years', figureId: 'payback/v1/x', published: 4.2 } as const),
      ...{ ownOutlayFen: 200_000, yearlySavingFen: 120_000, savedFen: 160_000, paidBackAfterMonths: null },
    };
    expect(paybackInWords(known)).toBe(
      'payback: 1.67 years, 4.2 published; own outlay 2000 yuan, saving 1200 yuan a year; 1600 yuan saved since the contract, the outlay is not back yet',
    );
    expect(paybackInWords({ ...known, paidBackAfterMonths: 14 })).toContain('was back after 14 months');
    const nothing = { ...known, value: null, reason: 'NOTHING_SAVED', yearlySavingFen: 0 };
    expect(paybackInWords(nothing)).toContain('payback: unknown (NOTHING_SAVED), 4.2 published; own outlay');
    const unknown = { ...nothing, reason: 'PAYBACK_UNKNOWN', ownOutlayFen: null };
    expect(paybackInWords(unknown)).toBe('payback: unknown (PAYBACK_UNKNOWN), 4.2 published');
  });
});

describe('a firm of which only consignment stock is known', () => {
  it('has months, null with their reason', () => {
    const held = fact({
      id: 'held',
      type: 'inventory.closed.v1',
      sourceClass: 'chain',
      data: {
        firmUscc: FIRM,
        holderUscc: testUscc(991),
        stockKind: 'consignment',
        period: '2024-03',
        openingStockFen: 1,
        closingStockFen: 1,
        costOfGoodsSoldFen: null,
        currency: 'CNY',
      },
    });
    const [year] = [...foldModels([held]).kpi.values()];
    expect(Object.keys(year?.months ?? {})).toEqual(['03']);
    const figure = monthFigure(kpiOf('inventoryTurns')!, year?.months['03'], '2024-03');
    expect(figure).toMatchObject({ numerator: null, reason: 'CONSIGNMENT_ONLY' });
    const staff = monthFigure(kpiOf('oee')!, year?.months['03'], '2024-03');
    expect(staff).toMatchObject({ reason: 'NO_DATA' });
  });
});
