import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { erpTopic } from '../../schemas/topics.ts';
import { ensureIngestIndexes } from '../../services/ingest/adapters/ledger.ts';
import { PartitionWorker } from '../../services/ingest/adapters/partitionWorker.ts';
import { RegistryCache } from '../../services/ingest/adapters/registryStore.ts';
import { nextHead } from '../../services/ingest/domain/chain.ts';
import type { IncomingRecord } from '../../services/ingest/domain/record.ts';
import { sha256 } from '../../services/ingest/domain/validate.ts';
import { type PartitionChain, verdictsOf, verifyChains } from '../../services/ingest/index.ts';
import { eventsOf, partitionsOf, type StoredEvent } from '../../services/runtime/eventStore.ts';
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

  const anchors = async (): Promise<readonly PartitionChain[]> => (await verifyChains(mongo.db)).partitions;

  it('is sound when nobody touched it', async () => {
    expect(await verifyChains(mongo.db)).toMatchObject({ events: 5, firstFault: null });
  });

  const tampering: [string, string, Partial<Record<keyof StoredEvent, unknown>> & Record<string, unknown>][] =
    [
      ['the amount in the body', 'altered', { body: '{"amountFen":1}' }],
      ['the time', 'altered', { time: new Date('2020-01-01') }],
      ['the firm', 'altered', { firm: null }],
      ['the offset', 'altered', { offset: 99 }],
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

  it('names an event that is gone, and one that was slipped in', async () => {
    const removed = await eventsOf(mongo.db).findOneAndDelete({ _id: `${LEADER_SOURCE} a` });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'missing', id: 'a', offset: 1 });
    if (removed) await eventsOf(mongo.db).insertOne(removed);
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    const last = await eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} c` });
    if (last) await eventsOf(mongo.db).insertOne({ ...last, _id: `${LEADER_SOURCE} d`, seq: 6, offset: 6 });
    expect((await verifyChains(mongo.db)).firstFault).toMatchObject({ kind: 'inserted', id: 'd' });
  });

  it('is caught by kept anchors even when every later hash was rewritten too', async () => {
    const kept = await anchors();
    await rewriteEverythingFrom('b', (body) => body.replace('1250000', '9'));
    expect((await verifyChains(mongo.db)).firstFault).toBeNull();
    expect((await verifyChains(mongo.db, kept)).firstFault).toMatchObject({ kind: 'rewritten', topic });
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

  async function freshRegistry(): Promise<RegistryCache> {
    const registry = new RegistryCache(mongo.db);
    await registry.refresh();
    return registry;
  }

  /** What somebody with full access to the database could do: change one event and make all hashes fit again. */
  async function rewriteEverythingFrom(id: string, change: (body: string) => string): Promise<void> {
    const identity = `${LEADER_SOURCE} ${id}`;
    const event = await eventsOf(mongo.db).findOne({ _id: identity });
    if (!event) throw new Error(`no event ${id}`);
    const body = change(event.body);
    const contentHash = sha256(body);
    await eventsOf(mongo.db).updateOne({ _id: identity }, { $set: { body, contentHash } });
    let head: string | null = null;
    for (const segment of await verdictsOf(mongo.db).find({ topic }).sort({ firstSeq: 1 }).toArray()) {
      head ??= segment.headBefore;
      const headBefore: string = head;
      const lines = segment.lines.replace(event.contentHash, contentHash).split('\n');
      for (const [index, line] of lines.entries()) {
        head = nextHead(head, line);
        await eventsOf(mongo.db).updateOne(
          { topic, partition: 0, seq: segment.firstSeq + index },
          { $set: { hash: head } },
        );
      }
      await verdictsOf(mongo.db).updateOne(
        { _id: segment._id },
        { $set: { lines: lines.join('\n'), headBefore, head } },
      );
    }
    await partitionsOf(mongo.db).updateOne({ _id: `${topic}/0` }, { $set: { head: head ?? '' } });
  }
});
