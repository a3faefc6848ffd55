import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventDefinition } from '../../schemas/events/define.ts';
import { EVENT_TYPES } from '../../schemas/events/index.ts';
import { erpTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { readEntryLine } from '../../services/ingest/domain/chain.ts';
import { verdictsOf, verifyChains } from '../../services/ingest/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  testUscc,
  uniqueName,
  withWrongDigit,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

describe('ingest on real Kafka and MongoDB', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  const topic = erpTopic(LEADER);

  beforeAll(async () => {
    stream = await openTestStream();
    await stream.ensureTopics([topic]);
    ingest = await stream.startIngest();
  });

  afterAll(async () => {
    await ingest?.stop();
    await stream?.close();
  });

  it('parks what comes ahead of leader and relation, and releases it by itself', async () => {
    const before = await stream.drained();
    await stream.send(topic, [orderPlaced('early-1')]);
    expect((await stream.drained()).parked).toBe(before.parked + 1);
    await stream.send('chainlight.acts', [leaderRegistered()]);
    await stream.send(topic, [relationDeclared()]);
    await eventually('released', async () => (await stream.drained()).parked === before.parked);
    expect((await stream.drained()).accepted).toBe(before.accepted + 3);
    const stored = await eventsOf(stream.mongo.db).findOne({ _id: `${LEADER_SOURCE} early-1` });
    expect(stored).toMatchObject({ topic, type: 'order.placed.v1', firm: SUPPLIER });
    expect(await stream.mongo.db.collection('parked').countDocuments({ topic })).toBe(0);
  });

  it('gives each kind of bad record its own reason and goes on', async () => {
    const before = await stream.drained();
    const badDigit = withWrongDigit(SUPPLIER);
    const bad: [string, Record<string, unknown> | Buffer | string][] = [
      ['NOT_JSON', '{"specversion":'],
      ['NOT_UTF8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
      ['BAD_ENVELOPE', { hello: 'world' }],
      ['UNKNOWN_TYPE', orderPlaced('bad-1', { type: 'order.dreamt.v1' })],
      ['BAD_CHECK_DIGIT', inventoryClosed('bad-2', { firmUscc: badDigit })],
      ['TIME_OUT_OF_RANGE', orderPlaced('bad-3', { time: '2999-01-01T00:00:00Z' })],
      ['TIME_OUT_OF_RANGE', orderPlaced('bad-4', { time: '1901-01-01T00:00:00Z' })],
      ['NEGATIVE_STOCK', inventoryClosed('bad-5', { closingStockFen: -1 })],
      ['PAYLOAD_TOO_LARGE', orderPlaced('bad-6', { note: 'x'.repeat(1_100_000) })],
      ['NOT_AUTHORISED', orderPlaced('bad-7', { source: `/chain/${testUscc(99)}/erp/sap` })],
      [
        'NOT_AUTHORISED',
        cloudEvent({
          ...inventoryClosed('bad-8'),
          type: 'subsidy.paid.v1',
          data: {
            supplierUscc: SUPPLIER,
            programme: 'p',
            paymentNumber: '1',
            paidOn: '2024-01-01',
            amountFen: 1,
          },
        }),
      ],
      ['INVALID_DATA', orderPlaced('bad-9', { data: { buyerUscc: LEADER } })],
      [
        'CONFLICT',
        orderPlaced('early-1', { data: { ...(orderPlaced('early-1').data as object), amountFen: 7 } }),
      ],
    ];
    for (const [, record] of bad) await stream.send(topic, [record], SUPPLIER);
    await stream.send(topic, [orderPlaced('early-1'), orderPlaced('after-the-bad')]);
    const after = await stream.drained();
    const letters = await stream.mongo.db
      .collection('dead_letters')
      .find({ topic })
      .sort({ offset: 1 })
      .toArray();
    expect(letters.map((letter) => letter.reason)).toEqual(bad.map(([reason]) => reason));
    expect(after).toEqual({
      accepted: before.accepted + 1,
      duplicates: before.duplicates + 1,
      conflicts: before.conflicts + 1,
      rejected: before.rejected + bad.length - 1,
      parked: before.parked,
    });
    expect(await eventsOf(stream.mongo.db).countDocuments({ _id: `${LEADER_SOURCE} after-the-bad` })).toBe(1);
    await eventually(
      'dead-letter topic written',
      async () =>
        (await stream.mongo.db.collection('dead_letters').countDocuments({ topic, published: true })) ===
        bad.length,
    );
  });

  it('reads binary mode, and a restart judges nothing twice', async () => {
    const before = await stream.drained();
    const event = inventoryClosed('binary-1') as Record<string, string> & { data: unknown };
    const { data, datacontenttype, ...attributes } = event;
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)]),
    );
    await stream.producer.send({
      topic: SUPPLIER_REPORTS,
      messages: [
        {
          key: SUPPLIER,
          value: JSON.stringify(data),
          headers: { ...headers, 'content-type': String(datacontenttype) },
        },
      ],
    });
    await eventually('stored', async () =>
      eventsOf(stream.mongo.db).findOne({ _id: `/supplier/${SUPPLIER}/erp binary-1` }),
    );
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('binary-1')]);
    const stored = await stream.drained();
    expect(stored).toEqual({ ...before, accepted: before.accepted + 1, duplicates: before.duplicates + 1 });
    await ingest.stop();
    ingest = await stream.startIngest({ groupId: uniqueName('again') });
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('after-restart')]);
    await eventually('read on', async () =>
      eventsOf(stream.mongo.db).findOne({ _id: `/supplier/${SUPPLIER}/erp after-restart` }),
    );
    expect(await stream.drained()).toEqual({ ...stored, accepted: stored.accepted + 1 });
  });

  it('a topic that was judged before a type had its second version is judged the same with it, v1 beside v2', async () => {
    const other = await openTestStream();
    const types = EVENT_TYPES as Map<string, EventDefinition>;
    const second = types.get('energy.reported.v2');
    if (second === undefined) throw new Error('no second version');
    const energy = (id: string, data: object, type = 'energy.reported.v1') =>
      cloudEvent({
        type,
        source: `/supplier/${SUPPLIER}/erp`,
        id,
        partitionkey: SUPPLIER,
        data: { firmUscc: SUPPLIER, period: '2024-02', ...data },
      });
    const carriers = { carriers: [{ carrier: 'gas', energyWh: 5 }] };
    const records = [
      energy('old-1', { energyWh: 5 }),
      energy('old-2', { energyWh: 6, siteName: 'a field that no version knows' }),
      energy('old-1', { energyWh: 5 }),
      energy('old-2', { energyWh: 7 }),
      energy('old-3', { energyWh: -1 }),
      energy('ahead', carriers, 'energy.reported.v2'),
    ];
    /** What a database's chain says of these records, in their order. */
    const verdictsIn = async ({ mongo }: TestStream) => {
      const found: (readonly unknown[])[] = [];
      for await (const { lines } of verdictsOf(mongo.db)
        .find({ topic: SUPPLIER_REPORTS })
        .sort({ firstSeq: 1 }))
        for (const line of lines.split('\n')) {
          const entry = readEntryLine(line);
          if (entry !== null)
            found.push([entry.offset, entry.verdict, entry.code, entry.identity, entry.contentHash]);
        }
      return found.slice(-records.length);
    };
    const restart = async (): Promise<void> => {
      await ingest.stop();
      ingest = await stream.startIngest();
    };

    // Code of before: what a producer that is ahead sends is of no type that it knows.
    types.delete('energy.reported.v2');
    const before = await stream.drained();
    await stream.send(SUPPLIER_REPORTS, records, SUPPLIER);
    const judged = await stream.drained();
    const old = await verdictsIn(stream);
    types.set('energy.reported.v2', second);
    expect(old.map(([, verdict, code]) => [verdict, code])).toEqual([
      ['accepted', null],
      ['accepted', null],
      ['duplicates', null],
      ['conflicts', 'CONFLICT'],
      ['rejected', 'INVALID_DATA'],
      ['rejected', 'UNKNOWN_TYPE'],
    ]);

    // The same topic with today's code, into an empty database: only what was of no known type is another thing.
    const anew = await other.startIngest();
    await other.drained();
    await anew.stop();
    const now = await verdictsIn(other);
    expect(now.slice(0, -1)).toEqual(old.slice(0, -1));
    expect(now.at(-1)?.slice(0, 3)).toEqual([old.at(-1)?.[0], 'accepted', null]);
    await other.close();

    // And all of it sent once more into the database that the old code has filled.
    await restart();
    await stream.send(SUPPLIER_REPORTS, records, SUPPLIER);
    expect(await stream.drained()).toEqual({
      accepted: judged.accepted + 1,
      duplicates: judged.duplicates + 3,
      conflicts: judged.conflicts + 1,
      rejected: judged.rejected + 1,
      parked: before.parked,
    });
    expect((await verifyChains(stream.mongo.db)).firstFault).toBeNull();
  });
});
