import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FirmKpis } from '../../schemas/api/kpi.ts';
import {
  readFindings,
  readKpis,
  rebuildMeasurement,
  refrozenData,
} from '../../services/measurement/index.ts';
import {
  closed,
  type EventLog,
  FIRM,
  type MeasuredFirm,
  type NewEvent,
  openFrozenFirm,
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
