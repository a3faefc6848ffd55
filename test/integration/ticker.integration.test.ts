import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTicker } from '../../services/onboarding/adapters/ticker.ts';
import { streamClockOf } from '../../services/runtime/eventStore.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { uniqueName } from '../support/events.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

let mongo: Mongo;
beforeAll(async () => {
  mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('ticker'));
});
afterAll(async () => {
  await mongo.db.dropDatabase();
  await mongo.close();
});

it('an onboarding that shows no outcome is told again after 30 s, then ever more seldom; a new due moment is told at once', async () => {
  const { db } = mongo;
  let nowMs = 0;
  const told: number[] = [];
  // Real signals are sent in test/integration/onboardingKilled; here it counts when.
  const client = {
    workflow: { signalWithStart: async () => void told.push(nowMs / SECOND_MS) },
  } as unknown as Client;
  await streamClockOf(db).insertOne({
    ...{ _id: 'watermark', at: new Date('2024-06-01'), positions: {}, caughtUp: true },
  });
  const onboardings = db.collection<{ _id: string; nextDueAt: Date }>('onboardings');
  await onboardings.insertOne({ _id: 'waits', nextDueAt: new Date('2024-05-01') });
  const ticker = createTicker(db, client, createLogger('test', { level: 'silent' }), () => nowMs);
  for (; nowMs < 10 * MINUTE_MS; nowMs += 10 * SECOND_MS) await ticker.step();
  expect(told).toEqual([0, 30, 90, 210, 450]);

  const before = told.length;
  for (; nowMs < DAY_MS; nowMs += MINUTE_MS) await ticker.step();
  expect(told.length - before).toBeLessThan(60);

  await onboardings.updateOne({ _id: 'waits' }, { $set: { nextDueAt: new Date('2024-05-02') } });
  await ticker.step();
  expect(told.at(-1)).toBe(nowMs / SECOND_MS);
});
