import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { identityOf } from '../../schemas/envelope.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { createFollower } from '../../services/measurement/adapters/follow.ts';
import { loadModels } from '../../services/measurement/adapters/worldStore.ts';
import { scopeOf } from '../../services/measurement/domain/groups.ts';
import { type Rollup, rollupsOf } from '../../services/measurement/domain/rollups.ts';
import { measurementProjector, readGroup } from '../../services/measurement/index.ts';
import {
  ensureEventIndexes,
  eventsOf,
  partitionKeyOf,
  partitionsOf,
} from '../../services/runtime/eventStore.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { testUscc, uniqueName } from '../support/events.ts';

const FIRMS = [testUscc(261), testUscc(262)] as const;
const LEADER = testUscc(263);
const TOPIC = 'supplier.reports';
const SCOPES = ['region:510000', 'region:510100', 'region:320500', `suppliers:${LEADER}`, `chain:${LEADER}`];

interface Statement {
  readonly firm: string | null;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Closes of stock, nominations here and there, and corrections that take one of the others back. */
const someStatement = (id: string, others: readonly string[]): fc.Arbitrary<Statement> =>
  fc
    .record({
      firm: fc.constantFrom(...FIRMS),
      kind: fc.constantFrom('stock', 'stock', 'nominated', 'correction'),
      target: fc.constantFrom(...others),
      day: fc.integer({ min: 0, max: 2 }),
      amount: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ firm, kind, target, day, amount }) => {
      const common = {
        id,
        source: '/supplier/any/erp',
        timeMs: Date.parse('2024-06-01T00:00:00Z') + day * 86_400_000,
      };
      if (kind === 'correction')
        return {
          ...common,
          firm: null,
          type: 'correction.declared.v1',
          data: { action: 'void', correctedId: target, reason: 'booked wrongly' },
        };
      if (kind === 'nominated')
        return {
          ...common,
          firm,
          type: 'onboarding.supplier-nominated.v1',
          data: {
            supplierUscc: firm,
            platform: 'iip',
            programme: 'p',
            leaderUscc: amount % 3 === 0 ? FIRMS[0] : LEADER,
            cityCode: amount % 2 === 0 ? '510100' : '320500',
            industryCode: '3670',
          },
        };
      return {
        ...common,
        firm,
        type: 'inventory.closed.v1',
        data: {
          firmUscc: firm,
          holderUscc: firm,
          stockKind: 'own',
          period: `2024-0${1 + (amount % 3)}`,
          openingStockFen: amount,
          closingStockFen: 5,
          costOfGoodsSoldFen: amount % 4 === 0 ? 0 : amount,
          currency: amount === 9 ? 'USD' : 'CNY',
        },
      };
    });

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const someStream = fc.record({
  statements: fc.tuple(
    ...IDS.map((id) =>
      someStatement(
        id,
        IDS.filter((other) => other !== id),
      ),
    ),
  ),
  cuts: fc.array(fc.boolean(), { minLength: IDS.length, maxLength: IDS.length }),
  limit: fc.integer({ min: 1, max: 5 }),
});

let mongo: Mongo;
beforeAll(async () => {
  mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('rollups'));
  await ensureEventIndexes(mongo.db);
  await measurementProjector.ensureIndexes(mongo.db);
});
afterAll(async () => {
  await mongo.db.dropDatabase();
  await mongo.close();
});

/** Appends to the partition's chain as ingest does. */
async function append({ firm, source, id, type, timeMs, data }: Statement, seq: number): Promise<void> {
  const time = new Date(timeMs);
  const body = JSON.stringify({ specversion: '1.0', source, id, type, time: time.toISOString(), data });
  const contentHash = createHash('sha256').update(body).digest('hex');
  await partitionsOf(mongo.db).updateOne(
    { _id: partitionKeyOf(TOPIC, 0) },
    { $set: { topic: TOPIC, partition: 0, seq } },
    { upsert: true },
  );
  await eventsOf(mongo.db).insertOne({
    _id: identityOf(source, id),
    type: type as StoredEvent['type'],
    sourceClass: 'supplier',
    time,
    firm,
    period: typeof data.period === 'string' ? data.period : '2024-06',
    correlationId: id,
    recordedAt: time,
    topic: TOPIC,
    partition: 0,
    offset: seq - 1,
    seq,
    contentHash,
    hash: contentHash,
    body,
  });
}

it('roll-ups follow late reports, moves and corrections in any batches, and answer as the firms added up do', async () => {
  await fc.assert(
    fc.asyncProperty(someStream, async ({ statements, cuts, limit }) => {
      for (const name of [...measurementProjector.collections, 'events', 'partitions', 'cursors'])
        await mongo.db.collection(name).deleteMany({});
      const follower = createFollower(mongo, mongo.db, { events: limit, partEvents: limit });
      const follow = async (): Promise<void> => {
        while (await follower.step());
      };
      for (const [index, statement] of statements.entries()) {
        await append(statement, index + 1);
        if (cuts[index]) await follow();
      }
      await follow();
      const models = await loadModels(mongo.db);
      const kept = await mongo.db.collection<Rollup>('rollups').find().toArray();
      expect(new Map(kept.map((rollup) => [rollup._id, rollup]))).toEqual(
        rollupsOf(models.firms.values(), models.kpi.values()),
      );

      for (const text of SCOPES) {
        const question = { scope: scopeOf(text)!, from: '2024-01', to: '2024-03' };
        const asked = async (horizon: { asOf: Date; knownAt?: Date } | null) => {
          const answer = await readGroup(mongo.db, question, horizon ?? {}).catch(({ code }) => code);
          return typeof answer === 'string' ? answer : { ...answer, asOf: null };
        };
        expect(await asked(null), text).toEqual(await asked({ asOf: new Date('2024-12-31T00:00:00Z') }));
      }
    }),
    { numRuns: 15 },
  );
});
