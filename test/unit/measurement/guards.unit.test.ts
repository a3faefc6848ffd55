import { describe, expect, it } from 'vitest';
import { findingWords } from '../../../services/console/src/i18n/zh/findings.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { subsidyBalance } from '../../../services/measurement/domain/ledgers.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { FIRM, stock } from './facts.ts';
import {
  about,
  applied,
  byBureau,
  byOnboarding,
  codes,
  contract,
  copied,
  energy,
  FIRST,
  file,
  found,
  held,
  LEADER,
  months,
  nominated,
  OTHER,
  OTHER_LEADER,
  PROVIDER,
  plan,
  SAMPLE,
  SECOND,
  subsidy,
} from './guardFacts.ts';

const rated = (level: number, score: number): Fact =>
  about('rated', 'onboarding.level-assessed.v1', {
    ...{ supplierUscc: FIRM, platform: 'iip', programme: FIRST, edition: '2022', score, level },
  });

const CASES: readonly (readonly [code: string, facts: readonly Fact[], innocent: readonly Fact[]])[] = [
  [
    'COUNTED_IN_TWO_CITIES',
    [nominated(), nominated({ programme: SECOND, cityCode: '320500' })],
    [nominated(), nominated({ programme: SECOND })],
  ],
  [
    'COUNTED_IN_TWO_CHAINS',
    [nominated(), nominated({ platform: 'other', leaderUscc: OTHER_LEADER })],
    [nominated(), nominated({ platform: 'other' }), applied({ platform: 'third' })],
  ],
  // The plainest case: for one programme and platform, where one nomination stands. By two leaders, and by one that names another city.
  [
    'COUNTED_IN_TWO_CHAINS',
    [nominated(), nominated({ leaderUscc: OTHER_LEADER })],
    [nominated(), byBureau(nominated())],
  ],
  [
    'COUNTED_IN_TWO_CITIES',
    [nominated(), byBureau(nominated({ cityCode: '320500' }))],
    [nominated(), byBureau(nominated())],
  ],
  ['COUNTED_IN_TWO_CITIES', [nominated(), applied({ cityCode: '320500' })], [nominated(), applied({})]],
  [
    'COUNTED_IN_TWO_BATCHES',
    [plan(FIRST, '510100', 1), plan(SECOND, '510100', 2), nominated(), nominated({ programme: SECOND })],
    [plan(FIRST, '510100', 1), plan(SECOND, '510100', 1), nominated(), nominated({ programme: SECOND })],
  ],
  ['LEVEL_INCONSISTENT', [nominated(), rated(3, 45)], [nominated(), rated(2, 45)]],
  ['PILOT_ALSO_COPIED', [nominated(), copied(SAMPLE)], [copied(SAMPLE)]],
  ['COPIED_TWICE', [copied(SAMPLE), copied(OTHER)], [copied(SAMPLE)]],
  [
    'SUBSIDIARY_COUNTED',
    [
      nominated(),
      nominated({}, OTHER),
      about('own', 'ownership.declared.v1', {
        firmUscc: FIRM,
        parentUscc: OTHER,
        shareBasisPoints: 6000,
        validFrom: '2020-01-01',
      }),
    ],
    [nominated(), nominated({}, OTHER)],
  ],
  [
    // A city without a plan of its own: the programme's windows.
    'CONTRACT_OUTSIDE_WINDOW',
    [plan(FIRST, '510600', 1), nominated(), contract({ signedOn: '2023-05-31' })],
    [plan(FIRST, '510600', 1), nominated(), contract({ signedOn: '2023-06-01' })],
  ],
  [
    'CONTRACT_OUTSIDE_WINDOW',
    [plan(FIRST, '510100', 1), nominated(), contract({ signedOn: '2023-05-31' })],
    [plan(FIRST, '510100', 1), nominated(), contract({ signedOn: '2023-06-01' })],
  ],
  [
    'CONTRACT_REUSED',
    [contract(), contract({}, OTHER)],
    [contract(), contract({ providerUscc: LEADER }, OTHER)],
  ],
  [
    'INVOICE_REUSED',
    [
      file('a', { documentNumber: 'I1', counterpartyUscc: PROVIDER }),
      file('b', { documentNumber: 'I1', counterpartyUscc: PROVIDER }, OTHER),
    ],
    [
      file('a', { documentNumber: 'I1', counterpartyUscc: PROVIDER }),
      file('b', { documentNumber: 'I1', counterpartyUscc: LEADER }, OTHER),
    ],
  ],
  [
    'FILE_REUSED',
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64) }, OTHER)],
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64) })],
  ],
  ...(['invoice', 'payment'] as const).flatMap((kind) => {
    const code = `${kind.toUpperCase()}_REUSED`;
    const paper = { kind, documentNumber: 'I1', amountFen: 7, documentDate: '2024-01-02' };
    const named = { ...paper, counterpartyUscc: PROVIDER };
    return [
      [
        code,
        [file('a', named), file('b', named, OTHER)],
        [file('a', named), file('b', { ...named, counterpartyUscc: LEADER }, OTHER)],
      ],
      // Who issued it is not said, and all else is the same.
      [
        code,
        [file('a', paper), file('b', named, OTHER)],
        [file('a', paper), file('b', { ...named, amountFen: 8 }, OTHER)],
      ],
    ] as const;
  }),
  [
    'FILE_REUSED',
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64), kind: 'payment' })],
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64), kind: 'other' })],
  ],
  [
    'EVIDENCE_MISMATCHED',
    [contract(), file('a', { counterpartyUscc: OTHER })],
    [contract(), file('a', { counterpartyUscc: PROVIDER })],
  ],
  [
    'ALREADY_FUNDED',
    [subsidy('paid', FIRST, 5), subsidy('paid', SECOND, 5)],
    [subsidy('paid', FIRST, 5), subsidy('paid', SECOND, 5), subsidy('clawed-back', SECOND, 5)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [subsidy('reserved', FIRST, 5), subsidy('paid', FIRST, 6)],
    [subsidy('reserved', FIRST, 5), subsidy('paid', FIRST, 6), subsidy('clawed-back', FIRST, 1)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [subsidy('paid', FIRST, 6)],
    [subsidy('reserved', FIRST, 6), subsidy('paid', FIRST, 6)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [
      subsidy('reserved', FIRST, 9, { reservationNumber: 'R1' }),
      subsidy('paid', FIRST, 6, { reservationNumber: 'R2' }),
    ],
    [
      subsidy('reserved', FIRST, 9, { reservationNumber: 'R1' }),
      subsidy('paid', FIRST, 6, { reservationNumber: 'R1' }),
    ],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [byOnboarding('reserved', FIRST, 5), byOnboarding('released', FIRST, 5), subsidy('paid', FIRST, 1)],
    [byOnboarding('reserved', FIRST, 5), subsidy('paid', FIRST, 5)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    // The bureau's own word goes before what the onboarding set aside; they are never added up.
    [byOnboarding('reserved', FIRST, 5), subsidy('reserved', FIRST, 4), subsidy('paid', FIRST, 5)],
    [byOnboarding('reserved', FIRST, 5), subsidy('reserved', FIRST, 6), subsidy('paid', FIRST, 6)],
  ],
  [
    'SUBSIDY_STATED_TWICE',
    [subsidy('paid', FIRST, 5, { paymentNumber: 'P1' }), subsidy('paid', FIRST, 6, { paymentNumber: 'P1' })],
    [subsidy('paid', FIRST, 5, { paymentNumber: 'P1' }), subsidy('paid', FIRST, 6, { paymentNumber: 'P2' })],
  ],
  [
    'SUBSIDY_STATED_TWICE',
    [
      byBureau(subsidy('paid', FIRST, 5, { paymentNumber: 'P1' })),
      byBureau(subsidy('paid', FIRST, 6, { paymentNumber: 'P1' }, OTHER)),
    ],
    [
      subsidy('paid', FIRST, 5, { paymentNumber: 'P1' }),
      subsidy('paid', FIRST, 6, { paymentNumber: 'P1' }, OTHER),
    ],
  ],
  ['SUBSIDY_CURRENCY', [subsidy('paid', FIRST, 5, { currency: 'USD' })], [subsidy('paid', FIRST, 5)]],
  [
    'CLAWBACK_EXCEEDS',
    [subsidy('paid', FIRST, 5), subsidy('clawed-back', FIRST, 6)],
    [subsidy('paid', FIRST, 5), subsidy('clawed-back', FIRST, 5)],
  ],
  [
    'CLAWBACK_EXCEEDS',
    [
      subsidy('paid', FIRST, 5, { paymentNumber: 'P1' }),
      subsidy('paid', FIRST, 9, { paymentNumber: 'P2' }),
      subsidy('clawed-back', FIRST, 6, { paymentNumber: 'P1' }),
    ],
    [
      subsidy('paid', FIRST, 5, { paymentNumber: 'P1' }),
      subsidy('paid', FIRST, 9, { paymentNumber: 'P2' }),
      subsidy('clawed-back', FIRST, 6, { paymentNumber: 'P2' }),
    ],
  ],
  [
    'STOCK_REPORTED_TWICE',
    [held(LEADER, 'consignment', 5), ...months(['2024-03', 5, 5])],
    [held(LEADER, 'consignment', 5)],
  ],
  [
    'SNAPSHOT_CONFLICT',
    [held(LEADER, 'own', 5), held(OTHER_LEADER, 'own', 6)],
    [held(LEADER, 'consignment', 5), held(OTHER_LEADER, 'consignment', 6)],
  ],
  [
    'CLOSED_TWICE',
    [stock('a', '2024-03', [1, 2, 3]), stock('b', '2024-03', [1, 9, 3], { timeMs: 1 })],
    [stock('a', '2024-03', [1, 2, 3]), stock('b', '2024-03', [1, 2, 3], { timeMs: 1 })],
  ],
  [
    'LEDGER_BROKEN',
    months(['2024-02', 5, 6], ['2024-03', 7, 7]),
    months(['2024-02', 5, 6], ['2024-03', 6, 7]),
  ],
  [
    'MONTHS_MISSING',
    months(['2024-01', 5, 5], ['2024-03', 5, 5]),
    months(['2024-01', 5, 5], ['2024-02', 5, 5]),
  ],
  [
    'MONTHS_MISSING',
    [...months(['2024-01', 5, 5]), stock('2024-02', '2024-02', [5, 5, null]), ...months(['2024-03', 5, 5])],
    [...months(['2024-01', 5, 5], ['2024-02', 5, 5]), stock('2024-03', '2024-03', [5, 5, null])],
  ],
  ['MONTHS_MISSING', energy('2024-01', '2024-03'), energy('2024-01', '2024-02')],
  [
    'CURRENCY_CHANGED',
    [stock('a', '2024-02', [1, 1, 1]), stock('b', '2024-03', [1, 1, 1], { currency: 'USD' })],
    [
      stock('a', '2024-02', [1, 1, 1], { currency: 'USD' }),
      stock('b', '2024-03', [1, 1, 1], { currency: 'USD' }),
    ],
  ],
];

describe('guards', () => {
  it.each(CASES)('%s is found where it is, and not beside it', (code, facts, innocent) => {
    expect(codes(facts)).toContain(code);
    expect(codes(innocent)).not.toContain(code);
  });

  it('have words in Chinese for what they find and for every field of what it rests on', () => {
    const fieldsOf = (value: unknown): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : Object.entries(value).flatMap(([name, part]) => [
            ...(Array.isArray(value) || /^[0-9A-Z]{18}$/.test(name) ? [] : [name]),
            ...fieldsOf(part),
          ]);
    for (const one of CASES.flatMap(([, facts]) => found(facts))) {
      expect(findingWords.findingCode).toHaveProperty([one.code]);
      for (const field of one.evidence.flatMap(fieldsOf))
        expect(findingWords.findingField).toHaveProperty([field]);
    }
  });

  it('name entities and evidence, under an id that does not depend on the order of arrival', () => {
    for (const [code, facts] of CASES) {
      const [one] = found(facts).filter((suspicion) => suspicion.code === code);
      expect(one?.entities.length).toBeGreaterThan(0);
      expect(one?.evidence.length).toBeGreaterThan(0);
      expect(found([...facts].reverse()).map(({ id }) => id)).toEqual(found(facts).map(({ id }) => id));
    }
  });

  it.each([
    [6_000, 'critical'],
    [5_000, 'warning'],
    [1_999, 'info'],
  ] as const)('a share of %i hundredths of a percent makes a subsidiary %s', (shareBasisPoints, severity) => {
    const owned = { firmUscc: FIRM, parentUscc: OTHER, shareBasisPoints, validFrom: '2020-01-01' };
    const facts = [nominated(), nominated({}, OTHER), about('own', 'ownership.declared.v1', owned)];
    expect(found(facts)).toMatchObject([{ code: 'SUBSIDIARY_COUNTED', severity }]);
  });

  it('a subsidy stated under one number twice is counted once, as it was stated last', () => {
    const paid = (amountFen: number, timeMs: number) => ({
      ...subsidy('paid', FIRST, amountFen, { paymentNumber: 'P1' }),
      timeMs,
    });
    const dollars = subsidy('paid', FIRST, 9, { paymentNumber: 'P2', currency: 'USD' });
    const ledger = foldModels([paid(5, 1), paid(6, 2), dollars]).subsidies.get(`${FIRST}/${FIRM}`);
    expect(subsidyBalance(ledger)).toMatchObject({ paidFen: 6, netFen: 6 });
  });

  it('an entry of another bureau under the same number is not one that was stated twice', () => {
    const paid = (amountFen: number, office: string): Fact => {
      const one = subsidy('paid', FIRST, amountFen, { paymentNumber: 'P1' });
      return { ...one, identity: `/bureau/${office}/office ${amountFen}` };
    };
    const twice = found([paid(5, '510100'), paid(6, '510100'), paid(7, '510600')]).filter(
      ({ code }) => code === 'SUBSIDY_STATED_TWICE',
    );
    expect(twice.map(({ evidence }) => evidence.map(({ amountFen }) => amountFen))).toEqual([[5, 6]]);
  });

  it('a release without an amount gives back what its own onboarding had set aside in rounds up to its own', () => {
    const act = (name: string, amountFen?: number, platform = 'iip') =>
      about(
        `onboarding/${FIRST}/${platform}/${FIRM}/subsidy-${name}`,
        `onboarding.subsidy-${name.split('/')[0]}.v1`,
        {
          ...{ supplierUscc: FIRM, programme: FIRST, ...(amountFen === undefined ? {} : { amountFen }) },
        },
      );
    const reservedAfter = (...acts: Fact[]) =>
      subsidyBalance(foldModels(acts).subsidies.get(`${FIRST}/${FIRM}`)).reservedFen;
    // All at one time: a release sorts before what it gives back.
    expect(reservedAfter(act('reserved', 5), act('released'))).toBe(0);
    expect(reservedAfter(act('reserved', 5), act('released'), act('reserved', 7, 'other'))).toBe(7);
    expect(reservedAfter(act('reserved', 5), act('released'), act('reserved/round-2', 6))).toBe(6);
    expect(reservedAfter(act('reserved', 5), act('released/round-2'))).toBe(0);
    expect(reservedAfter(act('reserved', 5), act('released', 5), act('reserved/round-2', 6))).toBe(6);
  });

  it('a reservation that is in no sum does not stand in the way of what onboardings set aside', () => {
    const dollars = subsidy('reserved', FIRST, 9, { reservationNumber: 'R1', currency: 'USD' });
    const ledger = foldModels([byOnboarding('reserved', FIRST, 5), dollars]).subsidies.get(
      `${FIRST}/${FIRM}`,
    );
    expect(subsidyBalance(ledger)).toMatchObject({ reservedFen: 5 });
  });

  it('a month closed twice by one source: the later stands, both are shown', () => {
    const [one] = found([
      stock('early', '2024-03', [1, 2, 3], { timeMs: 1 }),
      stock('late', '2024-03', [1, 9, 3], { timeMs: 2 }),
    ]);
    expect(one?.evidence).toMatchObject([
      { stands: { closingStockFen: '900' } },
      { superseded: { closingStockFen: '200' } },
    ]);
  });
});
