import { randomInt } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvidenceList } from '../../schemas/api/evidence.ts';
import { PublicationCheck, PublicationDetail, Restatements } from '../../schemas/api/figures.ts';
import { GroupKpis } from '../../schemas/api/kpi.ts';
import { ACTS, erpTopic, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import {
  addEvidence,
  explainFigure,
  listEvidence,
  listPublications,
  measurementProjector,
  openSigner,
  publishFigures,
  readEvidenceFile,
  readGroup,
  readRestatements,
  showPublication,
  verifyPublications,
} from '../../services/measurement/index.ts';
import { eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  relationDeclared,
  SUPPLIER,
  testUscc,
} from '../support/events.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

const PERIOD = '2024-02';
const actor = { name: 'Li', role: 'bureau' } as const;
const turnsOfCity = `inventory-turns/v1/region:510100/${PERIOD}`;
const serial = randomInt(900_001, 999_000);
const onboarding = { supplierUscc: SUPPLIER, platform: 'iip', programme: 'sme-510100-2023' };

const nominated = (firm: string, cityCode = '510100', time = '2024-03-31T08:00:00Z') =>
  cloudEvent({
    type: 'onboarding.supplier-nominated.v1',
    source: LEADER_SOURCE,
    id: `nominated/${firm}`,
    partitionkey: firm,
    time,
    data: {
      ...onboarding,
      supplierUscc: firm,
      leaderUscc: LEADER,
      supplierName: 'Test',
      cityCode,
      industryCode: '3670',
    },
  });

const trade = (supplierUscc: string) =>
  relationDeclared('2022-01-01', {
    id: `relation/${supplierUscc}`,
    partitionkey: supplierUscc,
    data: { buyerUscc: LEADER, supplierUscc, validFrom: '2022-01-01' },
  });

const planPublished = (programme: string) =>
  cloudEvent({
    type: 'target.plan-published.v1',
    source: '/bureau/510100/plans',
    id: `plan/${LEADER}/${programme}`,
    partitionkey: '510100',
    data: {
      programme,
      cityCode: '510100',
      cityName: '成都市',
      batch: 3,
      planVersion: 1,
      regionClass: 'west',
      targetFirms: 30,
      windowFrom: '2025-06-01',
      windowTo: '2027-05-31',
    },
  });

describe('published figures and evidence on real servers', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  let folder: string;

  const caughtUp = async () => {
    await stream.drained();
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // Until nothing is left to read.
    }
  };
  const deps = (actId: string) => ({
    db: stream.mongo.db,
    producer: stream.producer,
    now: () => new Date(),
    actId,
  });
  const signer = () => openSigner(join(folder, 'keys', 'signing-key.pem'));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'published-'));
    stream = await openTestStream();
    await measurementProjector.ensureIndexes(stream.mongo.db);
    await stream.ensureTopics([erpTopic(LEADER)]);
    ingest = await stream.startIngest();
    await stream.send(ACTS, [leaderRegistered()]);
    await stream.drained();
    await stream.send(erpTopic(LEADER), [relationDeclared(), nominated(SUPPLIER)]);
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('first')]);
    await caughtUp();
  });
  afterAll(async () => {
    await ingest.stop();
    await stream.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('figures of a city come from its nominated firms, and open to their events', async () => {
    const { db } = stream.mongo;
    const question = { scope: { level: 'city', code: '510100' }, from: PERIOD, to: PERIOD } as const;
    const city = GroupKpis.parse(await readGroup(db, question));
    expect(city).toMatchObject({
      members: 1,
      months: [{ inventoryTurns: { firms: 1, figureId: turnsOfCity } }],
    });
    const then = { ...(await readGroup(db, question, { knownAt: new Date() })), asOf: city.asOf };
    expect(then).toEqual(city);
    expect(await explainFigure(db, turnsOfCity)).toMatchObject({
      eventCount: 1,
      entities: [SUPPLIER],
      events: [{ id: 'first' }],
    });
    await expect(explainFigure(db, '')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('An empty id'),
    });
  });

  it('a month is frozen, signed, verified, and restated with its cause', async () => {
    const { db } = stream.mongo;
    expect(await stream.drained()).toMatchObject({ parked: 0 });
    const published = await publishFigures(
      { ...deps('p'), signer: await signer() },
      { period: PERIOD, actor },
    );
    expect(published).toMatchObject({ confirmed: true, id: `figures/${PERIOD}` });
    expect((await stat(join(folder, 'keys', 'signing-key.pem'))).mode & 0o077).toBe(0);
    await caughtUp();
    expect((await listPublications(db)).publications).toMatchObject([{ period: PERIOD, by: 'Li' }]);
    const shown = PublicationDetail.parse(await showPublication(db, PERIOD));
    const turns = shown.values.find(({ figureId }) => figureId === turnsOfCity);
    expect(turns).toMatchObject({ eventCount: 1 });
    const reports = await partitionsOf(db).find({ topic: SUPPLIER_REPORTS }).toArray();
    for (const { _id, seq, head } of reports)
      expect(shown.positions?.[_id]).toEqual({ seq, chainHash: head });
    await expect(
      publishFigures({ ...deps('again'), signer: await signer() }, { period: PERIOD, actor }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });

    expect(PublicationCheck.parse(await verifyPublications(db))).toMatchObject({ ok: true });
    const other = await openSigner(join(folder, 'other.pem'));
    expect(await verifyPublications(db, { period: PERIOD, trusted: other.publicKeyPem })).toMatchObject({
      ok: false,
    });
    await writeFile(join(folder, 'none.pem'), 'no key');
    await expect(openSigner(join(folder, 'none.pem'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect((await readRestatements(db)).restatements).toEqual([]);
    const asPublished = { knownAt: new Date() };
    const longAgo = { asOf: new Date('2024-10-31T00:00:00Z') };
    expect(await listPublications(db, asPublished)).toEqual(await listPublications(db));
    expect(await listPublications(db, longAgo)).toEqual({ publications: [] });
    await expect(showPublication(db, PERIOD, longAgo)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const never of [
      () => verifyPublications(db, { period: '2020-01' }),
      () => readRestatements(db, '2020-01'),
    ])
      await expect(never()).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const late = { ...inventoryClosed('late', { costOfGoodsSoldFen: 450_00 }), time: '2024-04-02T08:00:00Z' };
    const others = Array.from({ length: 30 }, (_, index) => testUscc(serial + index));
    await stream.send(
      erpTopic(LEADER),
      others.flatMap((firm) => [trade(firm), nominated(firm)]),
    );
    await stream.send(SUPPLIER_REPORTS, [
      inventoryClosed('other month', { period: '2024-01', closingStockFen: 800_00 }),
      late,
    ]);
    await caughtUp();
    const { restatements } = Restatements.parse(await readRestatements(db, PERIOD));
    const restated = restatements.find(({ figureId }) => figureId === turnsOfCity);
    expect(restated?.after?.value).toBeCloseTo(1.5 * (turns?.value ?? 0), 10);
    const lateId = `/supplier/${SUPPLIER}/erp late`;
    const caused = { causeCount: 1, cause: [{ identity: lateId, bears: 'report' }] };
    expect(restated).toMatchObject({ ...caused, causesBy: 'position' });
    // Stamped before the publication and stored after it: by its place in the chain it is a cause all the same.
    const storedLate = eventsOf(db);
    const stamp = { recordedAt: new Date(Date.parse(shown.knownAt) - 1) };
    const { recordedAt } = (await storedLate.findOne({ _id: lateId }))!;
    await storedLate.updateOne({ _id: lateId }, { $set: stamp });
    const turnsRestated = async () =>
      (await readRestatements(db, PERIOD)).restatements.find(({ figureId }) => figureId === turnsOfCity);
    expect(await turnsRestated()).toMatchObject({ ...caused, causesBy: 'position' });
    // A month that was published without places has the stamps alone, and says so.
    const publications = db.collection<{ _id: string }>('publications');
    await publications.updateOne({ _id: PERIOD }, { $unset: { positions: 1 } });
    expect(await turnsRestated()).toMatchObject({ causesBy: 'time', causeCount: 0 });
    await storedLate.updateOne({ _id: lateId }, { $set: { recordedAt } });
    expect(await turnsRestated()).toMatchObject({ ...caused, causesBy: 'time' });
    await publications.updateOne({ _id: PERIOD }, { $set: { positions: shown.positions } });
    const { events } = await explainFigure(db, turnsOfCity);
    expect(restated?.cause).toMatchObject(events.filter(({ id }) => id === 'late'));
    expect(restated?.cause[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await readRestatements(db, PERIOD, asPublished)).restatements).toEqual([]);
    expect(await verifyPublications(db)).toMatchObject({ ok: true });

    const undo = (id: string, correctedId: string, time: string) => ({
      ...inventoryClosed(id),
      type: 'correction.declared.v1',
      time,
      data: { action: 'void', correctedId, reason: 'booked twice' },
    });
    await stream.send(SUPPLIER_REPORTS, [undo('undo', 'late', '2024-04-03T08:00:00Z')]);
    await caughtUp();
    expect((await readRestatements(db, PERIOD)).restatements).toEqual([]);
    await stream.send(SUPPLIER_REPORTS, [
      undo('other undo', 'other month', '2024-04-03T08:00:00Z'),
      undo('undo undo', 'undo', '2024-04-04T08:00:00Z'),
    ]);
    await caughtUp();
    const again = (await readRestatements(db, PERIOD)).restatements.find(
      ({ figureId }) => figureId === turnsOfCity,
    );
    expect(again?.cause.map(({ id, firm }) => `${firm} ${id}`).sort()).toEqual([
      `${SUPPLIER} late`,
      `${SUPPLIER} undo`,
      `${SUPPLIER} undo undo`,
    ]);

    const tampered = db.collection<{ _id: string }>('publications');
    await tampered.updateOne({ _id: PERIOD }, { $set: { 'figures.0.numerator': 1 } });
    expect(await verifyPublications(db)).toMatchObject({ ok: false, publications: [{ ok: false }] });
  });

  it('a firm nominated later comes into months gone by: what was known before says so no longer, the cause is its nomination', async () => {
    const { db } = stream.mongo;
    const period = '2023-11';
    const city = { level: 'city', code: '510600' } as const;
    const figureId = `inventory-turns/v1/region:510600/${period}`;
    const [first, later] = [testUscc(serial + 50), testUscc(serial + 51)];
    const closes = [first, later].map((firm) => ({
      ...inventoryClosed('close', { period }, firm),
      time: '2023-12-02T00:00:00Z',
    }));
    await stream.send(SUPPLIER_REPORTS, closes);
    await stream.send(erpTopic(LEADER), [
      trade(first),
      trade(later),
      nominated(first, city.code, '2023-12-05T00:00:00Z'),
    ]);
    await caughtUp();
    await publishFigures({ ...deps('q'), signer: await signer() }, { period, actor });
    await caughtUp();
    const before = { knownAt: new Date() };
    await stream.send(erpTopic(LEADER), [nominated(later, city.code, '2024-01-05T00:00:00Z')]);
    await caughtUp();

    const asked = async (horizon: object) => {
      const question = { scope: city, from: period, to: period };
      const { members, months } = GroupKpis.parse(await readGroup(db, question, horizon));
      const { entities } = await explainFigure(db, figureId, horizon);
      return [members, months[0]?.inventoryTurns?.firms, entities];
    };
    const asPublished = [1, 1, [first]];
    expect(await asked({})).toEqual([2, 2, [first, later].sort()]);
    expect(await asked(before)).toEqual(asPublished);
    expect(await asked({ asOf: new Date('2023-12-31T00:00:00Z') })).toEqual(asPublished);
    const whole = await explainFigure(db, figureId);
    expect(whole.definition).toContain('2 of 2 firms that belong to it');
    const one = await explainFigure(db, figureId, {}, { limit: 1 });
    const other = await explainFigure(db, figureId, {}, { limit: 1, after: one.next ?? '' });
    expect([one.events.length, one.eventCount, other.next]).toEqual([1, 2, null]);
    expect([...one.events, ...other.events]).toEqual(whole.events);
    const { restatements } = await readRestatements(db, period);
    expect(restatements.find((one) => one.figureId === figureId)).toMatchObject({
      before: { eventCount: 1 },
      after: { eventCount: 2 },
      causeCount: 1,
      cause: [{ id: `nominated/${later}`, bears: 'membership', firm: later }],
    });
  });

  it('evidence is kept by content, and its type is told from it', async () => {
    const { db } = stream.mongo;
    const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    const command = { supplierUscc: SUPPLIER, programme: onboarding.programme, actor };
    const invoice = { ...command, kind: 'invoice', fileName: 'invoice.txt', amountFen: 5 } as const;
    const added = await addEvidence(deps('e1'), invoice, pdf);
    expect(added).toMatchObject({ confirmed: true, mediaType: 'application/pdf' });
    await caughtUp();
    expect(await addEvidence(deps('e2'), invoice, pdf)).toMatchObject({ id: added.id });
    expect(await readEvidenceFile(db, added.sha256)).toEqual(pdf);
    const program = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(200)]);
    await expect(
      addEvidence(deps('e3'), { ...invoice, fileName: 'invoice.pdf' }, program),
    ).rejects.toMatchObject({ code: 'FILE_NOT_TAKEN' });
    for (const [fields, code, said] of [
      [{ amountFen: -5 }, 'BAD_INPUT', 'amountFen'],
      [{ amountFen: 0 }, 'BAD_INPUT', 'amountFen'],
      [{ counterpartyUscc: SUPPLIER }, 'BAD_INPUT', 'counterpartyUscc'],
      [{ programme: 'declared-by-nobody' }, 'NOT_FOUND', 'declared-by-nobody'],
      [{ supplierUscc: testUscc(serial + 90) }, 'NOT_FOUND', testUscc(serial + 90)],
    ] as const)
      await expect(addEvidence(deps('e4'), { ...invoice, ...fields }, pdf)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(said),
      });
    expect(added.remarks).toEqual([]);
    await stream.send(PROGRAMME_EVENTS, [planPublished('sme-510100-2025')]);
    await stream.drained();
    const early = { ...invoice, programme: 'sme-510100-2025' };
    expect((await addEvidence(deps('e5'), early, pdf)).remarks).toEqual([
      `${SUPPLIER} has no onboarding in sme-510100-2025 yet: the file counts once it is nominated there`,
    ]);
    expect(EvidenceList.parse(await listEvidence(db, SUPPLIER))).toMatchObject({
      projects: [
        { match: { state: 'incomplete', missing: ['contract', 'payment'] }, files: [{ kind: 'invoice' }] },
        { programme: early.programme, files: [{ kind: 'invoice' }] },
      ],
    });
  });
});
