import { type Client, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { newPartition } from '../../services/ingest/index.ts';
import { createRecordActivities } from '../../services/onboarding/activities/record.ts';
import { routeOnce } from '../../services/onboarding/adapters/router.ts';
import { signalOnboarding } from '../../services/onboarding/adapters/signals.ts';
import {
  keepStuck,
  listStuck,
  restartStuck,
  retellStuck,
} from '../../services/onboarding/adapters/stuckRuns.ts';
import { createTicker } from '../../services/onboarding/adapters/ticker.ts';
import { eventsOf, partitionsOf, streamClockOf } from '../../services/runtime/eventStore.ts';
import type { Producer } from '../../services/runtime/kafka.ts';
import { createLogger, type Logger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { connectTemporal } from '../../services/runtime/temporal.ts';
import { factsArrivedSignal } from '../../workflows/onboarding/messages.ts';
import { testUscc, uniqueName } from '../support/events.ts';
import { PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';

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

describe('a run that Temporal refuses for good', () => {
  const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);
  const [poisoned, healthy, absent, running] = [0, 1, 2, 3].map((nth) => testUscc(serial + nth)) as [
    string,
    string,
    string,
    string,
  ];
  const idOf = (supplierUscc: string) =>
    workflowIdOf({ supplierUscc, platform: PLATFORM, programme: PROGRAMME });
  const keyOf = (supplierUscc: string) => ({ supplierUscc, platform: PLATFORM, programme: PROGRAMME });
  const logger = createLogger('test', { level: 'silent' });
  /** A database of the test's own, and Temporal; what was begun for these firms ends with the test. */
  const openFor = async (name: string, firms: readonly string[]) => {
    const { db, close } = await connectMongo(inject('MONGODB_URI'), uniqueName(name));
    const temporal = await connectTemporal(inject('TEMPORAL_ADDRESS'), 'default');
    const { client } = temporal;
    const handleOf = (firm: string) => client.workflow.getHandle(idOf(firm));
    onTestFinished(async () => {
      for (const firm of firms)
        await handleOf(firm)
          .terminate('end of the test')
          .catch(() => {});
      await temporal.close();
      await db.dropDatabase();
      await close();
    });
    return { db, client, handleOf };
  };
  /** Something of which no onboarding makes anything by itself. */
  const eventOf = (firm: string, seq: number, comment: string): StoredEvent => ({
    ...{ _id: `/supplier/${firm}/portal help-${firm}`, type: 'onboarding.help-requested.v1' },
    ...{ sourceClass: 'supplier', time: new Date('2024-02-01'), firm, period: '2024-02' },
    ...{ correlationId: firm, topic: 'supplier.reports', partition: 0, offset: seq - 1, seq },
    ...{ contentHash: '', hash: '', recordedAt: new Date('2024-02-01') },
    body: JSON.stringify({
      data: {
        ...{ supplierUscc: firm, platform: PLATFORM, programme: PROGRAMME },
        ...{ step: 'TRAINED', reason: comment },
      },
    }),
  });

  it('is listed with what it was not told, while the others go on; it is told once it can take it', async () => {
    const { db, client, handleOf } = await openFor('stuck', [poisoned, healthy]);
    const activities = createRecordActivities(db, {} as Producer, logger);
    const at = new Date('2024-03-01T00:00:00Z');
    const later = (hours: number) => new Date(at.getTime() + hours * 60 * MINUTE_MS);
    // More than Temporal takes in one signal.
    const tooLarge = eventOf(poisoned, 1, 'x'.repeat(2_200_000));
    await eventsOf(db).insertMany([tooLarge, eventOf(healthy, 2, 'nobody here knows how')]);
    await partitionsOf(db).insertOne({ ...newPartition('supplier.reports', 0), seq: 2, nextOffset: 2 });
    expect(await routeOnce(db, client, logger, at)).toBe(true);
    expect(await routeOnce(db, client, logger, at)).toBe(false);

    expect((await handleOf(healthy).describe()).status.name).toBe('RUNNING');
    await expect(handleOf(poisoned).describe()).rejects.toThrow(WorkflowNotFoundError);
    expect((await listStuck(db)).stuck).toEqual([
      {
        ...{ workflowId: idOf(poisoned), supplierUscc: poisoned, platform: PLATFORM, programme: PROGRAMME },
        ...{ why: 'Blob data size exceeds limit.', untold: [tooLarge._id], tries: 1 },
        since: at.toISOString(),
        lastTriedAt: at.toISOString(),
        nextTryAt: '2024-03-01T00:01:00.000Z',
      },
    ]);
    // Nor does it hear of the time before it has heard of what came before.
    await streamClockOf(db).insertOne({ _id: 'watermark', at, positions: {}, caughtUp: true });
    expect(await activities.readClock({ workflowId: idOf(poisoned) })).toBeNull();
    expect(await activities.readClock({ workflowId: idOf(healthy) })).toBe(at.toISOString());

    await retellStuck(db, client, logger, later(1));
    expect((await listStuck(db)).stuck).toMatchObject([{ tries: 2, nextTryAt: '2024-03-01T01:02:00.000Z' }]);
    await retellStuck(db, client, logger, later(1));
    expect((await listStuck(db)).stuck).toMatchObject([{ tries: 2 }]);

    await eventsOf(db).replaceOne({ _id: tooLarge._id }, eventOf(poisoned, 1, 'nor here'));
    await retellStuck(db, client, logger, later(2));
    expect((await listStuck(db)).stuck).toEqual([]);
    expect((await handleOf(poisoned).describe()).status.name).toBe('RUNNING');
    expect(await restartStuck(db, client, idOf(poisoned), 'is not stuck')).toBe('not-stuck');
  });

  it('is begun anew by a restart whether it runs or never began', async () => {
    const { db, client, handleOf } = await openFor('restart', [absent, running]);
    await signalOnboarding(client, idOf(running), keyOf(running), factsArrivedSignal, [[]]);
    const { runId } = await handleOf(running).describe();
    for (const firm of [absent, running]) {
      await keepStuck(db, idOf(firm), keyOf(firm), 'refused', ['an event'], new Date('2024-03-01'));
      expect(await restartStuck(db, client, idOf(firm), 'begun anew')).toBe('begun');
      expect((await handleOf(firm).describe()).status.name).toBe('RUNNING');
    }
    expect((await handleOf(running).describe()).runId).not.toBe(runId);
    expect((await listStuck(db)).stuck).toEqual([]);
  });

  it('keeps what it is refused while it is begun anew', async () => {
    const { db, close } = await connectMongo(inject('MONGODB_URI'), uniqueName('meanwhile'));
    const at = new Date('2024-03-01');
    const keep = (event: string) => keepStuck(db, 'stuck', keyOf(absent), 'refused', [event], at);
    const client = {
      workflow: {
        getHandle: () => ({ terminate: () => keep('came meanwhile') }),
        signalWithStart: async () => {},
      },
    } as unknown as Client;
    await keep('came before');
    expect(await restartStuck(db, client, 'stuck', 'begun anew')).toBe('begun');
    expect((await listStuck(db)).stuck).toMatchObject([{ untold: ['came meanwhile'] }]);
    await db.dropDatabase();
    await close();
  });

  it('is told what it missed while outcomes are to be measured, and nothing more once it is over', async () => {
    const { db, close } = await connectMongo(inject('MONGODB_URI'), uniqueName('ended'));
    const at = new Date('2024-03-01');
    const [told, said]: [string[], string[]] = [[], []];
    const client = {
      workflow: {
        signalWithStart: async (_: string, { workflowId }: { workflowId: string }) =>
          void told.push(workflowId),
      },
    } as unknown as Client;
    const listening = { info: (_: unknown, words: string) => void said.push(words) } as unknown as Logger;
    await db.collection<{ _id: string; status: string; nextDueAt: Date | null }>('onboardings').insertMany([
      { _id: 'measures', status: 'ACCEPTED', nextDueAt: new Date('2024-09-01') },
      { _id: 'over', status: 'WITHDRAWN', nextDueAt: null },
    ]);
    for (const id of ['measures', 'over']) await keepStuck(db, id, keyOf(absent), 'refused', [id], at);
    await retellStuck(db, client, listening, new Date('2024-03-02'));
    expect(told).toEqual(['measures']);
    expect(said.sort()).toEqual([
      'a run that was stuck has taken what it missed',
      'a run that was stuck is over: it is told nothing more',
    ]);
    expect((await listStuck(db)).stuck).toEqual([]);
    await db.dropDatabase();
    await close();
  });

  it('holds up no other that is to be told the time; a server that is busy is asked again', async () => {
    const { db, close } = await connectMongo(inject('MONGODB_URI'), uniqueName('lanes'));
    const refused = (code: number, details: string) =>
      new ServiceError('refused', {
        cause: Object.assign(new Error(details), { code, details, metadata: {} }),
      });
    const told: string[] = [];
    let answer: Error | null = refused(3, 'exceeded workflow execution limit for signal events');
    const client = {
      workflow: {
        signalWithStart: async (_: string, { workflowId }: { workflowId: string }) => {
          if (workflowId === 'full' && answer !== null) throw answer;
          told.push(workflowId);
        },
      },
    } as unknown as Client;
    await streamClockOf(db).insertOne({
      ...{ _id: 'watermark', at: new Date('2024-06-01'), positions: {}, caughtUp: true },
    });
    const names = ['full', ...Array.from({ length: 30 }, (_, nth) => `healthy-${nth}`)];
    await db
      .collection<{ _id: string; nextDueAt: Date }>('onboardings')
      .insertMany(names.map((_id) => ({ _id, nextDueAt: new Date('2024-05-01') })));
    let nowMs = 0;
    const ticker = createTicker(db, client, logger, () => nowMs);
    await ticker.step();
    expect(told).toHaveLength(30);
    expect((await listStuck(db)).stuck).toMatchObject([{ workflowId: 'full', untold: [] }]);

    answer = refused(14, 'the server is away');
    nowMs = MINUTE_MS;
    await expect(ticker.step()).rejects.toThrow('refused');
    expect(told).toHaveLength(60);
    answer = null;
    await ticker.step();
    expect(told).toHaveLength(61);
    await db.dropDatabase();
    await close();
  });
});
