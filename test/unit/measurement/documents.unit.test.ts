import { describe, expect, it } from 'vitest';
import { matchDocuments } from '../../../services/measurement/domain/guards/matching.ts';
import { OTHER, PROVIDER } from './guardFacts.ts';

describe('contract, invoice and payment', () => {
  const signed = { provider: PROVIDER, amountFen: 1_000_000, signedOn: '2023-09-10', currency: 'CNY' };
  const paper = (
    kind: 'contract' | 'invoice' | 'payment',
    amountFen: number,
    documentDate = '2023-10-01',
  ) => ({
    kind,
    amountFen,
    documentDate,
    counterparty: PROVIDER,
    currency: 'CNY',
    identity: kind,
  });

  it('match when their sums agree within the tolerance', () => {
    const papers = [paper('invoice', 600_000), paper('invoice', 395_000), paper('payment', 1_000_000)];
    expect(matchDocuments(signed, papers)).toMatchObject({ state: 'matched', problems: [] });
  });
  it('are said to match only on what was compared', () => {
    const silent = { ...paper('payment', 1_000_000), counterparty: null, amountFen: null };
    const match = matchDocuments(signed, [paper('invoice', 1_000_000), silent]);
    expect(match).toMatchObject({ state: 'unverified', problems: [] });
    expect(match.notCompared).toEqual([
      { kind: 'payment', field: 'counterpartyUscc', event: 'payment' },
      { kind: 'payment', field: 'amountFen', event: 'payment' },
    ]);
  });
  it('a supplement beside the contract is not held against it', () => {
    const papers = [paper('contract', 1_000_000), paper('contract', 50_000)];
    expect(matchDocuments(signed, papers)).toMatchObject({ state: 'incomplete', problems: [] });
  });
  it('are incomplete, not wrong, while something is missing', () => {
    expect(matchDocuments(signed, [paper('invoice', 1)])).toMatchObject({
      state: 'incomplete',
      missing: ['payment'],
    });
    expect(matchDocuments(undefined, [])).toMatchObject({ missing: ['contract', 'invoice', 'payment'] });
  });
  it.each([
    ['amount', [paper('invoice', 1_000_000), paper('payment', 900_000)], 'amountFen'],
    ['contract’s own amount', [paper('contract', 900_000)], 'amountFen'],
    ['date', [paper('invoice', 1_000_000, '2023-09-09')], 'documentDate'],
    ['currency', [{ ...paper('invoice', 1_000_000), currency: 'USD' }], 'currency'],
    ['party', [{ ...paper('invoice', 1_000_000), counterparty: OTHER }], 'counterpartyUscc'],
  ] as const)('do not match on the %s', (_name, papers, field) => {
    expect(matchDocuments(signed, papers)).toMatchObject({ state: 'mismatched', problems: [{ field }] });
  });
});
