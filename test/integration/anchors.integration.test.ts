import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { AnchorsExported } from '../../schemas/api/anchors.ts';
import { VerifyResult } from '../../schemas/api/verify.ts';
import { ACTS, erpTopic } from '../../schemas/topics.ts';
import type { CliIo } from '../../services/cli/output.ts';
import { buildProgram } from '../../services/cli/program.ts';
import { sealDays } from '../../services/ingest/adapters/dayRootStore.ts';
import { ensureIngestIndexes } from '../../services/ingest/adapters/ledger.ts';
import { PartitionWorker } from '../../services/ingest/adapters/partitionWorker.ts';
import { RegistryCache } from '../../services/ingest/adapters/registryCache.ts';
import { leafHash, rootOfPath } from '../../services/ingest/domain/merkle.ts';
import type { IncomingRecord } from '../../services/ingest/domain/record.ts';
import {
  dayRootsOf,
  openAnchors,
  proveEvent,
  verdictsOf,
  verifyChains,
  writeAnchors,
} from '../../services/ingest/index.ts';
import { eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import {
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  uniqueName,
} from '../support/events.ts';
import { type Forged, forge } from '../support/forger.ts';

const topic = erpTopic(LEADER);
const logger = createLogger('test', { level: 'silent' });
const DAY_ONE = new Date('2025-01-15T10:00:00Z');
const DAY_TWO = new Date('2025-01-16T10:00:00Z');
const DAY_THREE = new Date('2025-01-17T10:00:00Z');

describe('anchors kept outside', () => {
  let mongo: Mongo;
  let folder: string;
  let file: string;

  const recordsOf = (values: readonly unknown[], onTopic: string, firstOffset: number): IncomingRecord[] =>
    values.map((value, index) => ({
      topic: onTopic,
      partition: 0,
      offset: firstOffset + index,
      key: null,
      headers: {},
      value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    }));
  const take = async (
    now: Date,
    values: readonly unknown[],
    firstOffset = 0,
    onTopic = topic,
  ): Promise<void> => {
    const registry = new RegistryCache(mongo.db);
    await registry.refresh();
    const worker = new PartitionWorker({ mongo, registry, logger, now: () => now }, onTopic, 0);
    await worker.take(recordsOf(values, onTopic, firstOffset));
  };
  const verify = async () => (await verifyChains(mongo.db, { anchors: await openAnchors(file) })).firstFault;

  beforeAll(async () => {
    mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('anchors'));
    folder = await mkdtemp(join(tmpdir(), 'anchors-'));
    file = join(folder, 'anchors.jsonl');
  });
  beforeEach(async () => {
    await mongo.db.dropDatabase();
    await ensureIngestIndexes(mongo.db);
    await take(DAY_ONE, [leaderRegistered()], 0, ACTS);
    await take(DAY_ONE, [relationDeclared(), orderPlaced('a'), 'rubbish', orderPlaced('b')]);
    await take(DAY_TWO, [orderPlaced('c'), orderPlaced('a'), orderPlaced('d')], 4);
    await sealDays(mongo.db, DAY_TWO);
    await writeAnchors(mongo.db, file, DAY_TWO);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('are passed by a record that nobody touched, and by one that has grown since', async () => {
    expect(await verify()).toBeNull();
    await take(DAY_THREE, [orderPlaced('e')], 7);
    await sealDays(mongo.db, DAY_THREE);
    expect(await verify()).toBeNull();
  });

  const at = (record: Forged[], id: string): number =>
    record.findIndex(({ event }) => event?._id === `${LEADER_SOURCE} ${id}`);
  const editing = (id: string, edit: (forged: Forged) => Forged) => (record: Forged[]) =>
    record.map((forged, index) => (index === at(record, id) ? edit(forged) : forged));

  /** With the fault that is found without anchors, where the offsets betray the forger. */
  const forgeries: [
    string,
    (record: Forged[]) => Forged[],
    Record<string, unknown>,
    (Record<string, unknown> | null)?,
  ][] = [
    [
      'altered one amount',
      editing('b', (forged) => ({
        ...forged,
        event: forged.event && { ...forged.event, body: forged.event.body.replace('1250000', '9') },
      })),
      { kind: 'altered', offset: 3, id: 'b' },
    ],
    [
      'put back the time of recording',
      editing('b', (forged) => ({ ...forged, recordedAt: new Date('2025-01-15T09:59:59Z') })),
      { kind: 'altered', offset: 3, id: 'b' },
    ],
    [
      'removed an event',
      (record) => record.filter((_, index) => index !== at(record, 'b')),
      { kind: 'missing', offset: 3, id: 'b' },
    ],
    ['removed the last event', (record) => record.slice(0, -1), { kind: 'missing', offset: 6, id: 'd' }],
    [
      'removed an event and numbered the offsets anew',
      (record) =>
        record
          .filter((_, index) => index !== at(record, 'b'))
          .map((forged, offset) => ({ ...forged, entry: { ...forged.entry, offset } })),
      { kind: 'missing', offset: 3, id: 'b' },
    ],
    [
      'slipped one in',
      (record) => slipIn(record, at(record, 'b')),
      { kind: 'inserted', id: 'forged' },
      { kind: 'chain-broken', offset: 3, detail: expect.stringContaining('judged before') },
    ],
    [
      'slipped one in at the end of a day',
      (record) => slipIn(record, at(record, 'c')),
      { kind: 'inserted', id: 'forged' },
      { kind: 'chain-broken', offset: 4 },
    ],
    [
      'swapped two events',
      (record) => {
        const swapped = [...record];
        const [left, right] = [at(record, 'a'), at(record, 'b')];
        [swapped[left], swapped[right]] = [record[right] as Forged, record[left] as Forged];
        return swapped;
      },
      { kind: 'altered', offset: 1, id: 'a' },
      { kind: 'chain-broken', offset: 2 },
    ],
    [
      'put another event in the place of one',
      editing('b', (forged) => ({
        ...forged,
        event: forged.event && { ...forged.event, _id: `${LEADER_SOURCE} forged` },
      })),
      { kind: 'altered', offset: 3, id: 'b' },
    ],
    [
      'made an accepted event a duplicate',
      editing('b', (forged) => ({
        ...forged,
        event: null,
        entry: { ...forged.entry, verdict: 'duplicates' },
      })),
      { kind: 'altered', offset: 3, id: 'b' },
    ],
    [
      'changed why a record was refused',
      (record) =>
        record.map((forged) =>
          forged.entry.verdict === 'rejected'
            ? { ...forged, entry: { ...forged.entry, code: 'NOT_UTF8' } }
            : forged,
        ),
      { kind: 'altered', offset: 2, id: null },
      { kind: 'altered', offset: 2, detail: expect.stringContaining('reason') },
    ],
    [
      'took a refusal out',
      (record) => record.filter(({ entry }) => entry.verdict !== 'rejected'),
      { kind: 'missing', offset: 2, id: null },
    ],
  ];
  it.each(
    forgeries,
  )('name the event when somebody %s and made every hash and root fit again', async (_, change, fault, alone = null) => {
    await forge(mongo.db, topic, 0, change);
    const { firstFault } = await verifyChains(mongo.db);
    if (alone === null) expect(firstFault, 'the forgery is sound in itself').toBeNull();
    else expect(firstFault).toMatchObject(alone);
    expect(await verify()).toMatchObject({ topic, partition: 0, ...fault });
  });

  it('are checked by the command: what was forged with all hashes and roots is named in its JSON, with exit code 1', async () => {
    vi.stubEnv('MONGODB_URI', inject('MONGODB_URI'));
    vi.stubEnv('MONGODB_DB', mongo.db.databaseName);
    vi.stubEnv('KAFKA_BROKERS', inject('KAFKA_BROKERS'));
    vi.stubEnv('TEMPORAL_ADDRESS', inject('TEMPORAL_ADDRESS'));
    const cli = async (...args: string[]) => {
      const lines: string[] = [];
      const io: CliIo = { out: (line) => lines.push(line), err: () => {}, exitCode: 0 };
      const program = await buildProgram(io, args[0]);
      await program.parseAsync(args, { from: 'user' });
      return { exitCode: io.exitCode, printed: JSON.parse(lines.at(-1) ?? '') };
    };
    const sound = await cli('verify', '--anchors', file, '--json');
    expect(VerifyResult.parse(sound.printed).firstFault).toBeNull();

    const amounts = editing('b', (forged) => ({
      ...forged,
      event: forged.event && { ...forged.event, body: forged.event.body.replace('1250000', '9') },
    }));
    await forge(mongo.db, topic, 0, amounts);
    const forged = await cli('verify', '--anchors', file, '--json');
    expect(forged.exitCode).toBe(1);
    expect(VerifyResult.parse(forged.printed)).toMatchObject({
      ok: false,
      firstFault: { kind: 'altered', topic, partition: 0, offset: 3, source: LEADER_SOURCE, id: 'b' },
    });

    await eventsOf(mongo.db).deleteOne({ _id: `${LEADER_SOURCE} b` });
    const refused = await cli('anchors', 'export', join(folder, 'unsound.jsonl'), '--json');
    expect(refused.exitCode).toBe(1);
    expect(AnchorsExported.parse(refused.printed)).toMatchObject({
      file: null,
      firstFault: { kind: 'missing', topic, offset: 3, id: 'b' },
    });
    vi.unstubAllEnvs();
  });

  it('name the first verdict of a run that was deleted from the chain alone', async () => {
    await verdictsOf(mongo.db).deleteOne({ topic, firstSeq: 5 });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'chain-broken', topic });
    expect(await verify()).toMatchObject({
      kind: 'missing',
      topic,
      offset: 4,
      source: LEADER_SOURCE,
      id: 'c',
    });
  });

  it('name the first event of a partition that is gone with all that belongs to it', async () => {
    await eventsOf(mongo.db).deleteMany({ topic });
    await verdictsOf(mongo.db).deleteMany({ topic });
    await partitionsOf(mongo.db).deleteMany({ topic });
    await dayRootsOf(mongo.db).deleteMany({});
    expect(await verify()).toMatchObject({ kind: 'missing', topic, offset: 0, source: LEADER_SOURCE });
  });

  it('show a day root that was changed or removed', async () => {
    await dayRootsOf(mongo.db).updateOne({ _id: '2025-01-15' }, { $set: { root: '0'.repeat(64) } });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'rewritten' });
    await dayRootsOf(mongo.db).deleteOne({ _id: '2025-01-15' });
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    expect(await verify()).toMatchObject({
      kind: 'rewritten',
      detail: expect.stringContaining('2025-01-15'),
    });
  });

  it('hold the sealed and the open day, and the file says so', async () => {
    const { days } = await openAnchors(file);
    expect(days.map(({ day, sealed, verdicts }) => [day, sealed, verdicts])).toEqual([
      ['2025-01-15', true, 5],
      ['2025-01-16', false, 3],
    ]);
    expect(await dayRootsOf(mongo.db).findOne({ _id: '2025-01-15' })).toMatchObject({ root: days[0]?.root });
  });

  it('seal a day once; what a slow process still records for it counts for the next', async () => {
    await take(DAY_ONE, [orderPlaced('late')], 7);
    expect(await sealDays(mongo.db, DAY_TWO)).toEqual([]);
    expect(await sealDays(mongo.db, DAY_THREE)).toEqual(['2025-01-16']);
    expect(await dayRootsOf(mongo.db).findOne({ _id: '2025-01-16' })).toMatchObject({ verdicts: 4 });
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
  });

  it.each([
    ['a', '2025-01-15', true],
    ['d', '2025-01-16', false],
  ])('let %s be proved against the root of its day', async (id, day, sealed) => {
    const proof = await proveEvent(mongo.db, LEADER_SOURCE, id);
    expect(proof).toMatchObject({ day, sealed, topic, partition: 0 });
    expect((await openAnchors(file)).days.find((one) => one.day === day)?.root).toBe(proof.root);
    const { recordedAt, link, path, partitionDay, dayPath, contentHash } = proof;
    expect(leafHash(`${recordedAt}\n${link}`).toString('hex')).toBe(proof.leaf);
    expect(JSON.parse(link)).toEqual(expect.arrayContaining([`${LEADER_SOURCE} ${id}`, contentHash]));
    const partitionRoot = rootOfPath(Buffer.from(proof.leaf, 'hex'), path).toString('hex');
    expect(partitionRoot).toBe(partitionDay.root);
    const { firstSeq, lastSeq } = partitionDay;
    const upper = leafHash(`${topic}/0\n${firstSeq}\n${lastSeq}\n${partitionRoot}`);
    expect(rootOfPath(upper, dayPath).toString('hex')).toBe(proof.root);
  });

  it('prove nothing about an event that was never accepted', async () => {
    await expect(proveEvent(mongo.db, LEADER_SOURCE, 'never')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  const damages: [string, (text: string) => string][] = [
    ['is empty', () => ''],
    ['is something else', () => '{"anchors":[]}\n'],
    ['breaks off', (text) => text.slice(0, text.length / 2)],
    ['lacks its last line', (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`],
    [
      'lacks a line',
      (text) =>
        text
          .split('\n')
          .filter((line) => !line.includes('"verdicts"'))
          .join('\n'),
    ],
    ['was changed in one place', (text) => text.replace('"takenAt":"2025', '"takenAt":"2024')],
    ['goes on after its end', (text) => text + text],
  ];
  it.each(damages)('are refused with one clear message when the file %s', async (_, damage) => {
    await writeFile(file, damage(await readFile(file, 'utf8')));
    await expect(openAnchors(file)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringContaining(file),
    });
  });

  it('are not written over a record that is not sound', async () => {
    await rm(file);
    await eventsOf(mongo.db).deleteOne({ _id: `${LEADER_SOURCE} b` });
    expect((await writeAnchors(mongo.db, file, DAY_TWO)).firstFault).toMatchObject({
      kind: 'missing',
      id: 'b',
    });
    await expect(openAnchors(file)).rejects.toMatchObject({ code: 'BAD_USAGE' });
  });

  function slipIn(record: Forged[], before: number): Forged[] {
    const model = record[before] as Forged;
    const event = model.event && { ...model.event, _id: `${LEADER_SOURCE} forged` };
    return [...record.slice(0, before), { ...model, event }, ...record.slice(before)];
  }
});
