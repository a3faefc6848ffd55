import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Claims } from '../../schemas/api/claims.ts';
import { FigureExplanation, FirmKpis } from '../../schemas/api/kpi.ts';
import { Targets } from '../../schemas/api/targets.ts';
import { identityOf } from '../../schemas/envelope.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { addMonths, periodOf, periodsBetween, startOfPeriod } from '../../schemas/time.ts';
import { createReadCache } from '../../services/gateway/reads/cache.ts';
import { readBoard } from '../../services/gateway/reads/onboardings.ts';
import { openFigure } from '../../services/gateway/reads/programme.ts';
import { freezeDueBaselines } from '../../services/measurement/adapters/freeze.ts';
import { refreshSummaries } from '../../services/measurement/adapters/summaries.ts';
import { kpiOf } from '../../services/measurement/domain/kpis.ts';
import {
  countSupplierMonths,
  explainFigure,
  isBaselinePending,
  measurementProjector,
  readClaims,
  readFindings,
  readKpis,
  readPanel,
  readTargets,
  rebuildMeasurement,
  refrozenData,
  xorHashes,
} from '../../services/measurement/index.ts';
import {
  ensureEventIndexes,
  eventsOf,
  partitionsOf,
  streamClockOf,
} from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { expectChinese } from '../support/chinese.ts';
import { testUscc, uniqueName } from '../support/events.ts';

const LEADER = testUscc(201);
const FIRM = testUscc(202);
const THRESHOLDS = { criticalBelow: 0.15, laggingBelow: 0.3 };
const COPY = testUscc(203);
const PROGRAMME = 'sme-510100-2023';
const onboarding = { supplierUscc: FIRM, platform: 'iip', programme: PROGRAMME };
const PROVINCE = { role: 'bureau', region: '510000' } as const;
const ELSEWHERE: Tenancy = { role: 'bureau', region: '320000' };
const logger = createLogger('test', { level: 'silent' });

type NewEvent = {
  type: EventType;
  source: string;
  id: string;
  time: string;
  firm: string | null;
  data: Record<string, unknown>;
};

/** Appends events to one partition and its head, as ingest does. */
class EventLog {
  private seq = 0;
  constructor(readonly mongo: Mongo) {}

  async append(events: readonly NewEvent[]): Promise<void> {
    const stored = events.map((event): StoredEvent => {
      const { firm, ...attributes } = event;
      const body = JSON.stringify({ specversion: '1.0', ...attributes });
      const contentHash = createHash('sha256').update(body).digest('hex');
      this.seq++;
      return {
        _id: identityOf(event.source, event.id),
        type: event.type,
        sourceClass: event.source.split('/')[1] as StoredEvent['sourceClass'],
        time: new Date(event.time),
        firm,
        period: typeof event.data.period === 'string' ? event.data.period : periodOf(new Date(event.time)),
        correlationId: event.id,
        topic: 'supplier.reports',
        partition: 0,
        offset: this.seq - 1,
        seq: this.seq,
        contentHash,
        hash: contentHash,
        recordedAt: new Date(Date.parse('2026-01-01T00:00:00Z') + this.seq * 1000),
        body,
      };
    });
    await eventsOf(this.mongo.db).insertMany(stored);
    const head = {
      topic: 'supplier.reports',
      partition: 0,
      nextOffset: this.seq,
      seq: this.seq,
      head: '',
      maxTime: null,
      lastTime: null,
    };
    const counts = { accepted: this.seq, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
    await partitionsOf(this.mongo.db).replaceOne(
      { _id: 'supplier.reports/0' },
      { ...head, counts },
      { upsert: true },
    );
  }

  async moveClock(at: string): Promise<void> {
    await streamClockOf(this.mongo.db).replaceOne(
      { _id: 'watermark' },
      { at: new Date(at), positions: { 'supplier.reports/0': this.seq }, caughtUp: false },
      { upsert: true },
    );
  }
}

const closed = (id: string, period: string, soldYuan: number, time?: string): NewEvent => ({
  type: 'inventory.closed.v1',
  source: `/supplier/${FIRM}/erp`,
  id,
  firm: FIRM,
  time: time ?? new Date(startOfPeriod(addMonths(period, 1)).getTime() + 5 * 86_400_000).toISOString(),
  data: {
    firmUscc: FIRM,
    holderUscc: FIRM,
    stockKind: 'own',
    period,
    openingStockFen: 700_000,
    closingStockFen: 700_000,
    costOfGoodsSoldFen: soldYuan * 100,
    currency: 'CNY',
  },
});

const step = (
  type: EventType,
  id: string,
  time: string,
  data: Record<string, unknown>,
  source = `/supplier/${FIRM}/portal`,
): NewEvent => ({
  type,
  source,
  id,
  firm: FIRM,
  time,
  data: { ...onboarding, ...data },
});

const HISTORY: NewEvent[] = [
  {
    type: 'leader.registered.v1',
    source: '/system/registry',
    id: 'leader',
    firm: LEADER,
    time: '2022-01-01T00:00:00Z',
    data: { leaderUscc: LEADER, name: '整车厂（情景）', sources: [] },
  },
  {
    type: 'target.plan-published.v1',
    source: '/bureau/510100/plans',
    id: 'plan',
    firm: null,
    time: '2023-06-01T00:00:00Z',
    data: {
      cityCode: '510100',
      cityName: '成都市',
      programme: PROGRAMME,
      batch: 1,
      planVersion: 1,
      regionClass: 'west',
      targetFirms: 30,
      windowFrom: '2023-06-01',
      windowTo: '2025-05-31',
      scaleDenominator: 10,
    },
  },
  step(
    'onboarding.supplier-nominated.v1',
    'nominated',
    '2023-07-01T00:00:00Z',
    {
      leaderUscc: LEADER,
      supplierName: '测试',
      cityCode: '510100',
      districtCode: '510112',
      industryCode: '3670',
      tier: 1,
    },
    `/chain/${LEADER}/erp/sap`,
  ),
  ...periodsBetween('2022-07', '2023-08').map((period) => closed(`before-${period}`, period, 3000)),
  step('onboarding.contract-signed.v1', 'contract', '2023-09-10T00:00:00Z', {
    providerUscc: LEADER,
    contractNumber: 'C1',
    signedOn: '2023-09-10',
    amountFen: 10_000_000,
    currency: 'CNY',
  }),
  step('onboarding.go-live-confirmed.v1', 'live', '2024-01-10T00:00:00Z', { liveOn: '2024-01-10' }),
  ...periodsBetween('2024-02', '2025-01').map((period) => closed(`after-${period}`, period, 3660)),
  step(
    'onboarding.closed.v1',
    'closed',
    '2024-09-01T00:00:00Z',
    { status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau', basis: [] },
    '/system/onboarding',
  ),
  {
    type: 'samplefirm.copied.v1',
    source: '/bureau/510100/programme',
    id: 'copied',
    firm: COPY,
    time: '2024-10-02T00:00:00Z',
    data: {
      firmUscc: COPY,
      sampleFirmUscc: FIRM,
      regionCode: '510112',
      solution: 'MES',
      copiedOn: '2024-10-01',
    },
  },
  {
    type: 'workshop.designated.v1',
    source: '/bureau/510100/programme',
    id: 'workshop',
    firm: FIRM,
    time: '2024-10-02T00:00:00Z',
    data: {
      firmUscc: FIRM,
      regionCode: '510100',
      designatedOn: '2024-10-01',
      documentNumber: 'ZN-1',
      workshop: '一车间',
    },
  },
];

describe('measurement on a real database', () => {
  let log: EventLog;
  const catchUp = async () => {
    while (await projectOnce(log.mongo, measurementProjector, log.mongo.db, 7)) {
      // One small batch at a time, so that documents are cut across batches.
    }
  };
  const freeze = async () => {
    const published: NewEvent[] = [];
    await freezeDueBaselines({
      db: log.mongo.db,
      logger,
      sent: new Set(),
      publish: async (events) => {
        for (const { key, event } of events) {
          const { specversion: _, partitionkey: __, ...rest } = event;
          published.push({ ...(rest as unknown as NewEvent), firm: key });
        }
      },
    });
    return published;
  };

  beforeAll(async () => {
    const mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('measurement'));
    log = new EventLog(mongo);
    await ensureEventIndexes(mongo.db);
    await measurementProjector.ensureIndexes(mongo.db);
    await log.append(HISTORY);
  });
  afterAll(async () => {
    await log.mongo.db.dropDatabase();
    await log.mongo.close();
  });

  it('counts the months reported', async () => {
    await catchUp();
    expect(await countSupplierMonths(log.mongo.db)).toBe(26);
  });

  it('freezes a baseline once the watermark has passed the contract, and only once', async () => {
    await log.moveClock('2023-09-01T00:00:00Z');
    expect(await isBaselinePending(log.mongo.db)).toBe(false);
    expect(await freeze()).toEqual([]);
    await log.moveClock('2025-03-01T00:00:00Z');
    expect(await isBaselinePending(log.mongo.db)).toBe(true);
    const [first, second] = [await freeze(), await freeze()];
    expect(second).toEqual(first);
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({
      id: `baseline/${PROGRAMME}/${FIRM}`,
      source: '/system/measurement',
      time: '2023-09-10T00:00:00.000Z',
      data: { contractMonth: '2023-09', months: periodsBetween('2022-09', '2023-08') },
    });
    await log.append(first);
    expect(await freeze()).toEqual([]);
    await catchUp();
    expect(await isBaselinePending(log.mongo.db)).toBe(false);
  });

  it('shows the change against the frozen baseline', async () => {
    const kpis = FirmKpis.parse(await readKpis(log.mongo.db, FIRM));
    expect(kpis.baseline?.months).toHaveLength(12);
    expect(kpis.improvement.inventoryTurns).toMatchObject({ value: expect.closeTo(0.22, 10) });
    expect(kpis.improvement.inventoryDays).toMatchObject({ value: expect.closeTo(-0.1803, 4) });
    expect(kpis.improvement.oee).toMatchObject({ value: null });
    const march = kpis.months.find(({ month }) => month === '2024-03')!;
    expect(march.inventoryTurns?.value).toBeCloseTo((3660 * 365) / 31 / 7000, 10);
    expect(march.unitsPerHour).toMatchObject({ value: null, reason: 'NO_DATA' });
  });

  it('gives one KPI of all firms as a panel, now and as it was known', async () => {
    const turns = kpiOf('inventoryTurns')!;
    const range = ['2022-01', '2024-12'] as const;
    const { months } = FirmKpis.parse(await readKpis(log.mongo.db, FIRM));
    const single = months.flatMap(({ month, inventoryTurns }) =>
      month <= range[1] && typeof inventoryTurns?.value === 'number' ? [[month, inventoryTurns.value]] : [],
    );
    expect(single.length).toBeGreaterThan(12);
    const known = await readPanel(log.mongo.db, turns, range, { knownAt: new Date() });
    for (const panel of [await readPanel(log.mongo.db, turns, range), known]) {
      const cells = [...panel.cells()];
      expect(cells).toHaveLength(panel.size);
      expect(
        cells
          .filter(({ uscc }) => uscc === FIRM)
          .map(({ period, numerator, denominator }) => [period, numerator / denominator]),
      ).toEqual(single);
    }
    expect([...known.cells()]).toEqual([...(await readPanel(log.mongo.db, turns, range)).cells()]);
  });

  it('opens a figure to its events, whose count and hash agree', async () => {
    const id = `inventory-turns/v1/${FIRM}/2024-03`;
    const explained = FigureExplanation.parse(await explainFigure(log.mongo.db, id));
    expect(explained).toMatchObject({
      figureId: id,
      eventCount: 1,
      events: [{ id: 'after-2024-03', partition: 0 }],
    });
    expect(explained.eventsHash).toBe(explained.events[0]!.hash.slice(0, 32));
    expect(explained.value).toBeCloseTo(explained.numerator! / explained.denominator!, 12);
    for (const other of ['baseline', 'improvement']) {
      const opened = FigureExplanation.parse(
        await explainFigure(log.mongo.db, `inventory-turns/v1/${FIRM}/${other}`),
      );
      expect(opened.eventCount).toBe(other === 'baseline' ? 12 : 24);
      expect(opened.value).toBeCloseTo(opened.numerator! / opened.denominator!, 10);
    }
    await expect(explainFigure(log.mongo.db, 'nothing/v1/x/y')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('gives targets, claims and summaries, now and as of another time', async () => {
    const now = Targets.parse(await readTargets(log.mongo.db, THRESHOLDS));
    expect(now.cities).toMatchObject([
      {
        code: '510100',
        target: 30,
        done: 1,
        status: 'critical',
        promoted: [{ firm: COPY, sampleFirm: FIRM, solution: 'MES', copiedOn: '2024-10-01' }],
        designations: { smartWorkshops: 1, lighthouseFactories: 0 },
      },
    ]);
    const then = Targets.parse(
      await readTargets(log.mongo.db, THRESHOLDS, { asOf: new Date('2024-06-01T00:00:00Z') }),
    );
    expect(then.cities).toMatchObject([{ done: 0, promoted: [], designations: { smartWorkshops: 0 } }]);
    const claims = Claims.parse(await readClaims(log.mongo.db));
    const verdictOf = (id: string) => claims.claims.find((claim) => claim.id === id)?.verdict;
    expect(verdictOf('target-west')).toBe('confirmed');
    expect(verdictOf('longquanyi-turns')).toBe('confirmed');
    expect(verdictOf('sichuan-pilot-firms')).toBe('not_testable');
    for (const { id, figureId } of claims.claims) {
      const { window, eventCount } = await explainFigure(log.mongo.db, figureId!);
      expect([id, window !== null]).toEqual([id, eventCount > 0]);
    }
    const mark = await refreshSummaries(log.mongo.db, null, THRESHOLDS);
    expect(await refreshSummaries(log.mongo.db, mark, THRESHOLDS)).toBe(mark);
    const chains = await log.mongo.db.collection<{ _id: string }>('summaries').findOne({ _id: 'chains' });
    expect(chains).toMatchObject({
      chains: [{ leaderUscc: LEADER, suppliers: { firms: 1, change: expect.closeTo(0.22, 10) } }],
    });
    const turns = FigureExplanation.parse(await explainFigure(log.mongo.db, `turns/${LEADER}/suppliers`));
    expect(turns).toMatchObject({ eventCount: 24, value: expect.closeTo(0.22, 10) });
  });

  const open = async (tenancy: Tenancy, figureId: string) =>
    FigureExplanation.parse(await openFigure(readerOf(tenancy), figureId));
  const readerOf = (tenancy: Tenancy) => ({
    db: log.mongo.db,
    principal: { subject: 'a', name: 'A', tenancy },
    cache: createReadCache(log.mongo.db),
    today: '2025-01-01',
  });

  it('opens who is overdue as the board counts it, with the events of each', async () => {
    const { db } = log.mongo;
    const onboardings = db.collection<{ _id: string }>('onboardings');
    const [event] = (await explainFigure(db, 'target/510100')).events;
    const started = (_id: string, status: string, deadline: string) => ({
      ...{ _id, status, stage: 'NOMINATED', cityCode: '510100', supplierUscc: FIRM, stages: [] },
      steps: [{ step: 'DIAGNOSIS', stage: 'NOMINATED', waitingOn: 'rater', deadline }],
      leaderUscc: LEADER,
      failureReason: status === 'WITHDRAWN' ? { group: 'UNABLE', cause: 'NO_STAFF' } : null,
      history: [{ id: identityOf(event?.source ?? '', event?.id ?? ''), isTakenBack: false }],
    });
    await onboardings.insertMany([
      started('late', 'ACTIVE', '2020-01-01T00:00:00.000Z'),
      started('in-time', 'ACTIVE', '2099-01-01T00:00:00.000Z'),
      started('ended', 'WITHDRAWN', '2020-01-01T00:00:00.000Z'),
      started('run-out', 'EXPIRED', '2020-01-01T00:00:00.000Z'),
    ]);
    const { stages } = await readBoard(readerOf(PROVINCE), { rows: 0 });
    expect(stages.reduce((sum, { stalled }) => sum + stalled, 0)).toBe(1);
    expect(await open(PROVINCE, 'onboardings/OVERDUE/-')).toMatchObject({
      ...{ value: 1, denominator: 4, eventCount: 1, events: [event] },
    });
    const [nominatedStage] = stages;
    for (const [figureId, value] of [
      ['board/open/NOMINATED', nominatedStage?.open],
      ['board/overdue/NOMINATED', nominatedStage?.stalled],
      [`board/open/NOMINATED?leader=${LEADER}&q=no+such+name`, 0],
    ] as const)
      expect(await open(PROVINCE, figureId)).toMatchObject({ value, eventCount: value === 0 ? 0 : 1 });
    expect(await open(PROVINCE, 'onboardings/share/NOMINATED/-/UNABLE/NO_STAFF')).toMatchObject({
      ...{ value: 0.5, numerator: 1, denominator: 2, unit: 'ratio', events: [event] },
    });
    for (const figureId of ['board/open/NOMINATED?$where=1', 'board/open/NOWHERE', 'board/dreamt/NOMINATED'])
      await expect(open(PROVINCE, figureId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await open(ELSEWHERE, 'board/open/NOMINATED')).toMatchObject({ value: 0, eventCount: 0 });
    await onboardings.deleteMany({});
  });

  it('key figures of a jurisdiction open to what they are made of and to every event behind it, once', async () => {
    const { db } = log.mongo;
    await refreshSummaries(db, null, THRESHOLDS);
    const city = await explainFigure(db, 'target/510100');
    for (const what of ['done', 'behind'])
      expect(await open(PROVINCE, `targets/${what}/-`)).toMatchObject({
        value: 1,
        denominator: what === 'done' ? 30 : 1,
        children: ['target/510100'],
        eventCount: city.eventCount,
        eventsHash: city.eventsHash,
        events: city.events,
      });
    expect(city.events[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    const elsewhere: Tenancy[] = [ELSEWHERE, { role: 'leader', firms: [LEADER] }];
    const forecast = await open(PROVINCE, 'forecast/510100');
    const { cities } = Targets.parse(await readTargets(db, THRESHOLDS));
    expect(forecast).toMatchObject({
      ...{ value: cities[0]?.forecast.mid, unit: 'firms', children: ['target/510100'], events: city.events },
      ...{ numerator: null, denominator: null },
    });
    expectChinese(forecast.zh.definition);
    await expect(open(ELSEWHERE, 'forecast/510100')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const foreign of elsewhere)
      await expect(open(foreign, 'targets/done/-')).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const claims = Claims.parse(await readClaims(db)).claims.filter(({ verdict }) => verdict === 'confirmed');
    const confirmed = await open(PROVINCE, 'claims/confirmed');
    expect(confirmed).toMatchObject({
      value: claims.length,
      children: claims.map(({ figureId }) => figureId),
    });
    const parts = await Promise.all(claims.map(({ figureId }) => explainFigure(db, figureId ?? '')));
    const behind = new Map(parts.flatMap(({ events }) => events.map((one) => [one.hash, one])));
    expect(behind.size).toBe(confirmed.eventCount);
    expect([...behind.keys()].map((hash) => hash.slice(0, 32)).reduce(xorHashes)).toBe(confirmed.eventsHash);
    await expect(open(PROVINCE, 'claims/dreamt')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes corrections in any order, leaves the baseline and raises a finding', async () => {
    const correction = (id: string, correctedId: string, replacementId: string): NewEvent => ({
      type: 'correction.declared.v1',
      source: `/supplier/${FIRM}/erp`,
      id,
      firm: null,
      time: '2025-02-01T00:00:00Z',
      data: { action: 'replace', correctedId, replacementId, reason: 'wrong ledger' },
    });
    await log.append([correction('c1', 'before-2023-08', 'again-2023-08')]);
    await catchUp();
    await log.append([closed('again-2023-08', '2023-08', 6000, '2025-02-01T00:00:00Z')]);
    await log.append([
      correction('c2', 'not-yet', 'x'),
      closed('not-yet', '2024-03', 99_999, '2025-02-02T00:00:00Z'),
    ]);
    await log.append([closed('tie', '2024-04', 4000, closed('', '2024-04', 0).time)]);
    await catchUp();
    const kpis = FirmKpis.parse(await readKpis(log.mongo.db, FIRM));
    const soldIn = (month: string) => {
      const figure = kpis.months.find((one) => one.month === month)?.inventoryTurns;
      return Number(figure?.numerator) / 73_000;
    };
    expect(soldIn('2023-08')).toBe(6000);
    expect(soldIn('2024-03')).toBe(3660);
    expect(soldIn('2024-04')).toBe(4000);
    const { findings: all } = await readFindings(log.mongo.db);
    const reopened = all.filter(({ code }) => code === 'PERIOD_REOPENED');
    expect(reopened).toMatchObject([
      {
        entities: [FIRM],
        evidence: [
          {
            period: '2023-08',
            closed: { costOfGoodsSoldFen: 300_000 },
            action: 'replace',
            reason: 'wrong ledger',
            replacement: 'again-2023-08',
          },
        ],
      },
      { evidence: [{ period: '2024-03', closed: { costOfGoodsSoldFen: 9_999_900 } }] },
    ]);
    const before = await readFindings(log.mongo.db, { asOf: new Date('2025-01-31T00:00:00Z') });
    expect(before.findings.map(({ code }) => code)).not.toContain('PERIOD_REOPENED');
    const findings = await log.mongo.db.collection('findings').find().toArray();
    expect(findings).toMatchObject([{ code: 'BASELINE_CORRECTED', entities: [FIRM] }]);
    expect(kpis.baseline?.figures.inventoryTurns).toMatchObject({
      value: expect.closeTo((12 * 3000) / 7000, 10),
    });
  });

  it('a frozen baseline is replaced by an auditor alone, with the reason; the first stays known', async () => {
    const question = { uscc: FIRM, programme: PROGRAMME, reason: 'the ledger of August was wrong' };
    const auditor = { name: 'Wang', role: 'financial-auditor' } as const;
    const refrozen = (fields: object) =>
      refrozenData(log.mongo.db, { ...question, actor: auditor, ...fields });
    await expect(refrozen({ actor: { name: 'Li', role: 'bureau' } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(refrozen({ programme: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const before = FirmKpis.parse(await readKpis(log.mongo.db, FIRM));
    expect(before.baseline?.refrozen).toBeNull();
    await log.append([
      {
        type: 'baseline.refrozen.v1',
        source: '/system/measurement',
        id: `baseline/${PROGRAMME}/${FIRM}/refrozen/1`,
        firm: FIRM,
        time: '2025-02-20T00:00:00Z',
        data: await refrozen({}),
      },
    ]);
    await catchUp();
    const { baseline, improvement } = FirmKpis.parse(await readKpis(log.mongo.db, FIRM));
    expect(baseline).toMatchObject({
      refrozen: {
        by: 'Wang',
        reason: question.reason,
        replaces: before.baseline?.event,
        replacesSha256: before.baseline?.figuresSha256,
      },
      figures: { inventoryTurns: { value: expect.closeTo((11 * 3000 + 6000) / 7000, 10) } },
    });
    expect(improvement.inventoryTurns?.value).toBeLessThan(before.improvement.inventoryTurns?.value ?? 0);
    expect(await log.mongo.db.collection('findings').find().toArray()).toEqual([]);
    const then = FirmKpis.parse(
      await readKpis(log.mongo.db, FIRM, { asOf: new Date('2025-02-19T00:00:00Z') }),
    );
    expect(then.baseline).toEqual(before.baseline);
  });

  it('equals a rebuild, and a rebuild puts a tampered document right', async () => {
    const before = await rebuildMeasurement(log.mongo, { now: () => new Date(), progress: () => {} });
    expect(before.replaced).toBe(0);
    const kpi = log.mongo.db.collection<{ _id: string }>('kpi');
    await kpi.updateOne({ _id: `${FIRM}/2024` }, { $set: { 'months.03.slots.inventory.supplier.v.2': 1 } });
    await kpi.insertOne({ _id: 'stray' });
    const after = await rebuildMeasurement(log.mongo, { now: () => new Date(), progress: () => {} });
    expect(after.replaced).toBe(2);
    expect(
      (await rebuildMeasurement(log.mongo, { now: () => new Date(), progress: () => {} })).replaced,
    ).toBe(0);
  });
});
