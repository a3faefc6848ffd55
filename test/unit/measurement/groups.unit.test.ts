import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KpiList } from '../../../schemas/api/kpi.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthFigure, monthsOf } from '../../../services/measurement/domain/figures.ts';
import { groupFigure, isWithin, scopeOf, scopeText } from '../../../services/measurement/domain/groups.ts';
import { KPIS, kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { kpiRegistry } from '../../../services/measurement/domain/registry.ts';
import { workingSeconds } from '../../../services/measurement/domain/workingTime.ts';
import { testUscc } from '../../support/events.ts';
import { report, stock } from './facts.ts';

const PERIOD = '2024-03';

/** One firm's month with everything that figures need, all amounts times `size`. */
function firmMonth(serial: number, size: number): Fact[] {
  const uscc = testUscc(500 + serial);
  const n = (value: number) => value * size;
  return [
    stock(`s${serial}`, PERIOD, [n(80), n(60), n(30)]),
    report(`r${serial}`, 'revenue.reported.v1', { revenueFen: n(5000), purchasesFen: n(2000) }),
    report(`h${serial}`, 'headcount.reported.v1', { headcount: n(10), digitalStaff: 1 }),
    report(`e${serial}`, 'energy.reported.v2', { carriers: [{ carrier: 'electricity', energyWh: n(700) }] }),
    report(`d${serial}`, 'receivables.closed.v1', { receivablesFen: n(900), payablesFen: n(400) }),
    report(`c${serial}`, 'cost.reported.v1', {
      preventionCostFen: n(10),
      appraisalCostFen: n(20),
      internalFailureCostFen: n(30),
      externalFailureCostFen: n(40),
      processingCostFen: n(500),
    }),
    report(`p${serial}`, 'production.reported.v1', {
      plannedSeconds: n(1000),
      actualSeconds: n(900),
      idealCycleMs: 500,
      producedUnits: n(1500),
      goodUnits: n(1400),
      labourSeconds: n(3600),
    }),
    ...(['manual', 'ai'] as const).map((inspectionMethod) =>
      report(`q${serial}${inspectionMethod}`, 'quality.reported.v1', {
        inspectionMethod,
        inspectedUnits: n(1500),
        defectsFoundUnits: n(90),
        escapedUnits: n(10),
        falseRejectUnits: n(5),
      }),
    ),
  ].map((one) => ({ ...one, firm: uscc, identity: `/supplier/${uscc}/erp ${one.correlationId}` }));
}

const memberOf = (facts: readonly Fact[]) => {
  const years = [...foldModels(facts).kpi.values()];
  return { uscc: years[0]!.firm, months: monthsOf(years) };
};
const value = ({ numerator, denominator }: { numerator: number | null; denominator: number | null }) =>
  numerator! / denominator!;

describe('figures of several firms', () => {
  it.each(KPIS.map(({ id }) => id))('%s: one firm by itself is the group', (id) => {
    const kpi = kpiOf(id)!;
    const member = memberOf(firmMonth(1, 3));
    const alone = monthFigure(kpi, member.months(PERIOD), PERIOD);
    const group = groupFigure(kpi, [member], PERIOD);
    expect(value(group)).toBeCloseTo(value(alone), 10);
    expect(group).toMatchObject({ hash: alone.hash, events: alone.events, grade: alone.grade });
  });

  it.each(
    KPIS.map(({ id }) => id),
  )('%s: scale and order do not matter, and a firm split in two is the same firm', (id) => {
    const kpi = kpiOf(id)!;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 6 }), (sizes) => {
        const members = sizes.map((size, index) => memberOf(firmMonth(index, size)));
        const whole = memberOf(
          firmMonth(
            99,
            sizes.reduce((sum, size) => sum + size, 0),
          ),
        );
        const together = groupFigure(kpi, members, PERIOD);
        expect(value(together)).toBeCloseTo(value(groupFigure(kpi, [whole], PERIOD)), 9);
        expect(value(groupFigure(kpi, [...members].reverse(), PERIOD))).toBe(value(together));
      }),
      { numRuns: 20 },
    );
  });

  it('come from sums, not from a mean of ratios', () => {
    const kpi = kpiOf('inventoryTurns')!;
    const slow = { ...stock('slow', PERIOD, [900, 900, 30]), firm: testUscc(601) };
    const fast = { ...stock('fast', PERIOD, [100, 100, 70]), firm: testUscc(602) };
    const group = groupFigure(kpi, [memberOf([slow]), memberOf([fast])], PERIOD);
    expect(value(group)).toBeCloseTo((100 * 365) / 31 / 1000, 10);
  });

  it('leave out who has no figure, and say why', () => {
    const kpi = kpiOf('inventoryTurns')!;
    const members = [memberOf(firmMonth(1, 1)), { uscc: testUscc(610), months: () => undefined }];
    expect(groupFigure(kpi, members, PERIOD)).toMatchObject({
      firms: [testUscc(501)],
      without: { NO_DATA: 1 },
    });
    expect(groupFigure(kpi, members.slice(1), PERIOD)).toMatchObject({ numerator: null, reason: 'NO_DATA' });
  });
});

describe('scopes', () => {
  it.each([
    ['region:510000', 'province'],
    ['region:510100', 'city'],
    ['region:510112', 'district'],
    ['zone:成都高新区', 'zone'],
    [`chain:${testUscc(1)}`, 'chain'],
  ])('%s is a %s', (text, level) => {
    const scope = scopeOf(text)!;
    expect(scope.level).toBe(level);
    expect(scopeText(scope)).toBe(text);
  });

  it('hold the firms nominated in them', () => {
    const firm = { _id: testUscc(2), places: ['510100', '510112', '成都高新区'], chains: [testUscc(1)] };
    for (const text of [
      'region:510000',
      'region:510100',
      'region:510112',
      'zone:成都高新区',
      `chain:${testUscc(1)}`,
    ])
      expect(isWithin(firm, scopeOf(text)!), text).toBe(true);
    for (const text of ['region:320000', 'region:510200', 'zone:x', `leader:${testUscc(1)}`])
      expect(isWithin(firm, scopeOf(text)!), text).toBe(false);
    expect(scopeOf('510100')).toBeNull();
  });
});

describe('the registry of KPIs', () => {
  it('says of each what it needs, who states it, and what makes it null', () => {
    const { kpis } = KpiList.parse({ kpis: kpiRegistry() });
    expect(kpis.length).toBeGreaterThanOrEqual(KPIS.length + 4);
    expect(new Set(kpis.map(({ slug }) => slug)).size).toBe(kpis.length);
    for (const kpi of kpis) {
      expect(kpi.events.length, kpi.id).toBeGreaterThan(0);
      expect(kpi.sourceClasses.length, kpi.id).toBeGreaterThan(0);
      expect(kpi.nullWhen.length, kpi.id).toBeGreaterThan(0);
    }
    expect(kpis.find(({ id }) => id === 'payback')).toMatchObject({
      ...{ version: 1, unit: 'years', levels: ['supplier'], grades: ['a', 'c', 'd'] },
      events: expect.arrayContaining([
        'onboarding.contract-signed.v1',
        'subsidy.paid.v1',
        'cost.reported.v1',
      ]),
      nullWhen: [{ reason: 'PAYBACK_UNKNOWN' }, { reason: 'NOTHING_SAVED' }],
    });
  });
});

describe('working time', () => {
  const at = (text: string) => Date.parse(`${text}:00+08:00`);
  it.each([
    ['within one day', '2024-03-04T10:00', '2024-03-04T12:30', 2.5],
    ['outside office hours', '2024-03-04T18:00', '2024-03-05T08:00', 0],
    ['over a weekend', '2024-03-08T16:00', '2024-03-11T10:00', 2],
    [
      'over the National Day week, with a make-up Saturday',
      '2024-09-30T16:00',
      '2024-10-12T17:00',
      1 + 5 * 8,
    ],
    ['backwards', '2024-03-05T10:00', '2024-03-04T10:00', 0],
  ])('%s', (_name, from, to, hours) => {
    expect(workingSeconds(at(from), at(to))).toBe(hours * 3600);
  });
});
