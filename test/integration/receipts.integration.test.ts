import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FigureExplanation } from '../../schemas/api/kpi.ts';
import { Receipt } from '../../schemas/receipt.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { ACTS, erpTopic, receiptsTopic } from '../../schemas/topics.ts';
import { conformanceOf } from '../../services/cli/conformanceReport.ts';
import { createRegistry, showEvent } from '../../services/gateway/index.ts';
import { createReadCache } from '../../services/gateway/reads/cache.ts';
import { openFigure } from '../../services/gateway/reads/programme.ts';
import { createReceiptWriter, receiptCursorsOf } from '../../services/ingest/adapters/receiptTopic.ts';
import { entryLine } from '../../services/ingest/domain/chain.ts';
import { rehearseTopic, verdictsOf } from '../../services/ingest/index.ts';
import { xorHashes } from '../../services/measurement/index.ts';
import { eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { endOffsets, type Producer } from '../../services/runtime/kafka.ts';
import { offsetsOf, readRanges } from '../../services/runtime/kafkaRead.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { expectChinese } from '../support/chinese.ts';
import {
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  testUscc,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const topic = erpTopic(LEADER);
const receipts = receiptsTopic(LEADER);

describe('what a leader’s integrator is told', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };

  beforeAll(async () => {
    stream = await openTestStream();
    await stream.ensureTopics([topic]);
    ingest = await stream.startIngest();
  });

  afterAll(async () => {
    await ingest?.stop();
    await stream?.close();
  });

  const readReceipts = async (): Promise<Receipt[]> => {
    const all: Receipt[] = [];
    await readRanges(stream.kafka, receipts, await offsetsOf(stream.kafka, receipts), (_, message) =>
      all.push(Receipt.parse(JSON.parse(message.value?.toString() ?? ''))),
    );
    return all;
  };
  /** Every receipt once, when together they tell `verdicts` verdicts. */
  const toldOf = (verdicts: number): Promise<Receipt[]> =>
    eventually('the receipts', async () => {
      const exists = (await (await stream.kafka.admin()).listTopics()).includes(receipts);
      const all = exists ? await readReceipts() : [];
      const once = [...new Map(all.map((receipt) => [receipt.id, receipt])).values()];
      const sum = once.reduce((total, { firstSeq, lastSeq }) => total + lastSeq - firstSeq + 1, 0);
      return sum >= verdicts && once;
    });

  it('are verdict, code and offset of every record that was not accepted, and a count of the others', async () => {
    await stream.send(topic, [orderPlaced('early')]);
    await stream.drained();
    await stream.send(ACTS, [leaderRegistered()]);
    await stream.drained();
    await stream.send(topic, [relationDeclared()]);
    await eventually('released', async () => (await stream.drained()).parked === 0);
    await stream.send(topic, [orderPlaced('one'), orderPlaced('two'), orderPlaced('one')]);
    await stream.send(
      topic,
      ['{"half', orderPlaced('one', { time: '2024-02-01T00:00:00Z' }), orderPlaced('x', { type: 'no.such' })],
      SUPPLIER,
    );
    await stream.drained();
    const told = await toldOf(9);
    expect(told.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(4);
    const items = told.flatMap(({ items, partition }) => items.map((item) => ({ ...item, partition })));
    expect(items.map(({ verdict, released, code, id }) => [verdict, released, code, id]).sort()).toEqual([
      ['accepted', true, null, 'early'],
      ['conflict', false, 'CONFLICT', 'one'],
      ['duplicate', false, null, 'one'],
      ['parked', false, 'RELATION_UNKNOWN', 'early'],
      ['rejected', false, 'NOT_JSON', null],
      ['rejected', false, 'UNKNOWN_TYPE', 'x'],
    ]);
    for (const { code, verdict, explanation, explanationZh, remedy } of items) {
      expect(explanation.length).toBeGreaterThan(10);
      if (verdict !== 'parked') expect(explanationZh).toMatch(/\p{Script=Han}/u);
      expect(remedy === null).toBe(code === null);
    }
  });

  const openIn = async (db: Db, tenancy: Tenancy, id: string) =>
    FigureExplanation.parse(
      await openFigure(
        {
          db,
          cache: createReadCache(db),
          today: '2025-01-01',
          principal: { subject: 'a', name: 'A', tenancy },
        },
        { id, limit: 100 },
      ),
    );

  it('count up to figures that open to the records, with their places and hashes, for the leader and the operator alone', async () => {
    const { db } = stream.mongo;
    const open = (tenancy: Tenancy, id: string) => openIn(db, tenancy, id);
    const own: Tenancy = { role: 'leader', firms: [LEADER] };
    const heads = await partitionsOf(db).find({ topic }).toArray();
    for (const verdict of ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'] as const) {
      const count = heads.reduce((sum, { counts }) => sum + counts[verdict], 0);
      const opened = await open(own, `intake/${verdict}/${LEADER}`);
      expect(opened).toMatchObject({ value: count, eventCount: count, unit: 'records' });
      expect(opened.events).toHaveLength(count);
      expectChinese(opened.zh.definition);
    }
    const { events } = await open(own, `intake/accepted/${LEADER}`);
    const stored = await eventsOf(db).find({ topic }).toArray();
    expect(events.map(({ id, offset, hash }) => [id, offset, hash]).sort()).toEqual(
      stored.map(({ _id, offset, contentHash }) => [_id.split(' ')[1], offset, contentHash]).sort(),
    );
    const rejected = await open(own, `intake/rejected/${LEADER}`);
    expect(rejected.events.map(({ id, type }) => [id, type]).sort()).toEqual([
      [expect.stringMatching(`^${topic}/\\d+/\\d+$`), ''],
      ['x', 'no.such'],
    ]);

    // A receipt opens to what it tells of, and the receipts together to everything.
    const told = await toldOf(9);
    const opened = await Promise.all(
      told.map(({ partition, firstSeq, lastSeq }) =>
        open(own, `intake/accepted/${LEADER}/${partition}/${firstSeq}/${lastSeq}`),
      ),
    );
    expect(opened.map(({ value }) => value)).toEqual(told.map(({ accepted }) => accepted));
    expect(opened.map(({ eventsHash }) => eventsHash).reduce(xorHashes)).toBe(
      stored.map(({ contentHash }) => contentHash.slice(0, 32)).reduce(xorHashes),
    );

    // All topics count together, and each opens by itself.
    const operator: Tenancy = { role: 'operator' };
    const { value, children } = await open(operator, 'intake/accepted/-');
    expect(value).toBe(await eventsOf(db).countDocuments());
    expect(children).toContain(`intake/accepted/${LEADER}`);
    const each = await Promise.all(children.map((child) => open(operator, child)));
    expect(each.reduce((sum, one) => sum + (one.value ?? 0), 0)).toBe(value);
    const others: Tenancy[] = [
      { role: 'leader', firms: [testUscc(911_000)] },
      { role: 'supplier', firms: [SUPPLIER] },
      { role: 'bureau', region: '000000' },
    ];
    for (const tenancy of others)
      await expect(open(tenancy, `intake/accepted/${LEADER}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const id of ['intake/accepted/-', `intake/dreamt/${LEADER}`, `intake/accepted/${LEADER}/1/x/2`])
      await expect(open(own, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  const REFUSED = { verdict: 'rejected', code: 'INVALID_DATA' } as const;
  it('are counted by the heads of the chains, however long these are', async () => {
    const db = stream.mongo.client.db(`${stream.mongo.db.databaseName}_long`);
    const heads = await partitionsOf(stream.mongo.db).find({ topic }).toArray();
    // Five million verdicts of which one segment is there: whoever read the chain could not say so many.
    await partitionsOf(db).insertMany(
      heads.map((head) => ({ ...head, counts: { ...head.counts, accepted: 5_000_000 } })),
    );
    const open = (id: string) => openIn(db, { role: 'leader', firms: [LEADER] }, id);
    const opened = await open(`intake/accepted/${LEADER}`);
    expect(opened).toMatchObject({ value: 5_000_000 * heads.length, events: [] });
    await partitionsOf(db).updateOne({}, { $inc: { seq: 1 }, $set: { head: 'f'.repeat(64) } });
    expect((await open(`intake/accepted/${LEADER}`)).eventsHash).not.toBe(opened.eventsHash);

    // The same record known already, twice: two records, whose hashes must not cancel each other.
    const again = { verdict: 'duplicates', identity: 'a b', contentHash: 'c'.repeat(64) } as const;
    const lines = [1, 2].map((seq) => entryLine({ ...again, seq, offset: seq, code: null, released: false }));
    await verdictsOf(db).insertOne({
      topic,
      partition: 0,
      firstSeq: 1,
      lastSeq: 2,
      lines: lines.join('\n'),
    } as never);
    const twice = await open(`intake/duplicates/${LEADER}/0/1/2`);
    expect(twice).toMatchObject({ value: 2, eventCount: 2 });
    expect(twice.eventsHash).not.toBe('0'.repeat(32));

    // One refusal long ago, as a quiet stream leaves it: every verdict since is a segment by itself.
    const { _id: head, partition = 0 } = heads[0] ?? {};
    const since = Array.from({ length: 80 }, (_, index) => index + 3);
    await verdictsOf(db).insertMany(
      since.map((seq) => {
        const { verdict, code } = seq === 3 ? REFUSED : { ...again, code: null };
        const line = entryLine({ ...again, verdict, code, seq, offset: seq, released: false });
        return { topic, partition, firstSeq: seq, lastSeq: seq, lines: line } as never;
      }),
    );
    await partitionsOf(db).updateOne({ _id: head }, { $set: { 'counts.rejected': 1 } });
    expect((await open(`intake/rejected/${LEADER}`)).events).toContainEqual(
      expect.objectContaining({ partition, offset: 3 }),
    );
    await db.dropDatabase();
  });

  it('are sent again after a crash under the same ids, and none is missing', async () => {
    const before = await toldOf(9);
    await ingest.stop();
    // As after a crash between the sending and the note that it was sent.
    await stream.mongo.db.collection('receipt_cursors').deleteMany({});
    ingest = await stream.startIngest();
    await stream.send(topic, [orderPlaced('after-the-crash')]);
    await stream.drained();
    const after = await toldOf(10);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 1);
    expect((await readReceipts()).length).toBeGreaterThan(after.length);
  });

  it('is what conformance says of the topic’s sample, without moving anybody’s offsets', async () => {
    const ends = await endOffsets(stream.kafka, [topic]);
    const groups = async () =>
      (await (await stream.kafka.admin()).listGroups()).groups
        .map(({ groupId }) => groupId)
        .filter((id) => id.startsWith('chainlight-read-'));
    const rehearsed = await rehearseTopic(stream.kafka, LEADER, 1_000, stream.mongo.db, new Date());
    const result = conformanceOf(LEADER, { kind: 'topic', name: topic }, rehearsed, true);
    expect(result.verdicts).toEqual({ accepted: 5, duplicates: 1, conflicts: 1, rejected: 2, parked: 0 });
    expect(result.refusals.map(({ code }) => code)).toEqual(['CONFLICT', 'NOT_JSON', 'UNKNOWN_TYPE']);
    expect(result.refusals[1]?.examples[0]).toMatchObject({ line: null, offset: expect.any(Number) });
    expect(await endOffsets(stream.kafka, [topic])).toEqual(ends);
    expect(await groups()).toEqual([]);
    const some = await rehearseTopic(stream.kafka, LEADER, 4, stream.mongo.db, new Date());
    expect(some.records).toBeLessThanOrEqual(4);
    expect(some.truncated).toBe(true);
  });

  it('begins within 30 s for a leader that is registered while ingest runs', async () => {
    const [leader, supplier] = [testUscc(910_001), testUscc(910_002)];
    const source = `/chain/${leader}/erp/u8`;
    const logger = createLogger('test', { level: 'silent' });
    const registry = createRegistry({
      kafka: stream.kafka,
      db: stream.mongo.db,
      logger,
      now: () => new Date(),
    });
    try {
      const added = await registry.registerLeader({ uscc: leader, name: 'New leader', sources: [source] });
      expect(added).toMatchObject({ confirmed: true, erpTopic: erpTopic(leader) });
      await registry.declareRelation({ leader, supplier, from: '2022-01-01' });
      const event = orderPlaced('first-of-the-new-leader', { source, partitionkey: supplier });
      const data = { ...(event.data as object), buyerUscc: leader, supplierUscc: supplier };
      await stream.send(added.erpTopic, [{ ...event, data }]);
      await eventually(
        'the new leader’s event',
        () => eventsOf(stream.mongo.db).findOne({ _id: `${source} first-of-the-new-leader` }),
        30_000,
      );
    } finally {
      await registry.close();
    }
  });

  it('stores operators and dotted keys as text, and looks up operator-like names as text', async () => {
    const hostile = { $gt: '', $where: 'sleep(1000)', 'a.b': { $ne: null }, '': [{ 'x.$[].y': '$$ROOT' }] };
    const ids = ['{"$gt":""}', '$where', 'a.b', "' || 1==1 //"];
    const data = { ...(orderPlaced('x').data as object), ...hostile };
    await stream.send(
      topic,
      ids.map((id) => orderPlaced(id, { data })),
    );
    await stream.drained();
    for (const id of ids) {
      const shown = await showEvent(stream.mongo.db, LEADER_SOURCE, id);
      expect(shown).toMatchObject({ verdict: 'accepted' });
      expect(shown.event).toEqual(JSON.parse(JSON.stringify(orderPlaced(id, { data }))));
    }
    for (const [source, id] of [
      [LEADER_SOURCE, '{"$ne":""}'],
      ['{"$gt":""}', '{"$gt":""}'],
      [`${LEADER_SOURCE}`, '.*'],
    ] as const)
      await expect(showEvent(stream.mongo.db, source, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reach one leader though another’s topic takes nothing, and follow once it does', async () => {
    const { db } = stream.mongo;
    for (let key = 0; key < 12; key++) await stream.send(topic, ['rubbish'], `key-${key}`);
    await stream.drained();
    await ingest.stop();
    await receiptCursorsOf(db).deleteMany({});
    const places = (
      await partitionsOf(db)
        .find({ seq: { $gt: 0 } })
        .toArray()
    ).filter((place) => place.topic !== ACTS);
    const isDown = ({ topic: of }: { topic: string }): boolean => of === topic;
    expect(places.filter(isDown).length).toBeGreaterThan(1);
    const keysOf = (all: typeof places) => new Set(all.map(({ _id }) => _id));
    const sent: string[] = [];
    let hanging = 0;
    const release: (() => void)[] = [];
    const producer: Producer = {
      ...stream.producer,
      send: async ({ messages: [message] }) => {
        const key = String(message?.key);
        if (key.startsWith(`${topic}/`) && hanging++ === 0) {
          await new Promise<void>((resolve) => release.push(resolve));
        }
        sent.push(key);
        return [];
      },
    };
    const writer = createReceiptWriter({ db, kafka: stream.kafka, producer, patienceMs: 50 });
    await expect(writer.publish(places)).rejects.toThrow('has not taken it');
    while (await writer.publish(places));
    expect(new Set(sent)).toEqual(keysOf(places.filter((place) => !isDown(place))));
    expect(hanging).toBe(1);
    for (const resolve of release) resolve();
    await eventually('the topic takes receipts again', async () => {
      while (await writer.publish(places));
      return new Set(sent).size === places.length;
    });
    expect(new Set(sent)).toEqual(keysOf(places));
    ingest = await stream.startIngest();
  });
});
