import { type CommandSucceededEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Claims } from '../../schemas/api/claims.ts';
import { FigureExplanation, FirmKpis } from '../../schemas/api/kpi.ts';
import { Targets } from '../../schemas/api/targets.ts';
import { identityOf } from '../../schemas/envelope.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { periodsBetween } from '../../schemas/time.ts';
import { createReadCache } from '../../services/gateway/reads/cache.ts';
import { readChainKpi } from '../../services/gateway/reads/chain.ts';
import { besideOutcome } from '../../services/gateway/reads/chainGains.ts';
import { readBoard } from '../../services/gateway/reads/onboardings.ts';
import { openFigure } from '../../services/gateway/reads/programme.ts';
import { compareWithChain, readFigures } from '../../services/gateway/reads/suppliers.ts';
import { refreshSummaries } from '../../services/measurement/adapters/summaries.ts';
import { loadWorldOfValues } from '../../services/measurement/adapters/worldStore.ts';
import { displacementOf } from '../../services/measurement/domain/chains.ts';
import {
  explainFigure,
  readAuditFacts,
  readClaims,
  readDisplacement,
  readKpis,
  readTargets,
  xorHashes,
} from '../../services/measurement/index.ts';
import { expectChinese } from '../support/chinese.ts';
import { testUscc } from '../support/events.ts';
import {
  COPY,
  closed,
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

const PROVINCE = { role: 'bureau', region: '510000' } as const;
const ELSEWHERE: Tenancy = { role: 'bureau', region: '320000' };

describe('figures that are opened by who may see them, on a real database', () => {
  let firm: MeasuredFirm;
  let log: EventLog;
  beforeAll(async () => {
    firm = await openFrozenFirm();
    log = firm.log;
  });
  afterAll(() => firm.close());

  const open = async (tenancy: Tenancy, id: string, page: { limit?: number; cursor?: string } = {}) =>
    FigureExplanation.parse(await openFigure(readerOf(tenancy), { id, limit: 100, ...page }));
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
      ...{ _id, status, stage: 'NOMINATED', cityCode: '510100', supplierUscc: FIRM },
      // One ended before it had entered the stage.
      stages:
        _id === 'run-out'
          ? []
          : [{ stage: 'NOMINATED', enteredAt: '2019-12-01T00:00:00.000Z', doneAt: null }],
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
    expect(await open(PROVINCE, 'onboardings/ended-of-entered/NOMINATED/-')).toMatchObject({
      ...{ value: 1 / 3, numerator: 1, denominator: 3, unit: 'ratio', events: [event] },
    });
    expect(await open(PROVINCE, 'onboardings/ended-of-entered/LIVE/-')).toMatchObject({
      ...{ value: null, reason: 'there are none to take a share of' },
    });
    for (const figureId of ['board/open/NOMINATED?$where=1', 'board/open/NOWHERE', 'board/dreamt/NOMINATED'])
      await expect(open(PROVINCE, figureId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await open(ELSEWHERE, 'board/open/NOMINATED')).toMatchObject({ value: 0, eventCount: 0 });
    await onboardings.deleteMany({});
  });

  it('turns the pages of the events behind a figure, whatever it is made of, each event once', async () => {
    const { db } = log.mongo;
    await refreshSummaries(db, null, THRESHOLDS);
    const { events } = await explainFigure(db, 'target/510100');
    expect(events.length).toBeGreaterThan(3);
    await db.collection<{ _id: string }>('onboardings').insertOne({
      ...{ _id: 'paged', status: 'ACTIVE', stage: 'NOMINATED', cityCode: '510100', supplierUscc: FIRM },
      ...{ stages: [], steps: [], leaderUscc: LEADER, failureReason: null },
      // As the run learnt them, which is not the order of business time.
      history: events.map(({ source, id }) => ({ id: identityOf(source, id), isTakenBack: false })).reverse(),
    } as { _id: string });
    for (const id of ['target/510100', 'targets/done/-', 'onboardings/ALL/-']) {
      const seen: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await open(PROVINCE, id, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        expect([page.events.length <= 2, page.eventCount], id).toEqual([true, events.length]);
        seen.push(...page.events);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen, id).toEqual(events);
      await expect(open(PROVINCE, id, { cursor: 'nowhere' }), id).rejects.toMatchObject({
        code: 'BAD_INPUT',
      });
    }
    await db.collection('onboardings').deleteMany({});
  });

  it('shows a gain with what became of stock at the leader and its suppliers, as far as the reader may see it', async () => {
    const { db } = log.mongo;
    await refreshSummaries(db, null, THRESHOLDS);
    const gain = `inventory-turns/v1/${FIRM}/improvement`;
    const whole = await readDisplacement(db, FIRM);
    expect(whole).toMatchObject([{ leaderUscc: LEADER, suppliers: expect.closeTo(0.22, 10) }]);
    await db.collection<{ _id: string }>('onboardings').insertOne({
      ...{ _id: 'gained', status: 'ACCEPTED', stage: 'ACCEPTED', cityCode: '510100', supplierUscc: FIRM },
      ...{ supplierName: '一', leaderUscc: LEADER, stages: [], steps: [], history: [], failureReason: null },
    } as { _id: string });
    const operator: Tenancy = { role: 'operator' };
    const leader: Tenancy = { role: 'leader', firms: [LEADER] };
    const supplier: Tenancy = { role: 'supplier', firms: [FIRM] };
    const hidden = whole.map((row) => ({ ...row, suppliers: null, chain: null }));
    const atWindow = { asOf: '2025-02-01T00:00:00.000Z', supplierFirms: 1, otherFirms: 0 };
    const beside = (rows: readonly (typeof hidden | typeof whole)[number][]) =>
      rows.map((row) => ({ ...row, ...atWindow }));
    const foreign = { ...beside(whole)[0]!, leaderUscc: COPY };
    for (const [tenancy, rows] of [
      [operator, whole],
      [PROVINCE, whole],
      // One supplier alone is measured: what it did stays with it.
      [leader, hidden],
      [supplier, []],
    ] as const) {
      const reader = readerOf(tenancy);
      const shownBeside = await besideOutcome(reader, [...beside(whole), foreign]);
      expect(shownBeside, tenancy.role).toEqual([
        ...beside(rows),
        ...(tenancy.role === 'operator' ? [foreign] : []),
      ]);
      if (tenancy.role === 'operator' || tenancy.role === 'supplier')
        expect((await open(tenancy, gain)).displacement, tenancy.role).toEqual(rows);
      expect((await readFigures(reader, FIRM)).displacement, tenancy.role).toEqual(rows);
      expect((await compareWithChain(reader, FIRM)).displacement, tenancy.role).toEqual(rows);
      if (tenancy.role === 'supplier') continue;
      const chain = await readChainKpi(reader, { leader: LEADER, kpi: 'inventoryTurns', months: 3 });
      expect(chain.displacement, tenancy.role).toEqual(rows);
    }
    await db.collection('onboardings').deleteMany({});
  });

  it('shows each reader of a chain the changes that are his to see, whoever read it before, and tells a leader of no other chain', async () => {
    const { db } = log.mongo;
    const [other, otherLeader] = [testUscc(291), COPY];
    const onboarding = (_id: string, supplierUscc: string, leaderUscc: string, fields: object) => ({
      ...{ _id, supplierUscc, leaderUscc, supplierName: _id, cityCode: '510100', nominatedAt: new Date(0) },
      ...fields,
    });
    await db
      .collection<{ _id: string }>('onboardings')
      .insertMany([
        onboarding('elsewhere', FIRM, LEADER, { districtCode: '510114' }),
        onboarding('here', other, LEADER, { districtCode: '510112' }),
        onboarding('newer', FIRM, otherLeader, { cityCode: '320500', nominatedAt: new Date() }),
      ]);
    const cache = createReadCache(db);
    const as = (tenancy: Tenancy) => ({ ...readerOf(tenancy), cache });
    const chainOf = async (tenancy: Tenancy) => {
      const question = { leader: LEADER, kpi: 'inventoryTurns', months: 3 };
      const { suppliers } = await readChainKpi(as(tenancy), question);
      return suppliers.map(({ uscc, change }) => [uscc, change]);
    };
    const compared = async (tenancy: Tenancy) => {
      const { leaderUscc, figures } = await compareWithChain(as(tenancy), FIRM);
      return [leaderUscc, figures.find(({ kpi }) => kpi === 'inventoryTurns')?.own];
    };
    const up = expect.closeTo(0.22, 10);
    const leaderOf = (uscc: string): Tenancy => ({ role: 'leader', firms: [uscc] });
    expect(await chainOf({ role: 'bureau', region: '510112' })).toEqual([[other, null]]);
    expect(await chainOf(leaderOf(LEADER))).toEqual([
      [FIRM, up],
      [other, null],
    ]);
    expect(await compared(leaderOf(LEADER))).toEqual([LEADER, up]);
    expect(await compared({ role: 'bureau', region: '510114' })).toEqual([LEADER, up]);
    expect(await compared(leaderOf(otherLeader))).toEqual([otherLeader, up]);
    expect(await compared({ role: 'supplier', firms: [FIRM] })).toEqual([otherLeader, up]);
    await db.collection('onboardings').deleteMany({});
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
    const plans = db.collection<{ _id: string; programme: string }>('target_plans');
    const first = await plans.findOne({});
    const further = {
      _id: 'second/510100/v1',
      programme: 'second',
      windowFrom: '2099-01-01',
      targetFirms: 7,
    };
    await plans.insertOne({ ...first, ...further });
    expect(await explainFigure(db, 'target/510100')).toMatchObject({
      ...{ denominator: 30, numerator: 1, eventsHash: city.eventsHash },
    });
    const second = { denominator: 7, numerator: 0, entities: [], eventCount: 0 };
    expect(await open(PROVINCE, 'target/510100/programme:second')).toMatchObject(second);
    const month = { ...(await explainFigure(db, 'target/510100/2025-01')), knownAt: expect.any(String) };
    const itsName = `target/510100/programme:${first?.programme}/2025-01`;
    expect(await explainFigure(db, itsName)).toEqual({ ...month, figureId: itsName });
    expect(await open(PROVINCE, 'forecast/510100/programme:second')).toMatchObject({
      ...{ value: 0, children: ['target/510100/programme:second'] },
    });
    for (const none of ['target/510100/second', 'target/510100/programme:third', 'target/510100/2025-01/'])
      await expect(explainFigure(db, none), none).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await plans.deleteOne({ _id: further._id });
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

  it('works out what became of stock by another day from the firms of its chains, and reads the figures of no others', async () => {
    const { db } = log.mongo;
    const other = testUscc(290);
    await log.append(
      ['2023-01', '2023-02'].map((period) => ({
        ...closed(`elsewhere-${period}`, period, 100),
        ...{ firm: other, source: `/supplier/${other}/erp` },
        data: { ...closed('', period, 100).data, firmUscc: other, holderUscc: other },
      })),
    );
    const read = new Set<string>();
    const client = new MongoClient(inject('MONGODB_URI'), { monitorCommands: true });
    client.on('commandSucceeded', ({ commandName, reply }: CommandSucceededEvent) => {
      const { cursor } = reply as { cursor?: { firstBatch?: StoredEvent[]; nextBatch?: StoredEvent[] } };
      if (commandName !== 'find' && commandName !== 'getMore') return;
      for (const { type, firm } of cursor?.firstBatch ?? cursor?.nextBatch ?? []) read.add(`${type} ${firm}`);
    });
    const horizon = { asOf: new Date('2024-12-31T00:00:00Z') };
    const shown = await readDisplacement(client.db(db.databaseName), FIRM, horizon);
    await client.close();
    expect(shown).toEqual(displacementOf(await loadWorldOfValues(db, horizon), [FIRM]));
    expect(shown).toMatchObject([{ leaderUscc: LEADER, suppliers: expect.any(Number) }]);
    expect(read).toContain(`inventory.closed.v1 ${FIRM}`);
    expect(read).not.toContain(`inventory.closed.v1 ${other}`);
  });

  it('lists the events that a figure rests on and no others: of two sources the one taken, of a frozen month what was frozen', async () => {
    const mixed = await openMeasuredFirm();
    const { db } = mixed.log.mongo;
    const period = '2024-03';
    const stated = (
      id: string,
      type: NewEvent['type'],
      source: string,
      data: { period: string },
    ): NewEvent => ({
      ...{ id, type, source: `/${source}/${FIRM}/erp`, firm: FIRM },
      time: closed('', data.period, 0).time,
      data: { firmUscc: FIRM, ...data },
    });
    const after = periodsBetween('2024-02', '2025-01');
    const monthsOfBooks = [...periodsBetween('2022-07', '2023-08'), ...after];
    const books = monthsOfBooks.flatMap((month) => [
      stated(`revenue-${month}`, 'revenue.reported.v1', 'supplier', {
        ...{ period: month, revenueFen: 100_000, purchasesFen: 20_000 },
      }),
      stated(`cost-${month}`, 'cost.reported.v1', 'supplier', {
        ...{ period: month, preventionCostFen: 0, appraisalCostFen: 0, internalFailureCostFen: 0 },
        ...{ externalFailureCostFen: 0, processingCostFen: month < '2024' ? 40_000 : 20_000 },
      }),
    ]);
    await mixed.log.append([
      ...books,
      {
        ...{ type: 'subsidy.paid.v1', source: '/bureau/510100/programme', id: 'paid', firm: FIRM },
        time: '2024-10-01T00:00:00Z',
        data: {
          ...{ supplierUscc: FIRM, programme: PROGRAMME, paymentNumber: 'P1', reservationNumber: 'R1' },
          ...{ amountFen: 400_000, currency: 'CNY', paidOn: '2024-10-01' },
        },
      },
    ]);
    await mixed.catchUp();
    await mixed.log.moveClock('2025-03-01T00:00:00Z');
    await mixed.log.append(await mixed.freeze());
    await mixed.catchUp();
    const made = {
      period,
      ...{
        plannedSeconds: 1000,
        actualSeconds: 900,
        idealCycleMs: 500,
        producedUnits: 1500,
        goodUnits: 1400,
      },
      labourSeconds: 3600,
    };
    await mixed.log.append([
      stated('made', 'production.reported.v1', 'supplier', made),
      stated('measured', 'production.reported.v1', 'platform', made),
      {
        ...{ type: 'correction.declared.v1', source: `/supplier/${FIRM}/erp`, id: 'again', firm: null },
        time: '2025-02-01T00:00:00Z',
        data: { action: 'replace', correctedId: 'before-2023-08', replacementId: 'later', reason: 'ledger' },
      },
      closed('later', '2023-08', 6000, '2025-02-01T00:00:00Z'),
      // Stated before the freeze, recorded after it.
      closed('belated', '2023-07', 9000, '2023-09-09T00:00:00Z'),
    ]);
    await mixed.catchUp();
    const idsBehind = async (figureId: string): Promise<string[]> => {
      const { events, eventCount, eventsHash } = FigureExplanation.parse(await explainFigure(db, figureId));
      expect(events, figureId).toHaveLength(eventCount);
      const hashes = events.map(({ hash }) => hash.slice(0, 32));
      expect(hashes.reduce(xorHashes), figureId).toBe(eventsHash);
      return events.map(({ id }) => id);
    };
    const { months } = FirmKpis.parse(await readKpis(db, FIRM));
    const shown = months.find(({ month }) => month === period)?.valueAddedPerHour;
    expect(shown).toMatchObject({ sourceClass: 'platform+supplier', events: 2 });
    for (const scope of [FIRM, 'region:510100', `suppliers:${LEADER}`])
      expect((await idsBehind(`value-added-per-hour/v1/${scope}/${period}`)).sort(), scope).toEqual([
        ...['measured', `revenue-${period}`],
      ]);
    const before = periodsBetween('2022-09', '2023-08').map((month) => `before-${month}`);
    expect(await idsBehind(`inventory-turns/v1/${FIRM}/baseline`)).toEqual(before);
    const compared = [...before, ...after.map((month) => `after-${month}`)];
    for (const id of [
      `inventory-turns/v1/${FIRM}/improvement`,
      `turns/${LEADER}/suppliers`,
      'claim/longquanyi-turns',
    ])
      expect(await idsBehind(id), id).toEqual(compared);
    const { payback } = FirmKpis.parse(await readKpis(db, FIRM));
    expect(payback).toMatchObject({ value: 40, figureId: `payback/v1/${FIRM}` });
    expect(FigureExplanation.parse(await explainFigure(db, payback.figureId))).toMatchObject({
      ...{ value: 40, unit: 'years', numerator: 9_600_000, denominator: 240_000, reason: null },
    });
    const saving = [...periodsBetween('2022-09', '2023-08'), ...after];
    expect((await idsBehind(payback.figureId)).sort()).toEqual(
      [
        ...['contract', `baseline/${PROGRAMME}/${FIRM}`, 'paid'],
        ...saving.flatMap((month) => [`revenue-${month}`, `cost-${month}`]),
      ].sort(),
    );
    await expect(explainFigure(db, `payback/v1/${testUscc(299)}`)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await mixed.close();
  });

  it('sums orders up for an audit one after the other, without those that were taken back', async () => {
    const { db } = log.mongo;
    const source = `/chain/${LEADER}/erp/sap`;
    const order = (id: string, amountFen: number): NewEvent => ({
      ...{ type: 'order.placed.v1', source, id, firm: FIRM, time: '2024-03-31T08:00:00Z' },
      data: { buyerUscc: LEADER, supplierUscc: FIRM, orderNumber: id, placedOn: '2024-03-31', amountFen },
    });
    await log.append([
      {
        ...{ type: 'relation.declared.v1', source, id: 'relation', firm: FIRM, time: '2022-01-02T00:00:00Z' },
        data: { buyerUscc: LEADER, supplierUscc: FIRM, validFrom: '2022-01-01' },
      },
      ...[order('order-1', 500), order('order-2', 70), order('order-void', 1_000_000)],
      {
        ...{ type: 'correction.declared.v1', source, id: 'void', firm: FIRM, time: '2024-04-02T08:00:00Z' },
        data: { supplierUscc: FIRM, correctedId: 'order-void', action: 'void', reason: 'typed twice' },
      },
    ]);
    const [trade] = (
      await readAuditFacts(db, 'inventory-turns', { asOf: new Date('2025-02-28T00:00:00Z') })
    ).trades.filter(({ supplier }) => supplier === FIRM);
    expect(trade).toMatchObject({
      ...{ buyer: LEADER, orders: 2, amountFen: 570 },
      monthly: [{ period: '2024-03', amountFen: 570 }],
    });
  });
});
