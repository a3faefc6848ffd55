import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Claims } from '../../schemas/api/claims.ts';
import { FigureExplanation, FirmKpis } from '../../schemas/api/kpi.ts';
import { FirmLevels } from '../../schemas/api/levels.ts';
import { Targets } from '../../schemas/api/targets.ts';
import { periodsBetween } from '../../schemas/time.ts';
import { register as registerLevel } from '../../services/cli/commands/level.ts';
import type { JsonObject } from '../../services/ingest/domain/decode.ts';
import { validate } from '../../services/ingest/domain/validate.ts';
import { refreshSummaries } from '../../services/measurement/adapters/summaries.ts';
import { kpiOf } from '../../services/measurement/domain/kpis.ts';
import {
  countSupplierMonths,
  explainFigure,
  isBaselinePending,
  LEVEL_EDITIONS,
  readClaims,
  readDisplacement,
  readKpis,
  readPanel,
  readTargets,
} from '../../services/measurement/index.ts';
import {
  COPY,
  type EventLog,
  FIRM,
  LEADER,
  type MeasuredFirm,
  type NewEvent,
  openFrozenFirm,
  openMeasuredFirm,
  PROGRAMME,
  THRESHOLDS,
} from '../support/measuredFirm.ts';

describe('measurement on a real database', () => {
  let firm: MeasuredFirm;
  let log: EventLog;
  beforeAll(async () => {
    firm = await openFrozenFirm();
    log = firm.log;
  });
  afterAll(() => firm.close());

  it('counts the months reported', async () => {
    expect(await countSupplierMonths(log.mongo.db)).toBe(26);
  });

  it('freezes a baseline once the watermark has passed the contract, and only once', async () => {
    const fresh = await openMeasuredFirm();
    const { log, freeze, catchUp } = fresh;
    await log.moveClock('2023-09-01T00:00:00Z');
    expect(await isBaselinePending(log.mongo.db)).toBe(false);
    expect(await freeze()).toEqual([]);
    await log.moveClock('2025-03-01T00:00:00Z');
    expect(await isBaselinePending(log.mongo.db)).toBe(true);
    const [first, second] = [await freeze(), await freeze()];
    expect(second).toEqual(first);
    const stated = { source: '/system/measurement', time: '2023-09-10T00:00:00.000Z' };
    expect(first).toMatchObject([
      {
        ...{ ...stated, id: `baseline/LEADER/${LEADER}/${PROGRAMME}/${FIRM}`, firm: LEADER },
        data: { contractMonth: '2023-09', firstSupplierUscc: FIRM, months: [] },
      },
      {
        ...{ ...stated, id: `baseline/${PROGRAMME}/${FIRM}`, firm: FIRM },
        data: { contractMonth: '2023-09', months: periodsBetween('2022-09', '2023-08') },
      },
    ]);
    for (const { firm, ...event } of first) {
      const judged = validate({ specversion: '1.0', partitionkey: firm, ...event } as JsonObject, new Date());
      expect(judged).toMatchObject({ ok: true, value: { type: event.type, firm } });
    }
    await log.append(first);
    expect(await freeze()).toEqual([]);
    await catchUp();
    expect(await isBaselinePending(log.mongo.db)).toBe(false);
    await fresh.close();
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
    const id2 = `inventory-turns/v1/${FIRM}/improvement`;
    const whole = await explainFigure(log.mongo.db, id2);
    const paged: typeof whole.events = [];
    for (let after: string | undefined; ; ) {
      const { events, next, eventCount } = await explainFigure(log.mongo.db, id2, {}, { limit: 7, after });
      expect(eventCount).toBe(24);
      paged.push(...events);
      if (next === null || next === undefined) break;
      expect(events).toHaveLength(7);
      after = next;
    }
    expect(paged).toEqual(whole.events);
    expect(whole.events[0]).toMatchObject({
      seq: expect.any(Number),
      chainHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await expect(explainFigure(log.mongo.db, id2, {}, { after: 'nowhere' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
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
    const displaced = await readDisplacement(log.mongo.db, FIRM);
    expect(displaced).toMatchObject([
      { leaderUscc: LEADER, suppliers: expect.closeTo(0.22, 10), chain: null },
    ]);
    expect(await readDisplacement(log.mongo.db, FIRM, { knownAt: new Date() })).toEqual(displaced);
    const turns = FigureExplanation.parse(await explainFigure(log.mongo.db, `turns/${LEADER}/suppliers`));
    expect(turns).toMatchObject({ eventCount: 24, value: expect.closeTo(0.22, 10), displacement: displaced });
    const gains = [`inventory-turns/v1/${FIRM}/improvement`, 'claim/longquanyi-turns'];
    for (const id of gains)
      expect(FigureExplanation.parse(await explainFigure(log.mongo.db, id)).displacement, id).toEqual(
        displaced,
      );
    const month = await explainFigure(log.mongo.db, `inventory-turns/v1/${FIRM}/2024-03`);
    expect(month).not.toHaveProperty('displacement');
  });

  it('shows a firm’s assessments apart, what the next level lacks, and no difference across editions', async () => {
    const fresh = await openMeasuredFirm();
    const rated = (id: string, what: string, source: string, time: string, data: object): NewEvent => ({
      ...{ type: `onboarding.${what}.v1` as NewEvent['type'], source, firm: COPY, id, time },
      data: { supplierUscc: COPY, platform: 'iip', programme: PROGRAMME, ...data },
    });
    const { scenes } = LEVEL_EDITIONS['2024'];
    const sheet = Object.fromEntries(scenes.slice(0, 6).map(({ id }) => [id, 2]));
    await fresh.log.append([
      rated('d', 'diagnosis-completed', '/rater/r', '2023-08-01T00:00:00Z', {
        ...{ edition: '2022', score: 30, level: 1 },
      }),
      rated('s', 'self-assessed', '/system/onboarding', '2024-06-01T00:00:00Z', {
        ...{ edition: '2024', score: 85, level: 4 },
      }),
      rated('r', 'level-assessed', '/rater/r', '2024-07-01T00:00:00Z', {
        ...{ edition: '2024', score: 45, level: 2, scenes: sheet },
      }),
    ]);
    const printed: string[] = [];
    const program = new Command().exitOverride();
    registerLevel(program, { out: (line) => printed.push(line), err: () => {}, exitCode: 0 });
    for (const server of ['MONGODB_URI', 'KAFKA_BROKERS', 'TEMPORAL_ADDRESS'] as const)
      vi.stubEnv(server, inject(server));
    vi.stubEnv('MONGODB_DB', fresh.log.mongo.db.databaseName);
    const show = async (...more: string[]) =>
      program.parseAsync(['node', 'cli', 'level', 'show', COPY, ...more]);
    await show('--json');
    await show('--json', '--as-of', '2024-06-15');
    await show();
    vi.unstubAllEnvs();
    const [now, then] = printed.slice(0, 2).map((text) => FirmLevels.parse(JSON.parse(text)));
    expect(now?.records.map(({ kind, edition }) => [kind, edition])).toEqual([
      ['diagnosis', '2022'],
      ['self', '2024'],
      ['on-site', '2024'],
    ]);
    expect(now).toMatchObject({
      counted: { kind: 'on-site', level: 2, isConsistent: true, computed: { level: 2, next: { level: 3 } } },
      change: { refusal: 'LEVEL_EDITIONS_DIFFER' },
    });
    expect(now?.counted?.computed.next?.scenes.length).toBeGreaterThan(0);
    // What a firm says of itself never counts.
    expect([then?.records.length, then?.counted, then?.change]).toEqual([2, null, null]);
    expect(printed[2]).toContain(now?.counted?.computed.explanation);
    await fresh.close();
  });

  it('a target opens to the firms that count for it, not to those accepted without counting', async () => {
    const fresh = await openMeasuredFirm();
    const db = fresh.log.mongo.db;
    const of = { supplierUscc: COPY, platform: 'iip', programme: PROGRAMME };
    const about = (type: NewEvent['type'], source: string, firm: string, data: object): NewEvent => ({
      ...{ type, source, firm, id: `${type}/${firm}`, time: '2024-08-01T00:00:00Z' },
      data: { ...of, supplierUscc: firm, ...data },
    });
    const ended = { stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau', basis: [] };
    await fresh.log.append([
      about('onboarding.supplier-nominated.v1', `/chain/${LEADER}/erp/sap`, COPY, {
        ...{ leaderUscc: LEADER, supplierName: '二', cityCode: '510100', industryCode: '3670', tier: 1 },
      }),
      about('onboarding.contract-signed.v1', `/supplier/${COPY}/portal`, COPY, { signedOn: '2023-09-10' }),
      about('onboarding.go-live-confirmed.v1', `/supplier/${COPY}/portal`, COPY, { liveOn: '2024-01-10' }),
      about('onboarding.use-sustained.v1', '/system/onboarding', COPY, {}),
      about('onboarding.level-assessed.v1', '/rater/r', COPY, { level: 1 }),
      about('onboarding.closed.v1', '/system/onboarding', COPY, { status: 'ACCEPTED', ...ended }),
      about('onboarding.closed.v1', '/system/onboarding', FIRM, {
        ...{ programme: 'sme-other-2024', status: 'FAILED', ...ended },
      }),
    ]);
    await fresh.catchUp();
    await fresh.log.moveClock('2025-03-01T00:00:00Z');
    const { cities } = Targets.parse(await readTargets(db, THRESHOLDS));
    expect(cities).toMatchObject([
      {
        done: 1,
        notCountable: { LEVEL_NOT_REACHED: 1 },
        notCounted: [{ uscc: COPY, reason: 'LEVEL_NOT_REACHED' }],
      },
    ]);
    expect(await explainFigure(db, 'target/510100')).toMatchObject({
      ...{ numerator: 1, entities: [FIRM], eventCount: 6 },
      events: ['contract', 'live', 'used', 'rated', 'audited', 'closed'].map((id) => ({ id })),
    });
    await fresh.close();
  });
});
