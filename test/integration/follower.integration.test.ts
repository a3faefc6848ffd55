import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { identityOf } from '../../schemas/envelope.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { createFollower } from '../../services/measurement/adapters/follow.ts';
import { measurementProjector, rebuildMeasurement } from '../../services/measurement/index.ts';
import { ensureEventIndexes, eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { testUscc, uniqueName } from '../support/events.ts';

const TOPIC = 'supplier.reports';
const FIRMS = [231, 232, 233].map(testUscc);
const MONTHS = ['2024-11', '2024-12', '2025-01', '2025-02'];

type Statement = Pick<StoredEvent, 'type' | 'period'> & {
  readonly firm: string;
  readonly id: string;
  readonly time: string;
  readonly data: Record<string, unknown>;
};

const closed = (firm: string, period: string, version: number, time: string): Statement => ({
  type: 'inventory.closed.v1',
  firm,
  period,
  id: `${period}-${version}`,
  time,
  data: {
    firmUscc: firm,
    holderUscc: firm,
    stockKind: 'own',
    period,
    openingStockFen: 1_000 + version,
    closingStockFen: 2_000 + version,
    costOfGoodsSoldFen: 3_000,
    currency: 'CNY',
  },
});

const voids = (firm: string, id: string, correctedId: string): Statement => ({
  type: 'correction.declared.v1' as EventType,
  firm,
  period: '2025-03',
  id,
  time: '2025-03-02T00:00:00.000Z',
  data: { correctedId, action: 'void', reason: 'booked twice' },
});

/** Two statements a firm and month, the second pair at the very same instant; some taken back, before and after they come. */
const STREAM: readonly Statement[] = [
  ...FIRMS.map((firm) => voids(firm, 'early', '2025-02-1')),
  ...MONTHS.flatMap((period) => FIRMS.map((firm) => closed(firm, period, 1, `${period}-28T00:00:00.000Z`))),
  ...FIRMS.map((firm) => voids(firm, 'late', '2024-12-1')),
  ...MONTHS.flatMap((period) => FIRMS.map((firm) => closed(firm, period, 2, `${period}-28T00:00:00.000Z`))),
  ...FIRMS.map((firm) => voids(firm, 'back', 'late')),
];

describe('the follower of measurement', () => {
  let mongo: Mongo;
  const ends = [0, 0];
  const limits = { events: 5, partEvents: 2 };

  /** Appends to the log as ingest does: a firm's statements stay in one of two partitions. */
  const append = async (statements: readonly Statement[]): Promise<void> => {
    const stored = statements.map(({ id, data, firm, time, ...rest }): StoredEvent => {
      const partition = FIRMS.indexOf(firm) % 2;
      const seq = (ends[partition] ?? 0) + 1;
      ends[partition] = seq;
      const source = `/supplier/${firm}/erp`;
      const body = JSON.stringify({ specversion: '1.0', source, id, type: rest.type, time, data });
      const contentHash = createHash('sha256').update(body).digest('hex');
      return {
        _id: identityOf(source, id),
        ...rest,
        sourceClass: 'supplier',
        time: new Date(time),
        firm,
        correlationId: id,
        topic: TOPIC,
        partition,
        offset: seq - 1,
        seq,
        contentHash,
        hash: contentHash,
        recordedAt: new Date('2026-01-01T00:00:00Z'),
        body,
      };
    });
    await eventsOf(mongo.db).insertMany(stored);
    for (const [partition, seq] of ends.entries())
      await partitionsOf(mongo.db).updateOne(
        { _id: `${TOPIC}/${partition}` },
        { $set: { topic: TOPIC, partition, seq } },
        { upsert: true },
      );
  };

  const replacedByRebuild = async (): Promise<number> =>
    (await rebuildMeasurement(mongo, { now: () => new Date(), progress: () => {} })).replaced;

  beforeEach(async () => {
    ends.fill(0);
    mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('follower'));
    await ensureEventIndexes(mongo.db);
    await measurementProjector.ensureIndexes(mongo.db);
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('gives what a rebuild gives, however the events were cut into batches', async () => {
    const follower = createFollower(mongo, mongo.db, limits);
    for (let start = 0; start < STREAM.length; start += 7) {
      await append(STREAM.slice(start, start + 7));
      while ((await follower.step()) > 0) {
        // One batch of at most five events at a time.
      }
    }
    expect(await mongo.db.collection('kpi').countDocuments()).toBe(FIRMS.length * 2);
    expect(await replacedByRebuild()).toBe(0);
  });

  it('gives the same when two take turns, each with documents of its own in memory', async () => {
    const pair = [0, 1].map(() => createFollower(mongo, mongo.db, limits));
    await append(STREAM);
    const work = async (): Promise<void> => {
      for (;;) {
        const moved = await Promise.all(pair.map((follower) => follower.step()));
        if (moved.every((events) => events === 0)) return;
      }
    };
    await work();
    expect(await replacedByRebuild()).toBe(0);
  });

  it('does not go on with what it holds in memory when another has moved the read models on', async () => {
    const [one, other] = [createFollower(mongo), createFollower(mongo)];
    const [firm = ''] = FIRMS;
    for (const [index, follower] of [one, other, one].entries()) {
      await append([closed(firm, '2025-01', index, `2025-02-0${index + 1}T00:00:00.000Z`)]);
      await follower.step();
    }
    const year = await mongo.db.collection<{ _id: string }>('kpi').findOne({ _id: `${firm}/2025` });
    expect(year).toMatchObject({ months: { '01': { slots: { inventory: { supplier: { n: 3 } } } } } });
    expect(await replacedByRebuild()).toBe(0);
  });
});
