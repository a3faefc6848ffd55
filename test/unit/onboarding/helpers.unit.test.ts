import { describe, expect, it } from 'vitest';
import {
  lighthousesToVisit,
  otherProviders,
  type PastHelp,
} from '../../../services/onboarding/domain/helpers.ts';

const helped = { supplierUscc: 'us', industryCode: '3670', baselineLevel: 1, providers: ['ours'] };
let serial = 0;
const help = (more: Partial<PastHelp>): PastHelp => {
  serial += 1;
  return {
    supplierUscc: `firm-${serial}`,
    supplierName: null,
    industryCode: '3660',
    baselineLevel: 1,
    providerUscc: 'p',
    solution: 'MES light',
    isLive: true,
    ...more,
  };
};
const providersFor = (past: readonly PastHelp[], firm = helped) =>
  otherProviders(firm, { past, lighthouses: new Set() });

describe('another provider', () => {
  it('brought firms of the same industry live, those first that began no higher', () => {
    const past = [
      ...[1, 2, 3].map(() => help({ providerUscc: 'from-above', baselineLevel: 3 })),
      ...[1, 2].map(() => help({ providerUscc: 'from-below' })),
      help({ providerUscc: 'from-below', isLive: false, solution: 'never worked' }),
    ];
    expect(providersFor(past)).toMatchObject([
      { uscc: 'from-below', engaged: 3, live: 2, solutions: ['MES light'], industry: '36' },
      { uscc: 'from-above', engaged: 3, live: 3 },
    ]);
  });

  it('is then one that did so more often, then by its code', () => {
    const past = ['b', 'often', 'a', 'often'].map((providerUscc) => help({ providerUscc, baselineLevel: 3 }));
    expect(providersFor(past).map(({ uscc }) => uscc)).toEqual(['often', 'a', 'b']);
  });

  it('is none that the firm has had, that never succeeded, or that knows other industries alone', () => {
    const past = [
      help({ providerUscc: 'ours' }),
      help({ providerUscc: 'failed', isLive: false }),
      help({ providerUscc: 'foods', industryCode: '1311' }),
      help({ providerUscc: 'unknown', industryCode: null }),
      help({ providerUscc: null }),
      help({ providerUscc: 'only-us', supplierUscc: 'us' }),
    ];
    expect(providersFor(past)).toEqual([]);
    expect(providersFor([help({})], { ...helped, industryCode: null as never })).toEqual([]);
  });

  it('is one of three at most', () => {
    expect(providersFor(['a', 'b', 'c', 'd'].map((providerUscc) => help({ providerUscc })))).toHaveLength(3);
  });
});

describe('a firm to visit', () => {
  it('is a lighthouse of the same industry, not the firm itself', () => {
    const past = [
      help({ supplierUscc: 'lighthouse', supplierName: 'Lighthouse' }),
      help({ supplierUscc: 'elsewhere', industryCode: '1311' }),
      help({ supplierUscc: 'plain' }),
      help({ supplierUscc: 'us', industryCode: '3670' }),
    ];
    const lighthouses = new Set(['lighthouse', 'elsewhere', 'us', 'never-onboarded']);
    expect(lighthousesToVisit(helped, { past, lighthouses })).toMatchObject([
      { uscc: 'lighthouse', name: 'Lighthouse', live: null, solutions: ['MES light'] },
    ]);
  });

  it('is one of three at most', () => {
    const firms = ['a', 'b', 'c', 'd'];
    const past = firms.map((supplierUscc) => help({ supplierUscc, solution: null }));
    const found = lighthousesToVisit(helped, { past, lighthouses: new Set(firms) });
    expect(found.map(({ uscc, solutions }) => [uscc, solutions])).toEqual([
      ['a', []],
      ['b', []],
      ['c', []],
    ]);
  });
});
