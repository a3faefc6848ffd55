import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { eventOf } from '../../../services/console/src/api/statements.ts';
import {
  dataOf,
  isStated,
  STATEMENTS,
  type StatedStep,
  statementOf,
} from '../../../services/console/src/supplier/statements.ts';
import { testUscc } from '../../support/events.ts';

const target = { supplierUscc: testUscc(61), platform: 'huanyu', programme: 'sichuan-1' };
const TYPED: Readonly<Record<StatedStep, Readonly<Record<string, string>>>> = {
  CONTRACTED: {
    contractNumber: ' HT-7 ',
    signedOn: '2025-03-01',
    amountYuan: '1234.56',
    providerUscc: testUscc(62).toLowerCase(),
  },
  TRAINED: { completedOn: '2025-04-01', trainedPersons: '12' },
  LIVE: { liveOn: '2025-05-01' },
};

describe('what a supplier states of its own steps', () => {
  it.each(Object.keys(STATEMENTS) as StatedStep[])('%s is an event that ingest takes', (step) => {
    const { type, fields } = STATEMENTS[step];
    expect(fields.map(({ name }) => name).sort()).toEqual(Object.keys(TYPED[step]).sort());
    const event = eventOf(statementOf(step, target, TYPED[step]), { id: 'one', at: new Date(0) });
    expect(event).toMatchObject({ type, source: `/supplier/${target.supplierUscc}/portal`, id: 'one' });
    const definition = EVENT_TYPES.get(type);
    expect(definition?.data.safeParse((event as { data: unknown }).data).error).toBeUndefined();
  });

  it('holds an amount in fen, and no other step is stated', () => {
    expect(dataOf('CONTRACTED', TYPED.CONTRACTED)).toMatchObject({
      amountFen: 123_456,
      contractNumber: 'HT-7',
      providerUscc: testUscc(62),
    });
    expect(isStated('DIAGNOSED')).toBe(false);
  });
});
