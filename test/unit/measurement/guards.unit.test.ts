import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingClosed } from '../../../schemas/events/measurement.ts';
import type { FindingOutcome } from '../../../schemas/measurement.ts';
import { periodsBetween } from '../../../schemas/time.ts';
import { findingWords } from '../../../services/console/src/i18n/zh/findings.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { factKeys, findingsOf, refusalOf, stateOf } from '../../../services/measurement/domain/cases.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { suspicionsOf } from '../../../services/measurement/domain/guards/index.ts';
import { matchDocuments } from '../../../services/measurement/domain/guards/matching.ts';
import { type CaseAct, subsidyBalance } from '../../../services/measurement/domain/ledgers.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, report, stock } from './facts.ts';

const [LEADER, OTHER_LEADER, OTHER, SAMPLE, PROVIDER] = [401, 402, 403, 404, 405].map(testUscc) as [
  string,
  string,
  string,
  string,
  string,
];
const asOf = new Date('2025-03-01T00:00:00Z');
const [FIRST, SECOND] = ['sme-510100-2023', 'sme-320500-2024'];

const about = (id: string, type: string, data: Record<string, unknown>, firm: string | null = FIRM): Fact =>
  fact({ id, type, firm, data });
const nominated = (fields: Record<string, unknown> = {}, firm = FIRM): Fact => {
  const data = {
    supplierUscc: firm,
    platform: 'iip',
    programme: FIRST,
    leaderUscc: LEADER,
    cityCode: '510100',
    industryCode: '3670',
    ...fields,
  };
  return about(
    `n/${data.programme}/${data.leaderUscc}/${data.platform}`,
    'onboarding.supplier-nominated.v1',
    data,
    firm,
  );
};
/** By the firm itself, which names no leader. */
const applied = (fields: Record<string, unknown>): Fact => {
  const { identity, data } = nominated(fields);
  const { leaderUscc: _, ...own } = data;
  return about(`applied/${identity}`, 'onboarding.supplier-applied.v1', own);
};
const plan = (programme: string, cityCode: string, batch: number): Fact =>
  about(
    `plan/${programme}`,
    'target.plan-published.v1',
    {
      programme,
      cityCode,
      cityName: cityCode,
      batch,
      planVersion: 1,
      targetFirms: 30,
      windowFrom: '2023-06-01',
      windowTo: '2025-05-31',
    },
    null,
  );
const contract = (fields: Record<string, unknown> = {}, firm = FIRM): Fact => {
  const data = {
    supplierUscc: firm,
    platform: 'iip',
    programme: FIRST,
    providerUscc: PROVIDER,
    contractNumber: 'C-1',
    signedOn: '2023-09-10',
    amountFen: 1_000_000,
    currency: 'CNY',
    ...fields,
  };
  return about(`c/${data.programme}`, 'onboarding.contract-signed.v1', data, firm);
};
const copied = (sampleFirmUscc: string): Fact =>
  about(`copy/${sampleFirmUscc}`, 'samplefirm.copied.v1', {
    firmUscc: FIRM,
    sampleFirmUscc,
    regionCode: '510100',
    solution: 'MES',
    copiedOn: '2024-05-01',
  });
const file = (id: string, fields: Record<string, unknown>, firm = FIRM): Fact =>
  about(
    id,
    'evidence.added.v1',
    {
      supplierUscc: firm,
      programme: FIRST,
      kind: 'invoice',
      fileName: 'a.pdf',
      mediaType: 'application/pdf',
      sizeBytes: 1,
      sha256: id.padEnd(64, '0'),
      currency: 'CNY',
      ...fields,
    },
    firm,
  );
const subsidy = (
  kind: 'reserved' | 'paid' | 'clawed-back',
  programme: string,
  amountFen: number,
  fields: Record<string, unknown> = {},
  firm = FIRM,
): Fact =>
  about(
    `${kind}/${programme}/${amountFen}`,
    `subsidy.${kind}.v1`,
    { supplierUscc: firm, programme, amountFen, currency: 'CNY', ...fields },
    firm,
  );
/** As an onboarding sets it aside, and gives it back. */
const byOnboarding = (kind: 'reserved' | 'released', programme: string, amountFen: number): Fact =>
  about(`${kind} by onboarding/${programme}/${amountFen}`, `onboarding.subsidy-${kind}.v1`, {
    ...{ supplierUscc: FIRM, programme, amountFen },
  });
/** Numbers are a bureau's. */
const byBureau = (one: Fact): Fact => ({
  ...one,
  identity: `/bureau/510100/office ${one.identity.split(' ')[1]}`,
});
const held = (
  leader: string,
  stockKind: 'own' | 'consignment',
  closing: number,
  period = '2024-03',
): Fact => {
  const base = stock(`held/${leader}/${stockKind}/${period}`, period, [closing, closing, null]);
  return { ...base, sourceClass: 'chain', data: { ...base.data, stockKind, holderUscc: leader } };
};
const months = (...rows: readonly (readonly [string, number, number])[]): Fact[] =>
  rows.map(([period, opening, closing]) => stock(period, period, [opening, closing, 10]));

const energy = (...periods: readonly string[]): Fact[] =>
  periods.map((period) =>
    report(`energy/${period}`, 'energy.reported.v2', { period, energyWh: 1 }, { period }),
  );

const found = (facts: readonly Fact[], at = asOf) => suspicionsOf(new World(foldModels(facts), at));
const codes = (facts: readonly Fact[]): string[] => found(facts).map(({ code }) => code);

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
  [
    'COUNTED_IN_TWO_BATCHES',
    [plan(FIRST, '510100', 1), plan(SECOND, '510100', 2), nominated(), nominated({ programme: SECOND })],
    [plan(FIRST, '510100', 1), plan(SECOND, '510100', 1), nominated(), nominated({ programme: SECOND })],
  ],
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
        ...own,
        ...ledger(LEADER, 100, leaderAfter, until),
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

/** Every kind whose id names a firm or a project, and a fact of it that comes after it was closed. */
const FURTHER: readonly (readonly [code: string, facts: readonly Fact[], further: readonly Fact[]])[] = [
  [
    'COUNTED_IN_TWO_CITIES',
    [nominated(), nominated({ programme: SECOND, cityCode: '320500' })],
    [nominated({ programme: 'sme-330200-2024', cityCode: '330200' })],
  ],
  [
    'COUNTED_IN_TWO_CHAINS',
    [nominated(), nominated({ platform: 'other', leaderUscc: OTHER_LEADER })],
    [nominated({ platform: 'third', leaderUscc: SAMPLE })],
  ],
  ['COPIED_TWICE', [copied(SAMPLE), copied(OTHER)], [copied(PROVIDER)]],
  [
    'FILE_REUSED',
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64) }, OTHER)],
    [file('c', { sha256: '1'.repeat(64) }, SAMPLE)],
  ],
  [
    'EVIDENCE_MISMATCHED',
    [contract(), file('a', { counterpartyUscc: OTHER })],
    [file('b', { counterpartyUscc: LEADER })],
  ],
  [
    'ALREADY_FUNDED',
    [subsidy('paid', FIRST, 5), subsidy('paid', SECOND, 5)],
    [subsidy('paid', 'sme-330200-2024', 5)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [subsidy('reserved', FIRST, 5), subsidy('paid', FIRST, 6)],
    [subsidy('paid', FIRST, 7)],
  ],
  [
    'STOCK_REPORTED_TWICE',
    [held(LEADER, 'consignment', 5), ...months(['2024-03', 5, 5])],
    [held(LEADER, 'consignment', 5, '2024-05'), ...months(['2024-05', 5, 5])],
  ],
  [
    'SNAPSHOT_CONFLICT',
    [held(LEADER, 'own', 5), held(OTHER_LEADER, 'own', 6)],
    [held(LEADER, 'own', 5, '2024-05'), held(OTHER_LEADER, 'own', 6, '2024-05')],
  ],
  [
    'CLOSED_TWICE',
    [stock('a', '2024-03', [1, 2, 3]), stock('b', '2024-03', [1, 9, 3], { timeMs: 1 })],
    [stock('c', '2024-03', [1, 8, 3], { timeMs: 2 })],
  ],
  ['LEDGER_BROKEN', months(['2024-02', 5, 6], ['2024-03', 7, 7]), months(['2024-04', 8, 8])],
  ['MONTHS_MISSING', months(['2024-01', 5, 5], ['2024-03', 5, 5]), months(['2024-05', 5, 5])],
  [
    'CURRENCY_CHANGED',
    [stock('a', '2024-02', [1, 1, 1]), stock('b', '2024-03', [1, 1, 1], { currency: 'USD' })],
    [stock('c', '2024-04', [1, 1, 1])],
  ],
];

describe('a closure stands for the facts that it was decided upon', () => {
  /** What is found under one id after it was closed upon some facts. */
  const afterClosure = (
    code: string,
    upon: readonly Fact[],
    now: readonly Fact[],
    outcome: FindingOutcome,
  ) => {
    const closed = found(upon).find((one) => one.code === code);
    const closedMs = Date.parse('2024-08-01T00:00:00Z');
    const act: CaseAct = {
      ...{ act: 'closed', timeMs: closedMs, identity: 'close', actor: 'Li', text: 'because', outcome },
      facts: factKeys(closed?.facts ?? [], outcome),
    };
    const id = closed?.id ?? '';
    const models = { ...foldModels(now), finding_cases: new Map([[id, { _id: id, acts: [act] }]]) };
    const world = new World(models, asOf);
    return findingsOf(world, suspicionsOf(world)).find((one) => one.id === id);
  };

  it.each(FURTHER)('%s: a further one opens it again, with its record', (code, facts, further) => {
    expect(afterClosure(code, facts, facts, 'upheld')).toMatchObject({ state: 'closed', outcome: 'upheld' });
    const again = afterClosure(code, facts, [...facts, ...further], 'upheld');
    expect(again).toMatchObject({
      state: 'open',
      outcome: null,
      history: [{ act: 'closed', actor: 'Li' }, { act: 'reopened' }],
    });
    // It is to be answered from then on, not from when it was raised first.
    expect((again?.dueOn ?? '') > '2024-08-01').toBe(true);
    // And the day does not run on with what joins later, nor depend on the order of arrival.
    const raised = (all: readonly Fact[]) => found(all).find((one) => one.code === code)?.facts ?? [];
    const firstMs = Math.min(...raised(facts).map(({ timeMs }) => timeMs));
    const later = further.map((one) => ({ ...one, timeMs: one.timeMs + 1e10 }));
    if (code !== 'CLOSED_TWICE')
      expect(Math.min(...raised([...facts, ...later]).map(({ timeMs }) => timeMs))).toBe(firstMs);
  });

  it('a dismissal holds for what merely goes on from month to month; any other outcome does not', () => {
    const both = (period: string) => [
      held(LEADER, 'consignment', 5, period),
      stock(`own/${period}`, period, [5, 5, 10]),
    ];
    const [upon, next] = [both('2024-03'), both('2024-04')];
    const now = [...upon, ...next];
    expect(afterClosure('STOCK_REPORTED_TWICE', upon, now, 'dismissed')).toMatchObject({ state: 'closed' });
    expect(afterClosure('STOCK_REPORTED_TWICE', upon, now, 'mended')).toMatchObject({ state: 'open' });
  });
});

describe('the facts that an act is recorded with', () => {
  const facts = (keys: readonly string[], run?: string) =>
    keys.map((key) => ({ key, timeMs: 1, ...(run === undefined ? {} : { run }) }));
  const closedUpon = (keys: string[]): CaseAct => ({
    ...{ act: 'closed', timeMs: 2, identity: 'c', actor: 'Li', text: 'because', outcome: 'upheld' },
    facts: keys,
  });

  it.each([
    ['one key is longer than an event takes', 1, 3_000],
    ['they are more than an event takes', 20_000, 60],
  ])('fit into an event where %s, and the closure stands for each', (_name, count, length) => {
    const all = facts(Array.from({ length: count }, (_, at) => `${at}`.padEnd(length, '事')));
    const data = {
      ...{ findingId: 'X/1', actor: { name: 'Li', role: 'bureau' }, outcome: 'upheld', text: 'because' },
      facts: factKeys(all),
    };
    expect(findingClosed.data.safeParse(data).error).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(900_000);
    const acts = [closedUpon(data.facts)];
    expect(stateOf(acts, all).state).toBe('closed');
    expect(stateOf(acts, [...all, ...facts(['another'])])).toMatchObject({
      state: 'open',
      record: [{}, { act: 'reopened', text: 'another', furtherFacts: 1 }],
    });
  });

  it('are those beyond the closure, whether or not somebody has acted since: a dismissed run stays covered', () => {
    const run = 'from 2024-03';
    const dismissed = closedUpon(factKeys(facts(['2024-03'], run), 'dismissed'));
    const now = [...facts(['2024-03', '2024-04'], run), ...facts(['2024-09'], 'from 2024-09')];
    const replied: CaseAct = { ...dismissed, act: 'replied', timeMs: 3, facts: factKeys(now) };
    for (const acts of [[dismissed], [dismissed, replied]])
      expect(stateOf(acts, now).record[1]).toMatchObject({
        act: 'reopened',
        text: '2024-09',
        furtherFacts: 1,
      });
    // What was recorded before long keys had marks stands as it did.
    expect(stateOf([closedUpon(['x'.repeat(400)])], facts(['x'.repeat(400)])).state).toBe('closed');
  });
});

describe('what people do about a finding', () => {
  const LI = { name: 'Li', role: 'bureau' } as const;
  const act = (name: CaseAct['act'], timeMs: number, fields: Partial<CaseAct> = {}): CaseAct => ({
    act: name,
    timeMs,
    identity: `${name}${timeMs}`,
    actor: 'Li',
    text: 'because',
    ...fields,
  });

  it('goes from open to replied, closed, appealed and closed again', () => {
    const acts = [
      act('replied', 1),
      act('closed', 2, { outcome: 'upheld' }),
      act('appealed', 3, { actor: 'Wu' }),
    ];
    expect(acts.map((_, index) => stateOf(acts.slice(0, index + 1)).state)).toEqual([
      'replied',
      'closed',
      'appealed',
    ]);
    expect(stateOf([...acts, act('closed', 4, { outcome: 'dismissed', actor: 'Zhao' })])).toMatchObject({
      state: 'closed',
      outcome: 'dismissed',
    });
  });

  it('that is appealed is to be answered anew from then on, and stays appealed until it is decided', () => {
    const assigned = act('assigned', 1, { owner: 'Wang', dueOn: '2024-05-01' });
    const appealed = [assigned, act('closed', 2, { outcome: 'upheld' }), act('appealed', 3)];
    expect(stateOf(appealed)).toMatchObject({ state: 'appealed', owner: 'Wang', dueOn: null, anewMs: 3 });
    expect(stateOf([...appealed, act('replied', 4)])).toMatchObject({
      state: 'appealed',
      dueOn: null,
      anewMs: 3,
    });
    const late = Date.UTC(2024, 5, 1);
    const acts = [act('closed', 2, { outcome: 'upheld' }), act('appealed', late)];
    const id = `MONTHS_MISSING/${FIRM}`;
    const models = foldModels([nominated(), ...months(['2024-01', 5, 5], ['2024-03', 5, 5])]);
    const world = new World({ ...models, finding_cases: new Map([[id, { _id: id, acts }]]) }, asOf);
    expect(findingsOf(world, suspicionsOf(world))).toMatchObject([
      { state: 'appealed', dueOn: '2024-07-31' },
    ]);
  });

  it('is refused out of turn, and what was recorded out of turn changes nothing', () => {
    expect(refusalOf(undefined, 'appealed', LI)).toBe('FINDING_NOT_OPEN');
    expect(refusalOf({ _id: 'x', acts: [act('closed', 1)] }, 'replied', LI)).toBe('FINDING_NOT_OPEN');
    expect(refusalOf({ _id: 'x', acts: [act('closed', 1)] }, 'appealed', LI)).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<CaseAct['act']>('replied', 'closed', 'appealed', 'assigned')),
        (names) => {
          const acts: CaseAct[] = [];
          for (const [index, name] of names.entries()) {
            const before = stateOf(acts);
            const refused = refusalOf({ _id: 'x', acts }, name, LI) !== null;
            acts.push(act(name, index));
            if (refused) expect(stateOf(acts)).toEqual(before);
          }
        },
      ),
    );
  });

  it('an appeal is decided by neither who took the decision nor who appealed, and nothing by a firm concerned', () => {
    const acts = [act('closed', 1, { outcome: 'upheld' }), act('appealed', 2, { actor: 'Wu' })];
    const known = { _id: 'x', acts };
    const by = (name: string) => ({ name, role: 'bureau' }) as const;
    expect(['Li', ' li', 'Wu', 'Zhao'].map((name) => refusalOf(known, 'closed', by(name)))).toEqual([
      'SEPARATION_OF_DUTIES',
      'SEPARATION_OF_DUTIES',
      'SEPARATION_OF_DUTIES',
      null,
    ]);
    expect(refusalOf(undefined, 'closed', { name: 'Sun', role: 'leader' })).toBe('SEPARATION_OF_DUTIES');
    expect(refusalOf(undefined, 'replied', { name: 'Sun', role: 'leader' })).toBeNull();
    // One recorded all the same, by two at once, decides nothing.
    expect(stateOf([...acts, act('closed', 3, { outcome: 'upheld' })]).state).toBe('appealed');
  });

  it('shows with the finding: owner, due date, history; and stays when the facts are mended', () => {
    const event = about(
      'close',
      'finding.closed.v1',
      {
        findingId: `MONTHS_MISSING/${FIRM}`,
        actor: { name: 'Li', role: 'bureau' },
        outcome: 'mended',
        text: 'handed in',
      },
      null,
    );
    const gaps = months(['2024-01', 5, 5], ['2024-03', 5, 5]);
    const world = new World(foldModels([nominated(), ...gaps]), asOf);
    expect(findingsOf(world, suspicionsOf(world))).toMatchObject([
      { state: 'open', owner: 'bureau:510100', raisedOn: '2024-04-05', dueOn: '2024-06-04', isOverdue: true },
    ]);
    // Closes that come every month do not put the day off.
    const later = new World(foldModels([nominated(), ...gaps, ...months(['2024-04', 5, 5])]), asOf);
    expect(findingsOf(later, suspicionsOf(later))).toMatchObject([{ raisedOn: '2024-04-05' }]);
    const mended = new World(foldModels([event, ...months(['2024-01', 5, 5])]), asOf);
    expect(findingsOf(mended, suspicionsOf(mended))).toMatchObject([
      {
        code: 'MONTHS_MISSING',
        state: 'closed',
        outcome: 'mended',
        isCurrent: false,
        history: [{ actor: 'Li' }],
      },
    ]);
  });
});
