import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { LEVEL_EDITIONS } from '../../../services/measurement/domain/levels.ts';
import { reachByCity } from '../../../services/measurement/domain/promotion.ts';
import { MonthFigures, restatementsOf } from '../../../services/measurement/domain/publications.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { cityTargets, countedByPlan, progressNamed } from '../../../services/measurement/domain/targets.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { loadConfig, sharedSettings, targetThresholds } from '../../../services/runtime/config.ts';
import { testUscc } from '../../support/events.ts';
import { fact } from './facts.ts';

const PROGRAMME = 'sme-510100-2023';
const ADDRESSES = {
  KAFKA_BROKERS: 'localhost:1',
  TEMPORAL_ADDRESS: 'localhost:2',
  MONGODB_URI: 'mongodb://localhost:3',
};
const asOf = new Date('2025-03-01T00:00:00Z');
const DEFAULTS = targetThresholds(loadConfig(ADDRESSES));

const plan = (fields: Record<string, unknown> = {}): Fact =>
  fact({
    id: 'plan',
    type: 'target.plan-published.v1',
    firm: null,
    data: {
      programme: PROGRAMME,
      cityCode: '510100',
      cityName: '成都市',
      batch: 1,
      planVersion: 1,
      regionClass: 'west',
      targetFirms: 10,
      windowFrom: '2023-06-01',
      windowTo: '2025-05-31',
      ...fields,
    },
  });
const nominated = (firm: string, industryCode: string): Fact =>
  fact({
    id: `n/${firm}`,
    type: 'onboarding.supplier-nominated.v1',
    firm,
    data: {
      supplierUscc: firm,
      platform: 'iip',
      programme: PROGRAMME,
      leaderUscc: testUscc(501),
      cityCode: '510100',
      industryCode,
    },
  });
const PROVIDER = testUscc(500);
const RATER = testUscc(499);
/** One more statement about a firm's onboarding. */
const stated = (firm: string, kind: string, on: string, data: Record<string, unknown> = {}): Fact =>
  fact({
    id: `${kind}/${firm}/${on}`,
    type: `onboarding.${kind}.v1`,
    firm,
    timeMs: Date.parse(`${on}T08:00:00Z`),
    data: { supplierUscc: firm, platform: 'iip', programme: PROGRAMME, ...data },
  });
/** What makes an accepted firm count. */
const proven = (firm: string): Fact[] => [
  stated(firm, 'contract-signed', '2023-09-10', { providerUscc: PROVIDER, signedOn: '2023-09-10' }),
  stated(firm, 'go-live-confirmed', '2024-01-10', { liveOn: '2024-01-10' }),
  stated(firm, 'use-sustained', '2024-03-01', { months: ['2024-01', '2024-02'] }),
  stated(firm, 'level-assessed', '2024-07-01', { level: 2, raterUscc: RATER }),
  stated(firm, 'finance-audited', '2024-08-01', { outcome: 'matched' }),
];
const accepted = (firm: string, industryCode = '3670'): Fact[] => [
  ...proven(firm),
  nominated(firm, industryCode),
  fact({
    id: `a/${firm}`,
    type: 'onboarding.closed.v1',
    firm,
    timeMs: Date.parse('2024-09-01T00:00:00Z'),
    data: {
      supplierUscc: firm,
      platform: 'iip',
      programme: PROGRAMME,
      status: 'ACCEPTED',
      stage: 'ACCEPTED',
    },
  }),
];
const cityOf = (facts: readonly Fact[], thresholds = DEFAULTS) =>
  cityTargets(new World(foldModels(facts), asOf), thresholds)[0]!;
const firms = (count: number): Fact[] =>
  Array.from({ length: count }, (_, index) => accepted(testUscc(510 + index))).flat();

describe('the mark of a city', () => {
  it.each([
    [1, 'critical'],
    [2, 'lagging'],
    [3, 'on-track'],
    [10, 'reached'],
  ])('of %i firms of 10 is %s unless configured otherwise', (done, status) => {
    expect(cityOf([plan(), ...firms(done)])).toMatchObject({ done, status });
  });

  it('follows the configured thresholds', () => {
    const strict = { CHAINLIGHT_CRITICAL_BELOW: '0.25', CHAINLIGHT_LAGGING_BELOW: '0.5' };
    const thresholds = targetThresholds(loadConfig({ ...ADDRESSES, ...strict }));
    const statuses = [2, 3, 5].map((done) => cityOf([plan(), ...firms(done)], thresholds).status);
    expect(statuses).toEqual(['critical', 'lagging', 'on-track']);
    expect(cityOf([plan()], thresholds).markedBelow).toEqual({ critical: 0.25, lagging: 0.5 });
  });

  it('is the same for every process of one installation: the starter hands the thresholds on', () => {
    const started = { CHAINLIGHT_LAGGING_BELOW: '0.5', CHAINLIGHT_CRITICAL_BELOW: '', HOME: '/' };
    expect(sharedSettings(started)).toEqual({ CHAINLIGHT_LAGGING_BELOW: '0.5' });
  });

  it('needs thresholds in their order', () => {
    expect(() => loadConfig({ ...ADDRESSES, CHAINLIGHT_CRITICAL_BELOW: '0.4' })).toThrow(
      'CHAINLIGHT_LAGGING_BELOW',
    );
  });
});

describe('the target of a city', () => {
  it.each([
    ['east', {}, { target: 500, targetBasis: 'region-class' }],
    ['central', { scaleDenominator: 10 }, { target: 40, targetBasis: 'region-class' }],
    ['west', {}, { target: 300, targetBasis: 'region-class', share: 1 / 300 }],
    [
      'west',
      { targetFirms: 12 },
      { target: 12, targetBasis: 'plan', citation: 'city notice', share: 1 / 12 },
    ],
    [
      'north-east',
      {},
      { target: null, targetBasis: 'none', citation: null, share: null, status: 'no-target' },
    ],
  ])('in the %s, of a plan with %o', (regionClass, fields, found) => {
    const stated = { targetFirms: undefined, citation: 'city notice', regionClass, ...fields };
    const city = cityOf([plan(stated), ...firms(1)]);
    expect(city).toMatchObject(found);
    if (city.targetBasis === 'region-class') expect(city.citation).toContain('exchange meeting in Chengdu');
  });

  it('is one firm at least, however small the plan’s scale', () => {
    const city = cityOf([plan({ targetFirms: undefined, scaleDenominator: 10_000 }), ...firms(1)]);
    expect(city).toMatchObject({ target: 1, done: 1, share: 1, status: 'reached' });
  });
});

describe('an accepted firm', () => {
  const ONE = testUscc(505);
  const isOf = (kind: string) => (one: Fact) => one.type === `onboarding.${kind}.v1`;
  const without = (kind: string): Fact[] => accepted(ONE).filter((one) => !isOf(kind)(one));
  const instead = (kind: string, data: Record<string, unknown>): Fact[] => [
    ...without(kind),
    ...accepted(ONE).flatMap((one) => (isOf(kind)(one) ? [{ ...one, data: { ...one.data, ...data } }] : [])),
  ];
  const reasonOf = (facts: readonly Fact[], fields: Record<string, unknown> = {}) => {
    const { done, notCountable, notCounted } = cityOf([plan(fields), ...facts]);
    expect(notCounted).toEqual(Object.keys(notCountable).map((reason) => ({ uscc: ONE, reason })));
    return done === 1 ? 'counts' : Object.keys(notCountable).join();
  };
  /** By the party that states it, without a code. */
  const ratedBy = (source: string): Fact[] => [
    ...without('level-assessed'),
    { ...stated(ONE, 'level-assessed', '2024-07-01', { level: 2 }), identity: `${source} rated` },
  ];
  const sheet = (data: Record<string, unknown>) => instead('level-assessed', { edition: '2024', ...data });
  const sceneLevels = (count: number): Record<string, number> =>
    Object.fromEntries(LEVEL_EDITIONS['2024'].scenes.slice(0, count).map(({ id }) => [id, 2]));
  const rated = (on: string, level: number, raterUscc = RATER): Fact =>
    stated(ONE, 'level-assessed', on, { level, raterUscc });

  it.each<[string, readonly Fact[], Record<string, unknown>?]>([
    ['counts', accepted(ONE)],
    ['NOT_ON_LIST', without('supplier-nominated')],
    ['NOT_ON_LIST', instead('supplier-nominated', { cityCode: '510600' })],
    ['INDUSTRY_NOT_PILOT', accepted(ONE), { pilotIndustries: ['3974'] }],
    ['CONTRACT_MISSING', without('contract-signed')],
    ['CONTRACT_OUTSIDE_WINDOW', accepted(ONE), { windowFrom: '2023-09-11' }],
    ['NOT_LIVE', without('go-live-confirmed')],
    ['PROJECT_OUTSIDE_WINDOW', accepted(ONE), { windowTo: '2024-01-09' }],
    ['USE_NOT_SUSTAINED', without('use-sustained')],
    [
      'USE_STOPPED',
      [...accepted(ONE), stated(ONE, 'outcome-measured', '2025-01-10', { isSuperficial: true })],
    ],
    [
      'USE_STOPPED',
      [
        ...accepted(ONE),
        stated(ONE, 'outcome-measured', '2025-01-10', { isSuperficial: false, isSilent: true }),
      ],
    ],
    ['LEVEL_MISSING', without('level-assessed')],
    [
      'LEVEL_MISSING',
      [...without('level-assessed'), stated(ONE, 'self-assessed', '2024-07-01', { level: 3 })],
    ],
    ['RATER_NOT_INDEPENDENT', [...without('level-assessed'), rated('2024-07-01', 2, PROVIDER)]],
    ['RATER_NOT_INDEPENDENT', [...without('level-assessed'), rated('2024-07-01', 2, testUscc(501))]],
    ['RATER_UNKNOWN', instead('level-assessed', { raterUscc: undefined })],
    ['RATER_UNKNOWN', ratedBy(`/provider/${PROVIDER}`)],
    ['counts', ratedBy('/rater/cesi')],
    ['RATER_NOT_INDEPENDENT', ratedBy(`/rater/${PROVIDER.toLowerCase()}`)],
    ['counts', sheet({ score: 40 })],
    ['LEVEL_NOT_REACHED', sheet({ score: 39.9 })],
    ['counts', sheet({ score: 45, scenes: sceneLevels(16) })],
    ['LEVEL_NOT_REACHED', sheet({ score: 45, scenes: sceneLevels(2) })],
    ['LEVEL_NOT_REACHED', sheet({ score: 45, scenes: sceneLevels(16), level: 1 })],
    ['LEVEL_NOT_REACHED', instead('level-assessed', { level: 1 })],
    ['LEVEL_NOT_REACHED', [...accepted(ONE), rated('2025-01-01', 1)]],
    ['counts', [...accepted(ONE), rated('2025-04-01', 1)]],
    ['EVIDENCE_MISSING', without('finance-audited')],
    ['EVIDENCE_MISMATCHED', instead('finance-audited', { outcome: 'mismatched' })],
  ])('%s', (reason, facts, fields) => {
    expect(reasonOf(facts, fields)).toBe(reason);
  });

  it('whose city has no plan stands on one list of its programme, with the reason, however many plans that has', () => {
    const others = ['320500', '510600'].map((cityCode) => ({
      ...plan({ cityCode }),
      identity: `plan/${cityCode}`,
    }));
    const listed = (cityCode?: string) => {
      const facts =
        cityCode === undefined ? without('supplier-nominated') : instead('supplier-nominated', { cityCode });
      const world = new World(foldModels([plan(), ...others, ...facts]), asOf);
      return cityTargets(world, DEFAULTS).flatMap(({ code, notCounted }) =>
        notCounted.map(({ uscc, reason }) => [code, uscc, reason]),
      );
    };
    expect(listed('510600')).toEqual([]);
    expect(listed('320100')).toEqual([['320500', ONE, 'NOT_ON_LIST']]);
    expect(listed('510300')).toHaveLength(1);
    expect(listed('440100')).toHaveLength(1);
    expect(listed()).toEqual([[expect.any(String), ONE, 'NOT_ON_LIST']]);
  });

  it('counts once, where it came to count first, and from the day of the last proof', () => {
    const elsewhere = accepted(ONE).map((one) => ({
      ...one,
      identity: `${one.identity}/2`,
      timeMs: one.timeMs + 1,
      data: {
        ...one.data,
        programme: 'sme-510600-2023',
        ...(one.data.cityCode === undefined ? {} : { cityCode: '510600' }),
      },
    }));
    const other = plan({ programme: 'sme-510600-2023', cityCode: '510600' });
    const world = new World(
      foldModels([plan(), { ...other, identity: 'p2' }, ...accepted(ONE), ...elsewhere]),
      asOf,
    );
    expect(
      cityTargets(world, DEFAULTS).map(({ code, done, notCountable }) => [code, done, notCountable]),
    ).toEqual([
      ['510100', 1, {}],
      ['510600', 0, { COUNTED_ELSEWHERE: 1 }],
    ]);
    const late = [
      ...without('finance-audited'),
      stated(ONE, 'finance-audited', '2024-12-01', { outcome: 'matched' }),
    ];
    const doneOn = (day: string): number =>
      cityTargets(new World(foldModels([plan(), ...late]), new Date(day)), DEFAULTS)[0]!.done;
    expect([doneOn('2024-11-30'), doneOn('2024-12-02')]).toEqual([0, 1]);
  });

  it('belongs to the figure of its own programme where its city has two, whichever plan is read first, and the first keeps its id', () => {
    const second = { ...plan({ programme: 'a-second', windowFrom: '2024-01-01' }), identity: 'p2' };
    const figuresOf = (...facts: readonly Fact[]) => {
      const figures = new MonthFigures(new World(foldModels(facts), asOf), '2024-10').figures();
      expect(restatementsOf(figures, figures)).toEqual([]);
      return figures.flatMap(({ figureId, numerator }) =>
        figureId.startsWith('target/') ? [[figureId, numerator]] : [],
      );
    };
    expect(figuresOf(plan(), ...accepted(ONE))).toEqual([['target/510100/2024-10', 1]]);
    for (const plans of [
      [plan(), second],
      [second, plan()],
    ])
      expect(figuresOf(...plans, ...accepted(ONE))).toEqual([
        ['target/510100/2024-10', 1],
        ['target/510100/programme:a-second/2024-10', 0],
      ]);
    const world = new World(foldModels([plan(), second, ...accepted(ONE)]), asOf);
    const named = (programme?: string) => progressNamed(world, '510100', programme)?.programme;
    expect([named(), named('programme:a-second'), named(`programme:${PROGRAMME}`)]).toEqual([
      PROGRAMME,
      'a-second',
      PROGRAMME,
    ]);
    expect([named('a-second'), named('programme:none')]).toEqual([undefined, undefined]);
  });

  it('counts no longer once it was reopened, and by the acceptance that follows', () => {
    const identityOf = (status: string, on: string) => stated(ONE, 'closed', on, { status }).identity;
    const reopened = (on: string, closing: string) => stated(ONE, 'reopened', on, { closing });
    const ended = (status: string, on: string) =>
      stated(ONE, 'closed', on, { status, stage: status === 'ACCEPTED' ? status : 'LIVE' });
    const doneOn = (facts: readonly Fact[], day: string): number =>
      cityTargets(new World(foldModels([plan(), ...facts]), new Date(day)), DEFAULTS)[0]!.done;
    const known = [nominated(ONE, '3670'), ...proven(ONE), ended('ACCEPTED', '2024-09-01')];
    const again = [...known, reopened('2024-10-01', identityOf('ACCEPTED', '2024-09-01'))];
    expect([doneOn(again, '2024-09-30'), doneOn(again, '2024-10-02')]).toEqual([1, 0]);
    expect(doneOn([...again, ended('ACCEPTED', '2024-11-01')], '2024-11-02')).toBe(1);
    const failed = [
      ...[nominated(ONE, '3670'), ...proven(ONE), ended('FAILED', '2024-09-01')],
      reopened('2024-10-01', identityOf('FAILED', '2024-09-01')),
      ended('ACCEPTED', '2024-12-01'),
    ];
    // The failure cut the firm off: use before it proves nothing any more.
    expect(reasonOf(failed)).toBe('USE_NOT_SUSTAINED');
    expect(reasonOf([...failed, stated(ONE, 'use-sustained', '2024-11-01')])).toBe('counts');
  });

  it('that lost its level or its match for a time counts from when it had them again', () => {
    const audited = (on: string, outcome: string) => stated(ONE, 'finance-audited', on, { outcome });
    const since = (facts: readonly Fact[]) =>
      [...countedByPlan(new World(foldModels([plan(), ...facts]), asOf)).done.values()][0]?.map(
        ({ sinceMs }) => new Date(sinceMs).toISOString().slice(0, 10),
      );
    expect(since(accepted(ONE))).toEqual(['2024-09-01']);
    expect(
      since([...accepted(ONE), rated('2024-10-01', 1), rated('2024-11-01', 2), rated('2024-12-01', 3)]),
    ).toEqual(['2024-11-01']);
    const mismatched = [audited('2024-10-01', 'mismatched'), audited('2024-11-02', 'matched')];
    expect(since([...accepted(ONE), ...mismatched])).toEqual(['2024-11-02']);
  });
});

describe('a firm that applied by itself', () => {
  const applied = (fields: Record<string, unknown> = {}, hour = 0): Fact =>
    fact({
      id: `applied/${hour}`,
      type: 'onboarding.supplier-applied.v1',
      firm: testUscc(504),
      timeMs: Date.parse('2023-08-01T00:00:00Z') + hour * 3_600_000,
      data: {
        supplierUscc: testUscc(504),
        platform: 'iip',
        programme: PROGRAMME,
        supplierName: 'By itself',
        cityCode: '510100',
        districtCode: '510112',
        industryCode: '3670',
        ...fields,
      },
    });
  const rest = accepted(testUscc(504)).filter(({ type }) => !type.endsWith('nominated.v1'));

  it('counts for its city as one that a leader nominated', () => {
    expect(cityOf([plan(), applied(), ...rest])).toMatchObject({ done: 1, status: 'critical' });
    const { firms } = foldModels([applied()]);
    expect(firms.get(testUscc(504))).toMatchObject({ places: ['510100', '510112'], chains: [] });
    expect(firms.get(testUscc(504))?.name?.name).toBe('By itself');
  });

  it('belongs to the chain whose leader nominated it, whichever came first', () => {
    const byLeader = nominated(testUscc(504), '3985');
    for (const hour of [-1_000_000, 1_000_000])
      for (const facts of [
        [applied({}, hour), byLeader],
        [byLeader, applied({}, hour)],
      ]) {
        const world = new World(foldModels(facts), asOf);
        expect(world.models.firms.get(testUscc(504))?.chains).toEqual([testUscc(501)]);
        expect(world.participations.map(({ nominated }) => nominated?.industry)).toEqual(['3985']);
      }
  });
});

describe('a pilot industry', () => {
  const both = [...accepted(testUscc(502), '3670'), ...accepted(testUscc(503), '3985')];

  it('is any where the plan names none', () => {
    expect(cityOf([plan(), ...both])).toMatchObject({ done: 2, notCountable: {} });
  });

  it('excludes firms of other industries, with the reason', () => {
    const city = cityOf([plan({ pilotIndustries: ['3670', '3974'] }), ...both]);
    expect(city).toMatchObject({ done: 1, notCountable: { INDUSTRY_NOT_PILOT: 1 } });
  });
});

describe('beyond the pilots', () => {
  const [FIRM, SAMPLE, OTHER] = [502, 503, 504].map(testUscc) as [string, string, string];
  const copy = (firm: string, sampleFirm: string, copiedOn: string, regionCode = '510112'): Fact =>
    fact({
      id: `c/${firm}/${sampleFirm}`,
      type: 'samplefirm.copied.v1',
      firm,
      timeMs: Date.parse(`${copiedOn}T09:00:00Z`),
      data: { firmUscc: firm, sampleFirmUscc: sampleFirm, regionCode, solution: 'MES', copiedOn },
    });
  const deed = (type: string, documentNumber: string, designatedOn = '2024-10-01'): Fact =>
    fact({
      id: `${type}/${documentNumber}`,
      type,
      timeMs: Date.parse(`${designatedOn}T09:00:00Z`),
      data: { firmUscc: FIRM, regionCode: '510100', designatedOn, documentNumber },
    });
  const reachOf = (facts: readonly Fact[], city = '510100') =>
    reachByCity(new World(foldModels(facts), asOf)).get(city);

  it('names each promoted firm once, with what it copied first, in the city of its district', () => {
    const facts = [copy(FIRM, OTHER, '2024-11-01', '320500'), copy(FIRM, SAMPLE, '2024-10-01')];
    const lineage = { firm: FIRM, sampleFirm: SAMPLE, solution: 'MES', copiedOn: '2024-10-01' };
    expect(reachOf(facts)?.promoted).toEqual([lineage]);
    expect(reachOf(facts, '320500')).toBeUndefined();
    expect(reachOf([...facts].reverse())?.promoted).toEqual([lineage]);
  });

  it('does not promote a pilot, nor what happened after the instant', () => {
    const facts = [copy(FIRM, SAMPLE, '2024-10-01'), copy(OTHER, SAMPLE, '2025-03-02')];
    expect(reachOf(facts)?.promoted).toHaveLength(1);
    expect(reachOf([...facts, nominated(FIRM, '3670')])).toBeUndefined();
  });

  it('counts designations by the number of their deed', () => {
    const facts = [
      deed('workshop.designated.v1', 'ZN-1'),
      deed('workshop.designated.v1', 'ZN-2'),
      deed('workshop.designated.v1', ''),
      deed('workshop.designated.v1', 'ZN-3', '2025-04-01'),
      deed('lighthouse.designated.v1', 'LH-1'),
    ];
    expect(reachOf(facts)?.designations).toEqual({ smartWorkshops: 2, lighthouseFactories: 1 });
  });
});
