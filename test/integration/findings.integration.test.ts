import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Subsidies } from '../../schemas/api/evidence.ts';
import { Findings } from '../../schemas/api/findings.ts';
import { FirmKpis } from '../../schemas/api/kpi.ts';
import { ACTS, erpTopic, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { register as registerSubsidies } from '../../services/cli/commands/subsidies.ts';
import { loadWorldFirmByFirm } from '../../services/measurement/adapters/worldStore.ts';
import {
  actOnFinding,
  measurementProjector,
  readFindings,
  readKpis,
} from '../../services/measurement/index.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import {
  inventoryClosed,
  leaderRegistered,
  relationDeclared,
  SUPPLIER,
  testUscc,
} from '../support/events.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

const serial = randomInt(900_001, 999_000);
const actor = { name: 'Li', role: 'bureau' } as const;
const id = `CLOSED_TWICE/${SUPPLIER}/2024-02/inventory/supplier`;

describe('findings on real servers', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };

  const findings = async () => {
    await stream.drained();
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // Until nothing is left to read.
    }
    return Findings.parse(await readFindings(stream.mongo.db)).findings;
  };
  const deps = (actId: string) => ({
    db: stream.mongo.db,
    producer: stream.producer,
    now: () => new Date(),
    actId,
  });

  beforeAll(async () => {
    stream = await openTestStream();
    await measurementProjector.ensureIndexes(stream.mongo.db);
    ingest = await stream.startIngest();
    const again = { ...inventoryClosed('again', { closingStockFen: 1 }), time: '2024-04-01T08:00:00Z' };
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('first'), again]);
  });
  afterAll(async () => {
    await ingest.stop();
    await stream.close();
  });

  it('are acted on by events, in turn only', async () => {
    expect(await findings()).toMatchObject([{ id, state: 'open', raisedOn: '2024-04-01' }]);
    await expect(
      actOnFinding(deps('appeal-0'), { act: 'appealed', findingId: id, actor, text: 'too early' }),
    ).rejects.toMatchObject({ code: 'FINDING_NOT_OPEN' });
    await expect(
      actOnFinding(deps('x'), { act: 'replied', findingId: 'none', actor, text: 'nothing' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reply = { act: 'replied', findingId: id, actor, text: 'the later close is right' } as const;
    expect(await actOnFinding(deps('reply'), reply)).toMatchObject({ confirmed: true });
    expect(await findings()).toMatchObject([{ id, state: 'replied' }]);
    const closing = { act: 'closed', findingId: id, actor, outcome: 'upheld', text: 'as replied' } as const;
    await actOnFinding(deps('close'), closing);
    expect(await findings()).toMatchObject([
      { id, state: 'closed', outcome: 'upheld', history: [{ act: 'replied' }, { act: 'closed' }] },
    ]);
    await actOnFinding(deps('appeal'), { act: 'appealed', findingId: id, actor, text: 'look again' });
    expect(await findings()).toMatchObject([{ id, state: 'appealed' }]);
    await expect(actOnFinding(deps('self'), closing)).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    const decides = { ...closing, actor: { name: 'Zhao', role: 'bureau' } } as const;
    await actOnFinding(deps('decided'), decides);
    expect(await findings()).toMatchObject([{ id, state: 'closed' }]);

    // What is stated after the closure it does not stand for.
    const third = { ...inventoryClosed('third', { closingStockFen: 2 }), time: '2024-05-01T08:00:00Z' };
    await stream.send(SUPPLIER_REPORTS, [third]);
    const again = await findings();
    expect(again).toMatchObject([{ id, state: 'open', outcome: null }]);
    expect(again[0]?.history.map(({ act }) => act).slice(-2)).toEqual(['closed', 'reopened']);
    await actOnFinding(deps('reply-again'), reply);
    await actOnFinding(deps('close-again'), closing);
    expect(await findings()).toMatchObject([{ id, state: 'closed', outcome: 'upheld' }]);
  });

  it('every kind of bad input has its rule and its visible effect, and none stops the stream', async () => {
    const firms = Array.from({ length: 9 }, (_, index) => testUscc(serial + index));
    const [twice, gap, empty, idle, negative, changed, foreign, shared, reopened] = firms as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const leaders = [testUscc(serial + 20), testUscc(serial + 21)];
    const sourceOf = (leader: string) => `/chain/${leader}/erp/sap`;
    const registrations = leaders.map((leader) =>
      leaderRegistered({
        id: `leader/${leader}`,
        partitionkey: leader,
        data: { leaderUscc: leader, name: leader, sources: [sourceOf(leader)] },
      }),
    );
    await stream.ensureTopics(leaders.map(erpTopic));
    await stream.send(ACTS, registrations);
    for (const [index, leader] of leaders.entries()) {
      const of = { source: sourceOf(leader), partitionkey: shared };
      const trade = { buyerUscc: leader, supplierUscc: shared, validFrom: '2022-01-01' };
      await stream.send(erpTopic(leader), [
        relationDeclared('2022-01-01', { ...of, id: `relation/${leader}`, data: trade }),
        {
          ...inventoryClosed('seen', { holderUscc: leader, closingStockFen: 100 + index }, shared),
          source: of.source,
        },
      ]);
    }
    const opens = { openingStockFen: 60_000 };
    const again = {
      ...inventoryClosed('again', { closingStockFen: 1 }, twice),
      time: '2024-04-01T08:00:00Z',
    };
    const broken = inventoryClosed('next', { period: '2024-03', openingStockFen: 5 }, twice);
    const void_ = { action: 'void', correctedId: 'first', reason: 'closed too early' };
    await stream.send(SUPPLIER_REPORTS, [
      inventoryClosed('first', {}, twice),
      again,
      broken,
      inventoryClosed('first', { period: '2023-12', closingStockFen: 60_000 }, gap),
      inventoryClosed('third', opens, gap),
      inventoryClosed('empty', { openingStockFen: 0, closingStockFen: 0 }, empty),
      inventoryClosed('idle', { costOfGoodsSoldFen: 0 }, idle),
      inventoryClosed('negative', { closingStockFen: -1 }, negative),
      inventoryClosed('yuan', {}, changed),
      inventoryClosed('dollar', { ...opens, period: '2024-03', currency: 'USD' }, changed),
      inventoryClosed('dollar', { currency: 'USD' }, foreign),
      inventoryClosed('more', { ...opens, period: '2024-03', currency: 'USD' }, foreign),
      inventoryClosed('first', {}, reopened),
      {
        ...inventoryClosed('reopening', {}, reopened),
        type: 'correction.declared.v1',
        time: '2024-04-02T08:00:00Z',
        data: void_,
      },
    ]);
    const all = (await findings()).filter(({ entities }) => firms.includes(entities[0] ?? ''));
    expect(all.map(({ code, entities }) => [code, entities[0]]).sort()).toEqual(
      [
        ['CLOSED_TWICE', twice],
        ['LEDGER_BROKEN', twice],
        ['MONTHS_MISSING', gap],
        ['CURRENCY_CHANGED', changed],
        ['SNAPSHOT_CONFLICT', shared],
        ['PERIOD_REOPENED', reopened],
      ].sort(),
    );
    const { db } = stream.mongo;
    const folded = await readFindings(db, { knownAt: new Date() });
    expect({ ...folded, asOf: null }).toEqual({ ...(await readFindings(db)), asOf: null });
    const looked: string[] = [];
    const world = await loadWorldFirmByFirm(db, {}, (uscc, years) => {
      looked.push(uscc);
      expect(years.every(({ firm }) => firm === uscc)).toBe(true);
    });
    expect(world.models.kpi.size).toBe(0);
    expect(looked).toEqual([...new Set(looked)]);
    expect(looked).toEqual(expect.arrayContaining([twice, gap, shared]));
    // What proves a value stays in the database: only the values of firms other than leaders are kept.
    expect(world.months(twice)('2024-02')?.slots?.inventory?.supplier).toMatchObject({ t: 0, n: 0 });

    expect(all.find(({ code }) => code === 'MONTHS_MISSING')?.evidence).toEqual([{ missing: ['2024-01'] }]);
    expect(all.find(({ code }) => code === 'CURRENCY_CHANGED')?.evidence).toMatchObject([
      { period: '2024-03', currencyBefore: 'CNY', currency: 'USD' },
    ]);
    const turns = async (firm: string) => {
      const { months } = FirmKpis.parse(await readKpis(stream.mongo.db, firm));
      return months.map(({ month, inventoryTurns }) => [
        month,
        inventoryTurns?.reason ?? inventoryTurns?.value,
      ]);
    };
    const some = expect.any(Number);
    expect(await turns(twice)).toEqual([
      ['2024-02', some],
      ['2024-03', some],
    ]);
    expect(await turns(gap)).toEqual([
      ['2023-12', some],
      ['2024-01', 'NO_DATA'],
      ['2024-02', some],
    ]);
    expect(await turns(empty)).toEqual([['2024-02', 'ZERO_STOCK']]);
    expect(await turns(idle)).toEqual([['2024-02', 'ZERO_COGS']]);
    expect(await turns(changed)).toEqual([
      ['2024-02', some],
      ['2024-03', 'CURRENCY'],
    ]);
    expect(await turns(foreign)).toEqual([
      ['2024-02', 'CURRENCY'],
      ['2024-03', 'CURRENCY'],
    ]);
    expect(await turns(shared)).toEqual([['2024-02', 'CONSIGNMENT_ONLY']]);
    // A subsidy that was stated twice, in dollars, or beyond what was set aside shows in the list of subsidies.
    const money = { supplierUscc: twice, programme: 'sme-510100-2023' };
    const paid = { ...money, paymentNumber: 'P1', paidOn: '2024-03-01', currency: 'CNY' };
    const stated = (eventId: string, type: string, data: object) => ({
      ...inventoryClosed(eventId, {}, twice),
      source: '/bureau/510100/programme',
      type,
      data,
    });
    await stream.send(PROGRAMME_EVENTS, [
      stated('reserved', 'subsidy.reserved.v1', {
        ...{ ...money, reservationNumber: 'R1', reservedOn: '2024-01-01', amountFen: 500, currency: 'CNY' },
      }),
      stated('paid-1', 'subsidy.paid.v1', { ...paid, reservationNumber: 'R1', amountFen: 500 }),
      { ...stated('paid-2', 'subsidy.paid.v1', { ...paid, amountFen: 600 }), time: '2024-04-01T09:00:00Z' },
      stated('paid-3', 'subsidy.paid.v1', { ...paid, paymentNumber: 'P3', currency: 'USD', amountFen: 700 }),
    ]);
    await findings();
    const printed: string[] = [];
    const program = new Command().exitOverride();
    registerSubsidies(program, { out: (line) => printed.push(line), err: () => {}, exitCode: 0 });
    for (const server of ['MONGODB_URI', 'KAFKA_BROKERS', 'TEMPORAL_ADDRESS'] as const)
      vi.stubEnv(server, inject(server));
    vi.stubEnv('MONGODB_DB', db.databaseName);
    await program.parseAsync(['node', 'cli', 'subsidies', '--supplier', twice, '--json']);
    await program.parseAsync(['node', 'cli', 'subsidies', '--supplier', twice]);
    vi.unstubAllEnvs();
    const listed = Subsidies.parse(JSON.parse(printed[0] ?? ''));
    expect(listed.total).toEqual({ reservedFen: 500, paidFen: 600, clawedBackFen: 0, netFen: 600 });
    expect(listed.ledgers[0]?.findings.map((one) => one.slice(0, one.indexOf('/')))).toEqual([
      'SUBSIDY_UNRESERVED',
      'SUBSIDY_STATED_TWICE',
      'SUBSIDY_CURRENCY',
    ]);
    expect(
      listed.ledgers[0]?.entries.map(({ number, against, leftOut }) => [number, against, leftOut]),
    ).toEqual(
      expect.arrayContaining([
        ['R1', null, null],
        ['P1', 'R1', 'stated-again'],
        ['P1', null, null],
        ['P3', null, 'not-cny'],
      ]),
    );
    expect(printed.slice(1).join('\n')).toContain('P3 of 700 USD is in no sum, not in CNY');
    const codes = (await findings()).filter(({ entities }) => entities[0] === twice).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['SUBSIDY_UNRESERVED', 'SUBSIDY_CURRENCY']));

    expect(await deadLettersOf(stream.mongo.db).find({ eventId: 'negative' }).toArray()).toMatchObject([
      { reason: 'NEGATIVE_STOCK' },
    ]);
  });
});
