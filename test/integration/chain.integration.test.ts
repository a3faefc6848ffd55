import { createHash } from 'node:crypto';
import { Binary, Decimal128 } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { erpTopic } from '../../schemas/topics.ts';
import { showDeadLetter } from '../../services/gateway/index.ts';
import { ensureIngestIndexes, parkedOf } from '../../services/ingest/adapters/ledger.ts';
import { PartitionWorker } from '../../services/ingest/adapters/partitionWorker.ts';
import { RegistryCache } from '../../services/ingest/adapters/registryCache.ts';
import type { IncomingRecord } from '../../services/ingest/domain/record.ts';
import { verifyChains } from '../../services/ingest/index.ts';
import {
  coordinatesOf,
  type DeadLetter,
  deadLettersOf,
  frameBytes,
} from '../../services/runtime/deadLetterStore.ts';
import { eventsOf, partitionsOf, type StoredEvent } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import {
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  testUscc,
  uniqueName,
} from '../support/events.ts';

const topic = erpTopic(LEADER);
const logger = createLogger('test', { level: 'silent' });

describe('the hash chain on real MongoDB', () => {
  let mongo: Mongo;
  let offset: number;

  const record = (value: unknown, onTopic = topic): IncomingRecord => ({
    topic: onTopic,
    partition: 0,
    offset: offset++,
    key: null,
    headers: {},
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  const newWorker = async (onTopic = topic): Promise<PartitionWorker> => {
    const registry = new RegistryCache(mongo.db);
    await registry.refresh();
    return new PartitionWorker(
      { mongo, registry, logger, now: () => new Date('2025-01-15T00:00:00Z') },
      onTopic,
      0,
    );
  };

  beforeAll(async () => {
    mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('chain'));
  });
  beforeEach(async () => {
    offset = 0;
    await mongo.db.dropDatabase();
    await ensureIngestIndexes(mongo.db);
    await (await newWorker('chainlight.acts')).take([record(leaderRegistered(), 'chainlight.acts')]);
    offset = 0;
    const worker = await newWorker();
    await worker.take([record(relationDeclared()), record(orderPlaced('a')), record('rubbish')]);
    await worker.take([record(orderPlaced('b')), record(orderPlaced('c'))]);
  });
  afterAll(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('is sound when nobody touched it', async () => {
    expect(await verifyChains(mongo.db)).toMatchObject({ events: 5, firstFault: null });
    const untouched = mongo.client.db(uniqueName('untouched'));
    expect(await verifyChains(untouched)).toMatchObject({ events: 0, firstFault: null });
  });

  const tampering: [string, string, Partial<Record<keyof StoredEvent, unknown>> & Record<string, unknown>][] =
    [
      ['the amount in the body', 'altered', { body: '{"amountFen":1}' }],
      ['the time', 'altered', { time: new Date('2020-01-01') }],
      ['the firm', 'altered', { firm: null }],
      ['the offset', 'altered', { offset: 99 }],
      ['the recording time', 'altered', { recordedAt: new Date('2020-01-01') }],
      ['the position in the chain', 'missing', { seq: 99 }],
      ['a field that was not there', 'altered', { data: { amountFen: 1 } }],
    ];
  it.each(tampering)('names the event of which somebody altered %s', async (_what, kind, change) => {
    await eventsOf(mongo.db).updateOne(
      { _id: `${LEADER_SOURCE} b` },
      { $set: change as Partial<StoredEvent> },
    );
    const { firstFault } = await verifyChains(mongo.db);
    expect(firstFault).toMatchObject({
      kind,
      topic,
      partition: 0,
      offset: 3,
      source: LEADER_SOURCE,
      id: 'b',
    });
  });

  it('names an event of which two were swapped', async () => {
    const [b, c] = await Promise.all(
      ['b', 'c'].map((id) => eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} ${id}` })),
    );
    if (!b || !c) throw new Error('no such events');
    await eventsOf(mongo.db).updateOne({ _id: b._id }, { $set: { seq: c.seq } });
    await eventsOf(mongo.db).updateOne({ _id: c._id }, { $set: { seq: b.seq } });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'altered', id: 'b', offset: 3 });
  });

  it('names an event of a partition that does not exist', async () => {
    const event = await eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} b` });
    if (event) await eventsOf(mongo.db).insertOne({ ...event, _id: `${LEADER_SOURCE} z`, partition: 7 });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({
      kind: 'inserted',
      id: 'z',
      partition: 7,
    });
  });

  it('names an event that is gone, and one that was slipped in', async () => {
    const removed = await eventsOf(mongo.db).findOneAndDelete({ _id: `${LEADER_SOURCE} a` });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'missing', id: 'a', offset: 1 });
    if (removed) await eventsOf(mongo.db).insertOne(removed);
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    const last = await eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} c` });
    if (last) await eventsOf(mongo.db).insertOne({ ...last, _id: `${LEADER_SOURCE} d`, seq: 6, offset: 6 });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'inserted', id: 'd' });
  });

  const strays: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['no topic, partition or position', { topic: undefined, partition: undefined, seq: undefined }, {}],
    ['a partition that is text', { partition: '0' }, { topic }],
    ['a topic that is a number', { topic: 5 }, {}],
    ['a topic that is an object', { topic: { $gt: '' } }, {}],
    ['a fractional partition', { partition: 0.5 }, { topic }],
    ['no position', { seq: undefined }, { topic }],
    ['a position that is text', { seq: '3' }, { topic }],
    ['a negative position', { seq: -1 }, { topic }],
    ['a fractional position', { seq: 2.5 }, { topic }],
    ['a position just beyond the head', { seq: 6 }, { topic }],
    ['a position far beyond the head', { seq: 1e12 }, { topic }],
    ['a position that is a decimal', { seq: Decimal128.fromString('99') }, { topic }],
    ['a position that is a list', { seq: [7, 9] }, { topic }],
    ['an offset that is text', { seq: 6, offset: 'x' }, { topic, offset: null }],
  ];
  it('names an event that was slipped in, whatever stands as its place', async () => {
    const model = await eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} b` });
    for (const [what, fields, where] of strays) {
      const stray = { ...model, _id: `${LEADER_SOURCE} z`, ...fields };
      await eventsOf(mongo.db).insertOne(stray as unknown as StoredEvent, { ignoreUndefined: true });
      const { firstFault } = await verifyChains(mongo.db);
      expect(firstFault, what).toMatchObject({ kind: 'inserted', source: LEADER_SOURCE, id: 'z', ...where });
      await eventsOf(mongo.db).deleteOne({ _id: stray._id });
    }
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
  });

  const misstatements: [string, Record<string, unknown>, string][] = [
    ['more accepted', { 'counts.accepted': 5 }, 'counts 5 accepted, its chain holds 4'],
    ['fewer refused', { 'counts.rejected': 0 }, 'counts 0 rejected, its chain holds 1'],
    ['a later start', { nextOffset: 9 }, 'would never be judged; set nextOffset of the partition back to 5'],
    ['an earlier start', { nextOffset: 2 }, 'set nextOffset of the partition to 5'],
    ['no offset to go on at', { nextOffset: -1 }, 'which is no offset'],
    ['another newest time', { lastTime: new Date('2024-12-31') }, 'newest business time is 2024-12-31'],
    ['no newest time', { lastTime: null }, 'newest business time is none'],
    ['a newest time that is none', { lastTime: 'yesterday' }, 'newest business time is no instant'],
    ['a latest time that is none', { maxTime: 'yesterday' }, 'latest business time is no instant'],
    ['a later business time', { maxTime: new Date('2024-12-31') }, 'latest business time'],
    ['another partition', { partition: '0' }, 'names no partition'],
  ];
  it('names a partition of which somebody wrote down something else than its chain holds', async () => {
    const head = await partitionsOf(mongo.db).findOne({ _id: `${topic}/0` });
    if (head === null) throw new Error('no such partition');
    for (const [what, change, said] of misstatements) {
      await partitionsOf(mongo.db).updateOne({ _id: head._id }, { $set: change });
      const detail = expect.stringContaining(said);
      const { firstFault } = await verifyChains(mongo.db);
      expect(firstFault, what).toMatchObject({ kind: 'altered', topic, partition: 0, detail });
      await partitionsOf(mongo.db).replaceOne({ _id: head._id }, head);
    }
  });

  it('names verdicts behind the end of a chain that was set back, and those of a partition whose record is gone', async () => {
    const key = `${topic}/0`;
    const before = await partitionsOf(mongo.db).findOne({ _id: key });
    await (await newWorker()).take([record(orderPlaced('c'))]);
    const after = await partitionsOf(mongo.db).findOne({ _id: key });
    if (before === null || after === null) throw new Error('no such partition');
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    await partitionsOf(mongo.db).replaceOne({ _id: key }, before);
    const fault = { kind: 'chain-broken', partition: 0 };
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({
      ...fault,
      topic,
      detail: expect.stringContaining('its chain ends at 5'),
    });
    await partitionsOf(mongo.db).replaceOne({ _id: key }, after);
    await eventsOf(mongo.db).deleteMany({ topic: 'chainlight.acts' });
    await partitionsOf(mongo.db).deleteOne({ _id: 'chainlight.acts/0' });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({
      ...fault,
      topic: 'chainlight.acts',
      detail: expect.stringContaining('is gone'),
    });
  });

  it('names a refused record whose dead letter was changed, removed or made up; its bytes are not shown', async () => {
    const large = Buffer.alloc(1_500_000, 'x');
    const conflicting = orderPlaced('a', { time: '2024-05-01T00:00:00Z' });
    await (await newWorker()).take([record(conflicting), record(large.toString())]);
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    const letters = deadLettersOf(mongo.db);
    const verify = async () => (await verifyChains(mongo.db)).firstFault;
    const other = new Binary(Buffer.from('rubbisH'));
    const bytesHash = createHash('sha256')
      .update(frameBytes({ key: null, headers: [] }))
      .update(other.buffer)
      .digest('hex');
    const changes: [number, Partial<DeadLetter>, string][] = [
      [2, { reason: 'NOT_UTF8' }, 'reason'],
      [2, { contentHash: 'f'.repeat(64) }, 'contentHash'],
      [2, { receivedAt: new Date('2020-01-01') }, 'receivedAt'],
      [2, { original: other }, 'not what was refused'],
      [2, { original: other, bytesHash }, 'not what was refused'],
      [
        2,
        { frame: new Binary(frameBytes({ key: null, headers: [['ce_id', Buffer.from('a')]] })) },
        'refused',
      ],
      [5, { conflictsWith: 'f'.repeat(64) }, 'conflictsWith'],
      [5, { original: new Binary(Buffer.from(JSON.stringify(orderPlaced('a')))) }, 'not what was refused'],
    ];
    for (const [at, change, said] of changes) {
      const original = await letters.findOne({ _id: `${topic}/0/${at}` });
      if (original === null) throw new Error('no such letter');
      await letters.updateOne({ _id: original._id }, { $set: change });
      const detail = expect.stringContaining(said);
      expect(await verify(), said).toMatchObject({
        kind: 'altered',
        topic,
        partition: 0,
        offset: at,
        detail,
      });
      if (('original' in change && !('bytesHash' in change)) || 'frame' in change)
        await expect(showDeadLetter(mongo.db, original._id)).rejects.toMatchObject({
          code: 'KEPT_BYTES_ALTERED',
        });
      await letters.replaceOne({ _id: original._id }, original);
    }

    const removed = await letters.findOneAndDelete({ _id: `${topic}/0/2` });
    if (removed === null) throw new Error('no such letter');
    expect(await verify()).toMatchObject({ kind: 'missing', topic, partition: 0, offset: 2 });
    await letters.insertOne(removed);
    for (const place of [{ offset: 99 }, { offset: 0 }, { topic: 'erp.nobody' }]) {
      const planted = { ...removed, ...place };
      const _id = coordinatesOf(planted);
      await letters.insertOne({ ...planted, _id });
      expect(await verify()).toMatchObject({ kind: 'inserted', ...place });
      await letters.deleteOne({ _id });
    }

    const chunks = mongo.db.collection('originals.chunks');
    await chunks.updateOne({ n: 1 }, { $set: { data: new Binary(Buffer.alloc(255 * 1024, 'y')) } });
    expect(await verify()).toMatchObject({ kind: 'altered', topic, offset: 6 });
    await expect(showDeadLetter(mongo.db, `${topic}/0/6`)).rejects.toMatchObject({
      code: 'KEPT_BYTES_ALTERED',
    });
    await chunks.deleteOne({ n: 1 });
    expect(await verify()).toMatchObject({ kind: 'altered', topic, offset: 6 });
  });

  it('names a waiting record that was changed, removed or made up, and refuses a changed one when it is released', async () => {
    const supplier = testUscc(299);
    const waiting = (id: string): Record<string, unknown> => ({
      ...orderPlaced(id, { partitionkey: supplier }),
      data: { ...(orderPlaced(id).data as object), supplierUscc: supplier },
    });
    const worker = await newWorker();
    await worker.take([record(waiting('w')), record(waiting('x'))]);
    const parked = parkedOf(mongo.db);
    const original = await parked.findOne({ _id: `${topic}/0/5` });
    if (original === null) throw new Error('nothing waits');
    const verify = async () => (await verifyChains(mongo.db)).firstFault;
    expect(await verify()).toBeNull();

    await parked.deleteOne({ _id: original._id });
    expect(await verify()).toMatchObject({ kind: 'missing', topic, offset: 5, id: 'w' });
    await parked.insertOne(original);
    await parked.insertOne({ ...original, _id: `${topic}/0/1`, offset: 1 });
    expect(await verify()).toMatchObject({ kind: 'inserted', topic, offset: 1 });
    const forged = { ...waiting('w'), time: '2024-05-01T00:00:00Z' };
    const value = new Binary(Buffer.from(JSON.stringify(forged)));
    await parked.updateOne({ _id: original._id }, { $set: { value }, $unset: { seq: 1 } });
    expect(await verify()).toMatchObject({ kind: 'altered', topic, offset: 5, id: 'w' });

    const data = { buyerUscc: LEADER, supplierUscc: supplier, validFrom: '2022-01-01' };
    const declared = relationDeclared('2022-01-01', { id: 'declared-299', partitionkey: supplier, data });
    await worker.take([record(declared)]);
    expect(await worker.releaseParked()).toBe(true);
    expect(await eventsOf(mongo.db).countDocuments({ _id: `${LEADER_SOURCE} w` })).toBe(0);
    expect(await eventsOf(mongo.db).countDocuments({ _id: `${LEADER_SOURCE} x` })).toBe(1);
    expect(await deadLettersOf(mongo.db).findOne({ _id: original._id })).toMatchObject({
      reason: 'PARKED_ALTERED',
      source: LEADER_SOURCE,
      eventId: 'w',
    });
    // What no verdict let wait is never judged.
    expect(await parked.distinct('_id')).toEqual([`${topic}/0/1`]);
    await parked.deleteMany({});
    expect(await verify()).toBeNull();
    await worker.take([record(waiting('w'))]);
    expect(await eventsOf(mongo.db).countDocuments({ _id: `${LEADER_SOURCE} w` })).toBe(1);
  });

  it('can be moved by its owner only: a process that was paused forks nothing and moves no checkpoint', async () => {
    const paused = await newWorker();
    await paused.nextOffset();
    const owner = await newWorker();
    await owner.take([record(orderPlaced('d'))]);
    const before = await partitionsOf(mongo.db).findOne({ _id: `${topic}/0` });
    offset--;
    await expect(paused.take([record(orderPlaced('e'))])).rejects.toMatchObject({ code: 'CHAIN_FENCED' });
    expect(await partitionsOf(mongo.db).findOne({ _id: `${topic}/0` })).toEqual(before);
    expect(await eventsOf(mongo.db).countDocuments({ _id: `${LEADER_SOURCE} e` })).toBe(0);
    expect(await paused.take([record(orderPlaced('e'))])).toBe(offset);
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
  });

  it('stores an identity once when two partitions bring it at the same time', async () => {
    const left = await newWorker();
    const right = new PartitionWorker(
      { mongo, registry: await freshRegistry(), logger, now: () => new Date('2025-01-15T00:00:00Z') },
      topic,
      1,
    );
    const same = orderPlaced('twin');
    const other = { ...record(same), partition: 1, offset: 0 };
    offset--;
    await Promise.all([left.take([record(same)]), right.take([other])]);
    const heads = await partitionsOf(mongo.db).find({ topic }).toArray();
    expect(await eventsOf(mongo.db).countDocuments({ _id: `${LEADER_SOURCE} twin` })).toBe(1);
    expect(heads.reduce((total, head) => total + head.counts.duplicates, 0)).toBe(1);
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
  });

  it.each([
    ['the same content', 'duplicates', orderPlaced('d')],
    ['other content', 'conflicts', orderPlaced('d', { time: '2024-05-01T00:00:00Z' })],
    [
      'other content that alone would wait for a relation',
      'conflicts',
      orderPlaced('d', {
        partitionkey: testUscc(299),
        data: { ...(orderPlaced('d').data as object), supplierUscc: testUscc(299) },
      }),
    ],
  ] as const)('finds a repeat with %s right after batches that had none', async (_, verdict, repeat) => {
    const worker = await newWorker();
    await worker.take([record(orderPlaced('d'))]);
    const before = await partitionsOf(mongo.db).findOne({ _id: `${topic}/0` });
    await worker.take([record(orderPlaced('e')), record(repeat), record(orderPlaced('f'))]);
    const after = await partitionsOf(mongo.db).findOne({ _id: `${topic}/0` });
    const added = Object.entries(after?.counts ?? {}).map(([name, count]) => [
      name,
      count - Number(Object.entries(before?.counts ?? {}).find(([key]) => key === name)?.[1]),
    ]);
    expect(Object.fromEntries(added)).toMatchObject({ accepted: 2, [verdict]: 1, parked: 0 });
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
  });

  async function freshRegistry(): Promise<RegistryCache> {
    const registry = new RegistryCache(mongo.db);
    await registry.refresh();
    return registry;
  }
});
