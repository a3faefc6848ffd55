import { expect, test } from 'vitest';
import { withholdFew } from '../../../services/gateway/domain/disclosure.ts';

const part = (value: number, firms: number) => ({ value, reason: null, firms, figureId: null });

test('five suppliers are summed up; four are not, nor can they be found by subtraction', () => {
  const month = (firms: number) => ({
    leader: part(5, 1),
    suppliers: part(6, firms),
    chain: part(5.5, firms + 1),
  });
  expect(withholdFew(month(5))).toEqual(month(5));
  const few = withholdFew(month(4));
  expect(few.leader).toEqual(part(5, 1));
  for (const one of [few.suppliers, few.chain])
    expect(one).toMatchObject({ value: null, reason: 'FEWER_THAN_FIVE' });
});

test('a month in which no supplier has reported withholds nothing of the leader', () => {
  const month = { leader: part(5, 1), suppliers: part(0, 0), chain: part(5, 1) };
  expect(withholdFew(month)).toEqual(month);
});
