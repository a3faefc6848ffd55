import { createHash } from 'node:crypto';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { testUscc } from '../../support/events.ts';

export const FIRM = testUscc(101);

/** A fact as ingest would have stored it. */
export function fact(fields: Partial<Fact> & { type: string; id: string; data: Fact['data'] }): Fact {
  const firm = fields.firm === undefined ? FIRM : fields.firm;
  const { id, ...rest } = fields;
  return {
    identity: `/supplier/${firm}/erp ${id}`,
    sourceClass: 'supplier',
    timeMs: Date.parse('2024-04-05T00:00:00Z'),
    firm,
    period: String(fields.data.period ?? '2024-03'),
    correlationId: id,
    hash: createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32),
    ...rest,
  };
}

/** A closed month of own stock; money in whole yuan for readability. */
export function stock(
  id: string,
  period: string,
  [opening, closing, sold]: readonly [number, number, number | null],
  fields: Partial<Fact> & { currency?: string } = {},
): Fact {
  const { currency = 'CNY', ...rest } = fields;
  return fact({
    id,
    type: 'inventory.closed.v1',
    data: {
      firmUscc: FIRM,
      holderUscc: FIRM,
      stockKind: 'own',
      period,
      openingStockFen: opening * 100,
      closingStockFen: closing * 100,
      costOfGoodsSoldFen: sold === null ? null : sold * 100,
      currency,
    },
    ...rest,
  });
}

export const report = (id: string, type: string, data: Fact['data'], fields: Partial<Fact> = {}): Fact =>
  fact({ id, type, data: { firmUscc: FIRM, period: '2024-03', ...data }, ...fields });

/** A leader's own figures, frozen before the first contract in its chain. */
export const leaderFrozen = (leader: string, contractMonth: string, ledger: readonly Fact[]): Fact =>
  fact({
    id: 'leader-frozen',
    type: 'leader-baseline.frozen.v1',
    firm: leader,
    timeMs: Date.parse(`${contractMonth}-10`),
    data: {
      leaderUscc: leader,
      programme: 'sme-510100-2023',
      contractMonth,
      figuresSha256: '',
      ...freezeBaseline(monthsOf([...foldModels(ledger).kpi.values()]), contractMonth),
    },
  });
