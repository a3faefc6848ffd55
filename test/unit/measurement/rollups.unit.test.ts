import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { groupFigure, isWithin, scopeOf, scopesOf } from '../../../services/measurement/domain/groups.ts';
import { KPIS } from '../../../services/measurement/domain/kpis.ts';
import { figureOfPool, PoolSum } from '../../../services/measurement/domain/pools.ts';
import { foldModels, type Models } from '../../../services/measurement/domain/readModels.ts';
import {
  changesOf,
  moveOf,
  type Rollup,
  rolledUp,
  rollupsOf,
} from '../../../services/measurement/domain/rollups.ts';
import { testUscc } from '../../support/events.ts';
import { report, stock } from './facts.ts';

const FIRMS = [testUscc(701), testUscc(702), testUscc(703)];
const LEADERS = [testUscc(704), testUscc(701)];
const PERIODS = ['2023-12', '2024-01', '2024-02'] as const;

const at = (one: Fact, firm: string): Fact => ({
  ...one,
  firm,
  identity: `/supplier/${firm}/erp ${one.correlationId}`,
});

/** Closed months, reports, foreign currencies, zero cost, consignment stock and nominations of a few firms. */
const someFact: fc.Arbitrary<Fact> = fc
  .record({
    id: fc.integer({ min: 0, max: 100_000 }).map(String),
    firm: fc.constantFrom(...FIRMS),
    period: fc.constantFrom(...PERIODS),
    amount: fc.integer({ min: 0, max: 9_000_000_000 }),
    kind: fc.constantFrom('stock', 'stock', 'dollars', 'held', 'revenue', 'receivables', 'nominated'),
    timeMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_004 }),
    isPlatform: fc.boolean(),
  })
  .map(({ id, firm, period, amount, kind, timeMs, isPlatform }): Fact => {
    const fields = { timeMs, sourceClass: isPlatform ? ('platform' as const) : ('supplier' as const) };
    switch (kind) {
      case 'stock':
        return at(stock(id, period, [amount, 60, amount % 3 === 0 ? 0 : amount], fields), firm);
      case 'dollars':
        return at(stock(id, period, [amount, 60, 30], { ...fields, currency: 'USD' }), firm);
      case 'held': {
        const held = stock(id, period, [amount, 60, null], { timeMs, sourceClass: 'chain' });
        return at(
          { ...held, data: { ...held.data, stockKind: 'consignment', holderUscc: LEADERS[0] } },
          firm,
        );
      }
      case 'revenue':
        return at(
          report(
            id,
            'revenue.reported.v1',
            { period, revenueFen: amount, purchasesFen: 10 },
            { ...fields, period },
          ),
          firm,
        );
      case 'receivables':
        return at(
          report(
            id,
            'receivables.closed.v1',
            { period, receivablesFen: amount, payablesFen: 40 },
            { ...fields, period },
          ),
          firm,
        );
      default:
        return at(
          report(
            id,
            'onboarding.supplier-nominated.v1',
            {
              supplierUscc: firm,
              platform: 'iip',
              programme: amount % 2 === 0 ? 'one' : 'two',
              leaderUscc: LEADERS[amount % 2],
              cityCode: ['510100', '510600', '320500'][amount % 3],
              districtCode: amount % 3 === 0 ? '510112' : null,
              zone: amount % 5 === 0 ? '51 Zone' : null,
              industryCode: '3670',
            },
            fields,
          ),
          firm,
        );
    }
  });

const uniqueFacts = fc.uniqueArray(someFact, { selector: ({ identity }) => identity, maxLength: 30 });
const everything = (models: Models) => rollupsOf(models.firms.values(), models.kpi.values());

/** Keeps roll-ups through a sequence of states, by nothing but the changes from each to the next. */
function kept(states: readonly Models[]): Map<string, Rollup> {
  const rollups = new Map<string, Rollup>();
  let before = foldModels([]);
  for (const after of states) {
    const firms = new Set([...before.firms.keys(), ...after.firms.keys(), ...FIRMS]);
    const moves = new Map(
      [...firms].map((firm) => [firm, moveOf(before.firms.get(firm) ?? null, after.firms.get(firm) ?? null)]),
    );
    const gone = [...before.kpi.keys()].filter((id) => !after.kpi.has(id)).map((id) => [id, null] as const);
    const changes = changesOf(moves, before.kpi, new Map([...after.kpi, ...gone]));
    for (const [id, sums] of changes.byRollup()) {
      const rollup = rolledUp(id, rollups.get(id) ?? null, sums);
      if (rollup === null) rollups.delete(id);
      else rollups.set(id, rollup);
    }
    before = after;
  }
  return rollups;
}

describe('roll-ups', () => {
  it('kept by changes equal a rebuild: late events, other groups, and statements taken back', () => {
    fc.assert(
      fc.property(
        uniqueFacts,
        fc.array(fc.nat(30), { maxLength: 4 }),
        fc.func(fc.boolean()),
        (facts, cuts, stays) => {
          const states = cuts.sort((a, b) => a - b).map((cut) => foldModels(facts.slice(0, cut)));
          const last = foldModels(facts.filter(({ identity }) => stays(identity)));
          expect(kept([...states, foldModels(facts), last])).toEqual(everything(last));
        },
      ),
    );
  });

  it('leave nothing behind when all is taken back', () => {
    fc.assert(
      fc.property(uniqueFacts, (facts) => {
        expect(kept([foldModels(facts), foldModels([])]).size).toBe(0);
      }),
    );
  });

  it('give every figure that the firms give one by one', () => {
    fc.assert(
      fc.property(uniqueFacts, (facts) => {
        const models = foldModels(facts);
        const rollups = everything(models);
        const firms = [...models.firms.values()];
        const years = [...models.kpi.values()];
        for (const text of new Set(firms.flatMap(scopesOf))) {
          const members = firms
            .filter((firm) => isWithin(firm, scopeOf(text)!))
            .map(({ _id }) => ({ uscc: _id, months: monthsOf(years.filter(({ firm }) => firm === _id)) }));
          for (const period of PERIODS)
            for (const kpi of KPIS) {
              const pool = rollups.get(`${text}/${period}`)?.kpis[kpi.id] ?? new PoolSum().toPool();
              const { firms: _, ...one } = groupFigure(kpi, members, period);
              expect(figureOfPool(kpi, pool, period, members.length), `${text} ${kpi.id}`).toEqual(one);
            }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('hold a firm in its district, city, province, zone and supplier bases, never in its own', () => {
    const firm = { _id: testUscc(701), places: ['510100', '510112', '51 Zone'], chains: LEADERS };
    expect(scopesOf(firm)).toEqual([
      'region:510000',
      'region:510100',
      'region:510112',
      `suppliers:${testUscc(704)}`,
      'zone:51 Zone',
    ]);
  });
});
