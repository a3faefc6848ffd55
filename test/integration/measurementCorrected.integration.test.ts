import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FirmKpis } from '../../schemas/api/kpi.ts';
import { periodsBetween } from '../../schemas/time.ts';
import { createOutcomeActivities } from '../../services/measurement/adapters/outcome.ts';
import type { CorrectedMonth } from '../../services/measurement/domain/findings.ts';
import {
  explainFigure,
  readDisplacement,
  readFindings,
  readKpis,
  rebuildMeasurement,
  refrozenData,
} from '../../services/measurement/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import {
  closed,
  type EventLog,
  FIRM,
  LEADER,
  type MeasuredFirm,
  type NewEvent,
  openFrozenFirm,
  openMeasuredFirm,
  PROGRAMME,
} from '../support/measuredFirm.ts';

const correction = (id: string, correctedId: string, replacementId: string): NewEvent => ({
  type: 'correction.declared.v1',
  source: `/supplier/${FIRM}/erp`,
  id,
  firm: null,
  time: '2025-02-01T00:00:00Z',
  data: { action: 'replace', correctedId, replacementId, reason: 'wrong ledger' },
});

describe('corrections of what was measured, on a real database', () => {
  let firm: MeasuredFirm;
  let log: EventLog;
  beforeEach(async () => {
    firm = await openFrozenFirm();
    log = firm.log;
    await log.append([correction('c1', 'before-2023-08', 'again-2023-08')]);
    await firm.catchUp();
    await log.append([closed('again-2023-08', '2023-08', 6000, '2025-02-01T00:00:00Z')]);
    await log.append([
      correction('c2', 'not-yet', 'x'),
      closed('not-yet', '2024-03', 99_999, '2025-02-02T00:00:00Z'),
    ]);
    await log.append([closed('tie', '2024-04', 4000, closed('', '2024-04', 0).time)]);
    await firm.catchUp();
  });
  afterEach(() => firm.close());

  it('takes corrections in any order, leaves the baseline and raises a finding', async () => {
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
    await firm.catchUp();
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

  it('a leader’s figures before the first contract are frozen too: late and corrected months are found, and move no gain', async () => {
    const leaders = await openMeasuredFirm();
    const { db } = leaders.log.mongo;
    const ledger = (from: string, to: string, sold: number): NewEvent[] =>
      periodsBetween(from, to).map((period) => closed(`l-${period}`, period, sold, undefined, LEADER));
    // The books of July were handed in after the contract.
    const late = closed('l-2023-07', '2023-07', 99_000, '2023-10-01T00:00:00Z', LEADER);
    const before = ledger('2022-07', '2023-08', 3000).map((one) => (one.id === late.id ? late : one));
    await leaders.log.append([...before, ...ledger('2024-02', '2025-01', 3660)]);
    await leaders.catchUp();
    await leaders.log.moveClock('2025-03-01T00:00:00Z');
    await leaders.log.append(await leaders.freeze());
    await leaders.catchUp();
    const frozenBy = new Date(
      (await eventsOf(db).countDocuments()) * 1000 + Date.parse('2026-01-01T00:00:00Z'),
    );
    const gain = () => readDisplacement(db, FIRM);
    const first = await gain();
    expect(first).toMatchObject([{ leader: expect.closeTo(0.22, 2), chain: expect.closeTo(0.22, 2) }]);
    const corrected = async () =>
      (await db.collection('findings').find().toArray()).map(({ _id, evidence }) => [
        _id,
        evidence.flatMap((one: CorrectedMonth) => (one.kpi === 'inventoryTurns' ? one.month : [])),
      ]);
    expect(await corrected()).toEqual([]);
    await leaders.log.append([
      { ...correction('lc', 'l-2023-08', 'again'), source: `/supplier/${LEADER}/erp` },
      closed('again', '2023-08', 9000, '2025-02-01T00:00:00Z', LEADER),
    ]);
    await leaders.catchUp();
    expect(await corrected()).toEqual([[`BASELINE_CORRECTED/LEADER/${LEADER}`, ['2023-08']]]);
    expect((await readFindings(db)).findings.map(({ id }) => id)).toContain(
      `BASELINE_CORRECTED/LEADER/${LEADER}`,
    );
    expect(await gain()).toEqual(first);
    const outcome = () =>
      new MockActivityEnvironment().run(
        createOutcomeActivities(db, createLogger('test', { level: 'silent' })).readOutcome,
        { supplierUscc: FIRM, kpi: 'inventoryTurns', asOf: '2025-02-10T00:00:00Z' },
      );
    const beside = {
      ...{ leaderUscc: LEADER, asOf: '2025-01-31T16:00:00.000Z', supplierFirms: 1, otherFirms: 0 },
      ...{
        leader: expect.closeTo(0.22, 1),
        suppliers: expect.closeTo(0.22, 1),
        chain: expect.closeTo(0.22, 1),
      },
    };
    expect(await outcome()).toMatchObject({ verdict: 'gain', displacement: [beside] });
    // Until the leader's baseline is stored, the window waits for it.
    const baselines = db.collection<{ _id: string }>('baselines');
    const stored = (await baselines.findOne({ _id: `LEADER/${LEADER}` }))!;
    await baselines.deleteOne({ _id: stored._id });
    await expect(outcome()).rejects.toMatchObject({ type: 'BASELINE_PENDING', nonRetryable: false });
    await baselines.insertOne(stored);
    const known = (at: Date) => readDisplacement(db, FIRM, { knownAt: at });
    expect(await known(frozenBy)).toEqual(first);
    expect(await known(new Date(frozenBy.getTime() - 2_000))).toMatchObject([{ leader: null, chain: null }]);
    const opened = await explainFigure(db, `turns/${LEADER}/leader`);
    const baseline = `inventory-turns/v1/${LEADER}/baseline`;
    expect(opened).toMatchObject({ value: first[0]?.leader, children: [baseline] });
    const months = periodsBetween('2022-08', '2023-08').filter((month) => month !== '2023-07');
    expect((await explainFigure(db, baseline)).children).toEqual(
      months.map((month) => `inventory-turns/v1/${LEADER}/${month}`),
    );
    const actor = { name: 'Wang', role: 'financial-auditor' } as const;
    const data = await refrozenData(db, { uscc: LEADER, actor, reason: 'August was wrong' });
    await leaders.log.append([
      {
        ...{ type: 'leader-baseline.refrozen.v1', source: '/system/measurement', id: 'again-frozen' },
        ...{ firm: LEADER, time: '2025-02-20T00:00:00Z', data },
      },
    ]);
    await leaders.catchUp();
    expect(await corrected()).toEqual([]);
    expect((await gain())[0]?.leader).toBeLessThan(0);
    await leaders.close();
  });

  it('a reopening takes a firm out of its city’s count, and gives it back when it is itself taken back', async () => {
    const { db } = log.mongo;
    const done = async () => (await explainFigure(db, 'target/510100')).numerator;
    const isRebuilt = async () =>
      (await rebuildMeasurement(log.mongo, { now: () => new Date(), progress: () => {} })).replaced === 0;
    await log.append([
      {
        ...{ type: 'onboarding.reopened.v1', source: '/system/onboarding', id: 'reopened', firm: FIRM },
        time: '2025-02-02T00:00:00Z',
        data: {
          ...{ supplierUscc: FIRM, platform: 'iip', programme: PROGRAMME },
          ...{ closing: '/system/onboarding closed', reason: 'the audit was another firm’s' },
        },
      },
    ]);
    expect(await done()).toBe(1);
    await firm.catchUp();
    expect([await done(), await isRebuilt()]).toEqual([0, true]);
    await log.append([
      {
        ...correction('c2', 'reopened', ''),
        ...{ source: '/system/onboarding', time: '2025-02-03T00:00:00Z' },
        data: { action: 'void', correctedId: 'reopened', reason: 'the wrong firm' },
      },
    ]);
    await firm.catchUp();
    expect([await done(), await isRebuilt()]).toEqual([1, true]);
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
