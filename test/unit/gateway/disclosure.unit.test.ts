import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FirmKpis } from '../../../schemas/api/kpi.ts';
import { CONSENT_SCOPES, type ConsentScope } from '../../../schemas/events/consent.ts';
import {
  disclose,
  discloseBesideOutcome,
  discloseChain,
  discloseFinding,
  discloseOutcome,
  FEWEST_FOR_A_MEDIAN,
  medianOfOthers,
} from '../../../services/gateway/domain/disclosure.ts';
import { SUPPLIER, testUscc } from '../../support/events.ts';
import { BESIDE_OUTCOME } from '../../support/onboardingFacts.ts';

/** Every figure in it is one that must not be seen; they share no digits with what may be. */
const SECRET = 7_654_321;
const CHANGE = 0.25;
const figure = (figureId: string, extra: object = {}) => ({
  value: SECRET,
  figureId,
  numerator: SECRET,
  denominator: SECRET,
  events: 3,
  grade: 'a' as const,
  sourceClass: 'supplier',
  superseded: SECRET,
  bySource: [{ value: SECRET }, { value: SECRET }],
  ...extra,
});
const KPI_IDS = ['inventoryTurns', 'revenuePerHead', 'processingCostPerGoodUnit', 'cashToCash'];
const kpis = (): FirmKpis => ({
  uscc: SUPPLIER,
  name: 'Firm',
  asOf: '2025-01-01T00:00:00Z',
  payback: {
    ...{ value: 2, unit: 'years', figureId: 'payback/v1/x', published: 3, paidBackAfterMonths: 7 },
    ...{ ownOutlayFen: SECRET, yearlySavingFen: SECRET, savedFen: SECRET },
  },
  baseline: {
    programme: 'p',
    contractMonth: '2024-03',
    months: ['2024-02'],
    figures: Object.fromEntries(KPI_IDS.map((id) => [id, figure(id)])),
    eventCount: 3,
    figuresSha256: 'a'.repeat(64),
    event: '/x 1',
    frozenAt: '2024-03-01T00:00:00Z',
    refrozen: null,
  },
  months: [
    {
      month: '2024-04',
      ...Object.fromEntries(KPI_IDS.map((id) => [id, figure(id, { comesLater: SECRET })])),
    } as FirmKpis['months'][number],
  ],
  improvement: Object.fromEntries(
    KPI_IDS.map((id) => [id, { value: CHANGE, figureId: id, before: SECRET, after: SECRET, later: SECRET }]),
  ),
});
const occurrences = (value: unknown): number => JSON.stringify(value).split(String(SECRET)).length - 1;

describe('what another firm sees of a supplier', () => {
  it('without consent is no absolute figure anywhere, and every relative change', () => {
    const shown = disclose(kpis(), []);
    expect(occurrences(shown)).toBe(0);
    for (const id of KPI_IDS) expect(shown.improvement[id]).toMatchObject({ value: CHANGE });
    expect(shown.months[0]?.inventoryTurns).toMatchObject({ value: null, reason: 'CONSENT_REQUIRED' });
    expect(shown.payback).toMatchObject({ value: 2, ownOutlayFen: null });
  });

  it('with one scope is that scope alone', () => {
    const byStock = disclose(kpis(), ['stock']);
    expect(byStock.months[0]?.inventoryTurns).toMatchObject({ value: SECRET, numerator: null });
    expect(byStock.months[0]?.inventoryTurns, 'turns and stock together are cost').toMatchObject({
      denominator: null,
    });
    for (const id of ['revenuePerHead', 'processingCostPerGoodUnit', 'cashToCash'])
      expect(occurrences(byStock.months[0]?.[id]), id).toBe(0);
    expect(byStock.payback.ownOutlayFen).toBeNull();
    const byRevenue = disclose(kpis(), ['revenue']);
    expect(byRevenue.months[0]?.revenuePerHead).toMatchObject({ value: SECRET, numerator: SECRET });
    expect(occurrences(byRevenue.months[0]?.inventoryTurns)).toBe(0);
  });

  it('grows with every scope, and with all of them is everything', () => {
    const scopes = fc.subarray([...CONSENT_SCOPES]);
    fc.assert(
      fc.property(scopes, scopes, (a: ConsentScope[], b: ConsentScope[]) => {
        const both = [...new Set([...a, ...b])];
        expect(occurrences(disclose(kpis(), both))).toBeGreaterThanOrEqual(occurrences(disclose(kpis(), a)));
      }),
    );
    expect(disclose(kpis(), CONSENT_SCOPES)).toEqual(kpis());
  });

  it('of an outcome is its change', () => {
    const outcome = { kpi: 'inventoryTurns', before: SECRET, after: SECRET, change: CHANGE };
    expect(discloseOutcome(outcome, [])).toEqual({ ...outcome, before: null, after: null });
    expect(discloseOutcome(outcome, ['stock'])).toEqual(outcome);
  });

  it('beside an outcome is what becomes of the leader and of sums over five suppliers, for the leader', () => {
    const row = { ...BESIDE_OUTCOME, supplierFirms: 5, others: -0.2, otherFirms: 7 };
    expect(discloseBesideOutcome(row)).toEqual(row);
    const few = { ...row, supplierFirms: 4 };
    expect(discloseBesideOutcome(few)).toEqual({ ...few, suppliers: null, chain: null });
    const fewOthers = { ...row, otherFirms: 1 };
    expect(discloseBesideOutcome(fewOthers)).toEqual({ ...fewOthers, others: null, chain: null });
  });
});

describe('medians of a chain', () => {
  const chain = (count: number) =>
    new Map(Array.from({ length: count }, (_, index) => [`f${index}`, (index * index) / 100]));

  it('are of five other firms at least', () => {
    expect(medianOfOthers(chain(5), 'f0', new Set(['f0']))).toMatchObject({
      median: null,
      reason: 'FEWER_THAN_FIVE',
    });
    expect(medianOfOthers(chain(6), 'f0', new Set(['f0']))).toEqual({ median: 0.09, firms: 5, reason: null });
  });

  it('tell nobody the one firm that they do not see, however they ask', () => {
    // A provider that serves all but a few firms, or somebody with several firms, asks about each of theirs and compares the answers.
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 11 }), (size, hidden) => {
        const firms = [...chain(size).keys()];
        const seen = new Set(firms.slice(Math.min(hidden, size - 1)));
        const unseen = size - seen.size;
        for (const own of seen) {
          const { median } = medianOfOthers(chain(size), own, seen);
          if (unseen < FEWEST_FOR_A_MEDIAN) expect(median, `${unseen} of ${size} unseen`).toBeNull();
        }
      }),
    );
  });

  it('are the same for all members from outside, whatever one hidden firm reports', () => {
    const seen = new Set(['f0']);
    const honest = medianOfOthers(chain(9), 'f0', seen).median;
    const extreme = medianOfOthers(new Map([...chain(9), ['f8', 1e9]]), 'f0', seen).median;
    expect(extreme).toBe(honest);
  });

  it('of a chain of few suppliers are not the difference between chain and leader', () => {
    const part = (firms: number) => ({ before: 4, after: 5, change: CHANGE, firms, reason: null });
    const gains = (firms: number) => ({
      leaderUscc: 'L',
      leader: part(1),
      suppliers: part(firms),
      chain: part(firms + 1),
    });
    expect(discloseChain(gains(4))).toMatchObject({
      leader: { change: CHANGE },
      suppliers: { before: null, change: null, reason: 'FEWER_THAN_FIVE' },
      chain: { after: null, reason: 'FEWER_THAN_FIVE' },
    });
    expect(discloseChain(gains(5))).toEqual(gains(5));
    // What is left of the chain when leader and suppliers are taken off is the others'.
    expect(discloseChain({ ...gains(5), others: part(2) })).toMatchObject({
      suppliers: { change: CHANGE },
      others: { change: null, reason: 'FEWER_THAN_FIVE' },
      chain: { change: null, reason: 'FEWER_THAN_FIVE' },
    });
  });
});

describe('a finding about several firms', () => {
  const [own, other, leader] = [testUscc(1), testUscc(2), testUscc(3)];
  const finding = {
    entities: [own, other, leader, '510100'],
    evidence: [
      { uscc: own, invoice: 'A-1' },
      { uscc: other, invoice: 'A-1' },
      { leader, month: '2024-03' },
      { projects: [{ uscc: other, amountFen: SECRET }] },
    ],
  };

  it('tells a supplier nothing of the others, and all of itself and of leaders', () => {
    const seen = discloseFinding(finding, new Set([own, leader]));
    expect(seen.entities).toEqual([own, leader, '510100']);
    expect(seen.evidence).toEqual([finding.evidence[0], finding.evidence[2]]);
    expect(JSON.stringify(seen)).not.toContain(other);
    expect(discloseFinding(finding, new Set([own, other, leader]))).toEqual(finding);
  });
});
