import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { FIRM, leaderFrozen, stock } from './facts.ts';
import { about, asOf, contract, FIRST, found, LEADER, nominated } from './guardFacts.ts';

describe('a leader whose stock went to its supplier', () => {
  const YUAN = 1_000;
  /** Sales stay; stock goes from `before` to `after` with the contract month. */
  const ledger = (firm: string, before: number, after: number, until: string): Fact[] =>
    periodsBetween('2022-09', until).map((period) => {
      const level = YUAN * (period < '2023-09' ? before : after);
      const close = stock(period, period, [level, level, 100 * YUAN], { timeMs: Date.parse(`${period}-28`) });
      return { ...close, firm, identity: `/supplier/${firm}/erp ${period}` };
    });
  const chain = (leaderAfter: number, supplierAfter: number, at = asOf, until = '2025-01') => {
    const own = ledger(FIRM, 50, supplierAfter, until);
    const leaders = ledger(LEADER, 100, leaderAfter, until);
    const frozen = {
      supplierUscc: FIRM,
      programme: FIRST,
      contractMonth: '2023-09',
      figuresSha256: '',
      ...freezeBaseline(monthsOf([...foldModels(own).kpi.values()]), '2023-09'),
    };
    return found(
      [
        about('l', 'leader.registered.v1', { leaderUscc: LEADER, name: 'Leader' }, LEADER),
        nominated(),
        contract(),
        about('f', 'baseline.frozen.v1', frozen),
        leaderFrozen(LEADER, '2023-09', leaders),
        ...own,
        ...leaders,
      ],
      at,
    ).filter(({ code }) => code === 'STOCK_DISPLACED');
  };

  it('is found, and leader, suppliers and chain are shown together: +22 %, and nothing for the chain', () => {
    expect(chain(82, 68)).toMatchObject([
      {
        entities: [LEADER],
        evidence: [
          {
            leader: { change: expect.closeTo(100 / 82 - 1, 10) },
            suppliers: { change: expect.closeTo(50 / 68 - 1, 10) },
            others: { change: null },
            chain: { change: expect.closeTo(0, 10) },
          },
        ],
        facts: [0, 5, 10, 15, 20].map((percent) => ({
          key: `since 2024-03 ${percent} %`,
          timeMs: Date.parse('2024-03-28'),
        })),
      },
    ]);
  });

  it('is due from the month in which it showed first: reports of later months do not put it off', () => {
    const then = chain(82, 68, new Date('2024-04-05T00:00:00Z'));
    expect(then).toMatchObject([{ id: `STOCK_DISPLACED/${LEADER}` }]);
    expect(then[0]?.facts).toEqual(chain(82, 68)[0]?.facts);
    expect(chain(82, 68, new Date('2024-03-05T00:00:00Z'))).toEqual([]);
  });

  it('is known by the month in which it began, however many years ago', () => {
    const then = chain(82, 68, new Date('2030-03-05T00:00:00Z'), '2030-01');
    expect(then[0]?.facts).toEqual(chain(82, 68)[0]?.facts);
  });

  it('is not, where the supplier’s stock fell too', () => {
    expect(chain(82, 45)).toEqual([]);
    expect(chain(100, 50)).toEqual([]);
  });
});
