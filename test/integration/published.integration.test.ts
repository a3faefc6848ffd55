import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvidenceList } from '../../schemas/api/evidence.ts';
import { PublicationCheck, PublicationDetail, Restatements } from '../../schemas/api/figures.ts';
import { GroupKpis } from '../../schemas/api/kpi.ts';
import { ACTS, erpTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
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
import { projectOnce } from '../../services/runtime/projector.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  relationDeclared,
  SUPPLIER,
} from '../support/events.ts';
import { openTestStream, type TestStream } from '../support/stream.ts';

const PERIOD = '2024-02';
const actor = { name: 'Li', role: 'bureau' } as const;
const turnsOfCity = `inventory-turns/v1/region:510100/${PERIOD}`;
const onboarding = { supplierUscc: SUPPLIER, platform: 'iip', programme: 'sme-510100-2023' };

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
    await stream.send(erpTopic(LEADER), [
      relationDeclared(),
      cloudEvent({
        type: 'onboarding.supplier-nominated.v1',
        source: LEADER_SOURCE,
        id: 'nominated',
        partitionkey: SUPPLIER,
        data: {
          ...onboarding,
          leaderUscc: LEADER,
          supplierName: 'Test',
          cityCode: '510100',
          industryCode: '3670',
        },
      }),
    ]);
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
  });

  it('a month is frozen, signed, verified, and restated with its cause', async () => {
    const { db } = stream.mongo;
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
    for (const wrong of [verifyPublications(db, { period: '2020-01' }), readRestatements(db, '2020-01')])
      await expect(wrong).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const late = { ...inventoryClosed('late', { costOfGoodsSoldFen: 450_00 }), time: '2024-04-02T08:00:00Z' };
    await stream.send(SUPPLIER_REPORTS, [late]);
    await caughtUp();
    const { restatements } = Restatements.parse(await readRestatements(db, PERIOD));
    const restated = restatements.find(({ figureId }) => figureId === turnsOfCity);
    expect(restated?.after?.value).toBeCloseTo(1.5 * (turns?.value ?? 0), 10);
    expect(restated?.cause.map(({ identity }) => identity)).toEqual([`/supplier/${SUPPLIER}/erp late`]);
    const { events } = await explainFigure(db, turnsOfCity);
    expect(restated?.cause).toMatchObject(events.filter(({ id }) => id === 'late'));
    expect(restated?.cause[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await readRestatements(db, PERIOD, asPublished)).restatements).toEqual([]);
    expect(await verifyPublications(db)).toMatchObject({ ok: true });

    const tampered = db.collection<{ _id: string }>('publications');
    await tampered.updateOne({ _id: PERIOD }, { $set: { 'figures.0.numerator': 1 } });
    expect(await verifyPublications(db)).toMatchObject({ ok: false, publications: [{ ok: false }] });
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
    expect(EvidenceList.parse(await listEvidence(db, SUPPLIER))).toMatchObject({
      projects: [
        { match: { state: 'incomplete', missing: ['contract', 'payment'] }, files: [{ kind: 'invoice' }] },
      ],
    });
  });
});
