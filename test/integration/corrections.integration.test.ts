import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { identityOf } from '../../schemas/envelope.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { createFollower } from '../../services/measurement/adapters/follow.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import {
  ensureEventIndexes,
  eventsOf,
  partitionKeyOf,
  partitionsOf,
} from '../../services/runtime/eventStore.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { expectedMonths } from '../chaos/kpiOracle.ts';
import type { SentEvent } from '../chaos/topicRecord.ts';
import { testUscc, uniqueName } from '../support/events.ts';

const FIRM = testUscc(241);
const SOURCE = `/supplier/${FIRM}/erp`;
const TOPIC = 'supplier.reports';
const START_MS = Date.parse('2024-06-01T00:00:00Z');
const IDS = ['a', 'b', 'c', 'd', 'e'];

/** Statements and corrections under few names and at few instants: they meet, tie, and take one another back. */
const someEvent = (id: string): fc.Arbitrary<SentEvent> =>
  fc
    .record({
      day: fc.integer({ min: 0, max: 3 }),
      target: fc.constantFrom(...IDS.filter((name) => name !== id)),
      isCorrection: fc.boolean(),
      isReplaced: fc.boolean(),
      month: fc.constantFrom('2024-03', '2024-04'),
      amount: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ day, target, isCorrection, isReplaced, month, amount }) => {
      const void_ = { action: 'void', correctedId: target };
      const replace = { action: 'replace', correctedId: target, replacementId: IDS[0] };
      return {
        identity: identityOf(SOURCE, id),
        source: SOURCE,
        id,
        timeMs: START_MS + day * 86_400_000,
        content: '',
        ...(isCorrection
          ? {
              type: 'correction.declared.v1',
              data: { ...(isReplaced ? replace : void_), reason: 'booked wrongly' },
            }
          : { type: 'energy.reported.v1', data: { firmUscc: FIRM, period: month, energyWh: amount } }),
      };
    });
const someStream = fc.tuple(...IDS.map(someEvent)).chain((events) =>
  fc.record({
    events: fc.shuffledSubarray(events, { minLength: 2 }),
    partitions: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: IDS.length, maxLength: IDS.length }),
    cuts: fc.array(fc.boolean(), { minLength: IDS.length, maxLength: IDS.length }),
    limit: fc.integer({ min: 1, max: 4 }),
  }),
);

let mongo: Mongo;
beforeAll(async () => {
  mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('corrections'));
  await ensureEventIndexes(mongo.db);
  await measurementProjector.ensureIndexes(mongo.db);
});
afterAll(async () => {
  await mongo.db.dropDatabase();
  await mongo.close();
});

/** Appends to a partition's chain as ingest does. */
async function append(event: SentEvent, partition: number): Promise<void> {
  const { identity, id, source, type, timeMs, data } = event;
  const _id = partitionKeyOf(TOPIC, partition);
  const head = await partitionsOf(mongo.db).findOneAndUpdate(
    { _id },
    { $inc: { seq: 1 }, $set: { topic: TOPIC, partition } },
    { upsert: true, returnDocument: 'after' },
  );
  const seq = head?.seq ?? 1;
  const time = new Date(timeMs);
  const body = JSON.stringify({ specversion: '1.0', source, id, type, time: time.toISOString(), data });
  const contentHash = createHash('sha256').update(body).digest('hex');
  const stored = { topic: TOPIC, partition, offset: seq - 1, seq, contentHash, hash: contentHash, body };
  await eventsOf(mongo.db).insertOne({
    _id: identity,
    type: type as StoredEvent['type'],
    sourceClass: 'supplier',
    time,
    firm: type === 'correction.declared.v1' ? null : FIRM,
    period: typeof data.period === 'string' ? data.period : '2024-06',
    correlationId: id,
    recordedAt: time,
    ...stored,
  });
}

async function months(): Promise<Map<string, unknown>> {
  const years = await mongo.db.collection('kpi').find().toArray();
  return new Map(
    years.flatMap(({ year, months: stated }) =>
      Object.entries(
        stated as Record<string, { slots: { energy: { supplier: { t: number; n: number; v: number[] } } } }>,
      ).map(([month, { slots }]) => {
        const { t, n, v } = slots.energy.supplier;
        return [
          `${FIRM}/${year}-${month}`,
          { slots: new Map([['energy/supplier', { t, n, v }]]), approvals: new Map() },
        ];
      }),
    ),
  );
}

it('events with corrections give the same figures in any order, over any partitions, in any batches', async () => {
  await fc.assert(
    fc.asyncProperty(someStream, async ({ events, partitions, cuts, limit }) => {
      for (const name of [...measurementProjector.collections, 'events', 'partitions', 'cursors'])
        await mongo.db.collection(name).deleteMany({});
      const follower = createFollower(mongo, mongo.db, { events: limit, partEvents: limit });
      const follow = async (): Promise<void> => {
        while (await follower.step());
      };
      for (const [index, event] of events.entries()) {
        await append(event, partitions[index] ?? 0);
        if (cuts[index]) await follow();
      }
      await follow();
      expect(await months()).toEqual(expectedMonths(events));
    }),
    { numRuns: 25 },
  );
});
