import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { claimSupport } from '../../../services/measurement/domain/claimSupport.ts';
import { judgeClaim } from '../../../services/measurement/domain/claims.ts';
import { EMPTY_SET_HASH, type Fact, xorHashes } from '../../../services/measurement/domain/facts.ts';
import { monthFigure, monthsOf } from '../../../services/measurement/domain/figures.ts';
import { KPIS, kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { paybackBehind } from '../../../services/measurement/domain/payback.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { SLOT_CLASSES } from '../../../services/measurement/domain/slots.ts';
import {
  type MonthsBehind,
  type Support,
  statementsTaken,
} from '../../../services/measurement/domain/support.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, report, stock } from './facts.ts';

const { claims } = ClaimFile.parse(
  JSON.parse(
    readFileSync(new URL('../../../services/measurement/claims/sichuan.json', import.meta.url), 'utf8'),
  ),
);
const claimOf = (id: string) => claims.find((claim) => claim.id === id)!;
const PERIODS = ['2024-03', '2024-04'];

/** Reports that the KPIs over two kinds of them need; whatever was stated about them. */
const VALUES = {
  'revenue.reported.v1': { revenueFen: 500_000, purchasesFen: 200_000 },
  'production.reported.v1': {
    ...{ plannedSeconds: 1000, actualSeconds: 900, idealCycleMs: 500, producedUnits: 1500 },
    ...{ goodUnits: 1400, labourSeconds: 3600 },
  },
  'cost.reported.v1': {
    ...{
      preventionCostFen: 10,
      appraisalCostFen: 20,
      internalFailureCostFen: 30,
      externalFailureCostFen: 40,
    },
    processingCostFen: 500,
  },
  'quality.reported.v1': {
    ...{ inspectionMethod: 'ai', inspectedUnits: 9, defectsFoundUnits: 2, escapedUnits: 1 },
    falseRejectUnits: 1,
  },
  'receivables.closed.v1': { receivablesFen: 900, payablesFen: 400 },
} as const;
const TYPES = Object.keys(VALUES) as (keyof typeof VALUES)[];

const statement = fc.record({
  type: fc.constantFrom(...TYPES),
  sourceClass: fc.constantFrom(...SLOT_CLASSES),
  period: fc.constantFrom(...PERIODS),
  // Few instants, so that some statements are of the same one.
  timeMs: fc.integer({ min: 1, max: 3 }),
  hasDocument: fc.boolean(),
});

type Statement = typeof statement extends fc.Arbitrary<infer One> ? One : never;

const statedAs = (index: number, { type, hasDocument, ...fields }: Statement): Fact =>
  report(
    `s${index}`,
    type,
    { ...VALUES[type], period: fields.period, ...(hasDocument ? { documentNumber: 'D' } : {}) },
    fields,
  );

describe('the statements behind a month', () => {
  it('are those that the figure counts, whichever source classes state its kinds of report', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 24 }), (stated) => {
        const facts = [
          ...stated.map((one, index) => statedAs(index, one)),
          ...PERIODS.map((period) => stock(period, period, [80, 60, 30], { sourceClass: 'chain' })),
        ];
        const months = monthsOf([...foldModels(facts).kpi.values()]);
        for (const kpi of KPIS)
          for (const period of PERIODS) {
            const behind = statementsTaken(facts, kpi.kinds).filter((one) => one.period === period);
            const { events, hash } = monthFigure(kpi, months(period), period);
            const listed = behind.reduce((sum, one) => xorHashes(sum, one.hash), EMPTY_SET_HASH);
            expect([kpi.id, period, behind.length, listed]).toEqual([kpi.id, period, events, hash]);
          }
      }),
    );
  });

  it('leave out the class that another kind of report was taken of', () => {
    const books = { revenueFen: 5000, purchasesFen: 2000 };
    const production = VALUES['production.reported.v1'];
    const facts = [
      report('revenue', 'revenue.reported.v1', books),
      report('own', 'production.reported.v1', production),
      report('measured', 'production.reported.v1', production, { sourceClass: 'platform' }),
    ];
    const taken = statementsTaken(facts, kpiOf('valueAddedPerHour')!.kinds);
    expect(taken.map(({ correlationId }) => correlationId)).toEqual(['revenue', 'measured']);
  });
});

const CONTROLS = Array.from({ length: 6 }, (_, index) => testUscc(700 + index));
const books = (uscc: string, factor: number): Fact[] =>
  periodsBetween('2022-09', '2025-01').flatMap((period) => {
    const sold = Math.round(3000 * (period < '2023-09' ? 1 : factor));
    const of = { firm: uscc };
    return [
      stock(period, period, [7000, 7000, sold], of),
      report(`r${period}`, 'revenue.reported.v1', { period, revenueFen: 100_000, purchasesFen: 0 }, of),
      report(`c${period}`, 'cost.reported.v1', { ...VALUES['cost.reported.v1'], period }, of),
    ].map((one) => ({ ...one, identity: `/supplier/${uscc}/erp ${one.correlationId}` }));
  });
const FROZEN_MS = Date.parse('2023-09-10T00:00:00Z');

/** A firm that went live and counts, with six that never signed anything. */
function world(more: readonly Fact[] = []): World {
  const own = books(FIRM, 1.22);
  const step = (type: string, at: string, data: object): Fact =>
    fact({
      ...{ id: type, type, timeMs: Date.parse(at) },
      data: { supplierUscc: FIRM, platform: 'iip', programme: 'p', ...data },
    });
  return new World(
    foldModels([
      ...own,
      ...CONTROLS.flatMap((uscc) => books(uscc, 1)),
      step('onboarding.supplier-nominated.v1', '2023-07-01', {
        ...{ leaderUscc: testUscc(1), cityCode: '510100', districtCode: '510112', industryCode: '3670' },
      }),
      step('onboarding.contract-signed.v1', '2023-09-10', {
        ...{ signedOn: '2023-09-10', amountFen: 1000, currency: 'CNY' },
      }),
      step('baseline.frozen.v1', '2023-09-10', {
        ...{ contractMonth: '2023-09', figuresSha256: '' },
        ...freezeBaseline(monthsOf([...foldModels(own).kpi.values()]), '2023-09'),
      }),
      step('onboarding.go-live-confirmed.v1', '2024-01-10', { liveOn: '2024-01-10' }),
      step('onboarding.use-sustained.v1', '2024-03-10', {}),
      step('onboarding.level-assessed.v1', '2024-04-10', { level: 2, raterUscc: testUscc(2) }),
      step('onboarding.finance-audited.v1', '2024-05-10', { outcome: 'matched' }),
      step('onboarding.closed.v1', '2024-06-10', {
        status: 'ACCEPTED',
        stage: 'ACCEPTED',
        failureReason: null,
      }),
      plan('early', '2023-06-01T00:00:00Z', 1),
      plan('late', '2024-12-01T00:00:00Z', 2),
      ...more,
    ]),
    new Date('2025-03-01T00:00:00Z'),
  );
}
const plan = (id: string, at: string, planVersion: number): Fact =>
  fact({
    ...{ id, type: 'target.plan-published.v1', firm: null, timeMs: Date.parse(at) },
    data: {
      ...{ cityCode: '510100', cityName: '成都市', programme: 'p', planVersion, regionClass: 'west' },
      ...{ targetFirms: 20, windowFrom: '2023-06-01', windowTo: '2025-05-31' },
    },
  });

const isOfMonths = (support: Support): support is MonthsBehind => 'kinds' in support;
const supportOf = (id: string, of: World) => {
  const { entities } = judgeClaim(claimOf(id), of);
  return claimSupport(claimOf(id), entities, of);
};

describe('the events behind a claim', () => {
  it('about a gain are the months compared, those before as frozen, and the controls’', () => {
    const months = supportOf('longquanyi-turns', world()).filter(isOfMonths);
    const [before, after, ...controls] = months;
    expect(before).toMatchObject({ firm: FIRM, frozen: { timeMs: FROZEN_MS } });
    expect(before?.periods).toEqual(periodsBetween('2022-09', '2023-08').sort(byMonth));
    expect(after).toMatchObject({ firm: FIRM, frozen: undefined });
    expect([...(after?.periods ?? [])].sort()).toEqual(periodsBetween('2024-02', '2025-01'));
    expect(controls.map(({ firm }) => firm)).toEqual([...CONTROLS].sort());
    for (const { periods, frozen } of controls) {
      expect([...periods].sort()).toEqual([...(before?.periods ?? []), ...(after?.periods ?? [])].sort());
      expect(frozen).toBeUndefined();
    }
  });

  it('about a day are the plans in force then and what firms counted by, up to the day', () => {
    const [plans, counted] = supportOf('cities-below-15', world());
    expect(plans).toEqual({ identities: [`/supplier/null/erp early`] });
    expect(counted).toMatchObject({
      firms: [FIRM],
      programme: 'p',
      types: expect.arrayContaining(['onboarding.finance-audited.v1', 'onboarding.use-sustained.v1']),
      asOf: new Date('2024-10-31T15:59:59.999Z'),
    });
  });

  it('about a payback are the contract, the money paid, the freeze, and the months of cost and revenue', () => {
    const paid = (id: string, currency: string): Fact =>
      fact({
        ...{ id, type: 'subsidy.paid.v1' },
        data: { supplierUscc: FIRM, programme: 'p', paymentNumber: id, amountFen: 100, currency },
      });
    const of = world([paid('counted', 'CNY'), paid('foreign', 'USD')]);
    const [events, ...months] = paybackBehind(of, FIRM);
    const named = ['onboarding.contract-signed.v1', 'baseline.frozen.v1', 'counted'];
    expect(events).toEqual({ identities: named.map((id) => `/supplier/${FIRM}/erp ${id}`) });
    const since = new Set(
      months.filter(isOfMonths).flatMap(({ periods, frozen }) => (frozen ? [] : periods)),
    );
    expect([...since].sort()).toEqual(periodsBetween('2023-10', '2025-01'));
    for (const { kinds } of months.filter(isOfMonths)) expect(kinds).toEqual(['cost', 'revenue']);
  });
});

/** In the order of the months after, which begin with February. */
const byMonth = (a: string, b: string): number => {
  const place = (period: string) => (Number(period.slice(5)) + 10) % 12;
  return place(a) - place(b);
};
