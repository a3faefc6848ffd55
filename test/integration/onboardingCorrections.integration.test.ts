import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { identityOf } from '../../schemas/envelope.ts';
import type { EventType } from '../../schemas/events/index.ts';
import { workflowIdOf } from '../../schemas/onboarding.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { standingEvents } from '../../services/onboarding/adapters/standingEvents.ts';
import { onboardingProjector, onboardingsOf, readExperience } from '../../services/onboarding/index.ts';
import { documentOf } from '../../services/onboarding/readModel/document.ts';
import {
  ensureEventIndexes,
  eventsOf,
  partitionKeyOf,
  partitionsOf,
} from '../../services/runtime/eventStore.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { factOf } from '../../workflows/onboarding/facts.ts';
import { testUscc, uniqueName } from '../support/events.ts';

const KEY = { supplierUscc: testUscc(271), platform: 'corrected', programme: 'corrections' };
const SOURCE = '/provider/corrected';
const TOPIC = 'programme.events';
const START_MS = Date.parse('2024-06-01T00:00:00Z');
const IDS = ['a', 'b', 'c', 'd', 'e'];

interface Told {
  readonly id: string;
  readonly type: EventType;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Facts and corrections under few names and at few instants: they meet, tie, and take one another back. */
const someEvent = (id: string): fc.Arbitrary<Told> =>
  fc
    .record({
      day: fc.integer({ min: 0, max: 3 }),
      target: fc.constantFrom(...IDS.filter((name) => name !== id)),
      type: fc.constantFrom(
        'correction.declared.v1' as const,
        'onboarding.plan-filed.v1' as const,
        'onboarding.supplier-withdrew.v1' as const,
      ),
    })
    .map(({ day, target, type }) => ({
      id,
      type,
      timeMs: START_MS + day * 86_400_000,
      data:
        type === 'correction.declared.v1'
          ? { action: 'void', correctedId: target, reason: 'stated by mistake' }
          : { ...KEY, providerUscc: `provider of ${id}` },
    }));
const someStream = fc.tuple(...IDS.map(someEvent)).chain((events) =>
  fc.record({
    events: fc.shuffledSubarray(events, { minLength: 2 }),
    partitions: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: IDS.length, maxLength: IDS.length }),
    cuts: fc.array(fc.boolean(), { minLength: IDS.length, maxLength: IDS.length }),
    limit: fc.integer({ min: 1, max: 3 }),
  }),
);

let mongo: Mongo;
beforeAll(async () => {
  mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('onboardingcorrections'));
  await ensureEventIndexes(mongo.db);
  await onboardingProjector.ensureIndexes(mongo.db);
});
const empty = async (): Promise<void> => {
  for (const name of [...onboardingProjector.collections, 'events', 'partitions', 'cursors'])
    await mongo.db.collection(name).deleteMany({});
};
beforeEach(empty);
afterAll(async () => {
  await mongo.db.dropDatabase();
  await mongo.close();
});

/** Appends to a partition's chain as ingest does. */
async function append({ id, type, timeMs, data }: Told, partition: number): Promise<void> {
  const _id = partitionKeyOf(TOPIC, partition);
  const head = await partitionsOf(mongo.db).findOneAndUpdate(
    { _id },
    { $inc: { seq: 1 }, $set: { topic: TOPIC, partition } },
    { upsert: true, returnDocument: 'after' },
  );
  const seq = head?.seq ?? 1;
  const time = new Date(timeMs);
  const body = JSON.stringify({
    specversion: '1.0',
    source: SOURCE,
    id,
    type,
    time: time.toISOString(),
    data,
  });
  const contentHash = createHash('sha256').update(body).digest('hex');
  await eventsOf(mongo.db).insertOne({
    _id: identityOf(SOURCE, id),
    type,
    sourceClass: 'provider' as StoredEvent['sourceClass'],
    time,
    firm: type === 'correction.declared.v1' ? null : ((data.firmUscc as string) ?? KEY.supplierUscc),
    period: '2024-06',
    correlationId: id,
    recordedAt: time,
    topic: TOPIC,
    partition,
    offset: seq - 1,
    seq,
    contentHash,
    hash: contentHash,
    body,
  });
}

/** What bears on the onboarding: its facts, and what takes those back in any number of steps. */
function bearing(events: readonly Told[]): Told[] {
  const found = events.filter(({ type }) => type !== 'correction.declared.v1');
  for (let grew = true; grew; ) {
    const more = events.filter(
      (event) => !found.includes(event) && found.some(({ id }) => id === event.data.correctedId),
    );
    found.push(...more);
    grew = more.length > 0;
  }
  return found;
}

it('an onboarding with corrections is the same in any order, over any partitions, in any batches', async () => {
  const id = workflowIdOf(KEY);
  await fc.assert(
    fc.asyncProperty(someStream, async ({ events, partitions, cuts, limit }) => {
      await empty();
      for (const [index, event] of events.entries()) {
        await append(event, partitions[index] ?? 0);
        if (cuts[index]) while (await projectOnce(mongo, onboardingProjector, mongo.db, limit));
      }
      while (await projectOnce(mongo, onboardingProjector, mongo.db, limit));
      const facts = bearing(events).map(({ id: event, type, timeMs, data }) =>
        factOf({
          id: identityOf(SOURCE, event),
          type,
          time: new Date(timeMs).toISOString(),
          correlationId: event,
          data,
        }),
      );
      const expected = facts.length === 0 ? null : documentOf(id, KEY, facts, []);
      expect(await onboardingsOf(mongo.db).findOne({ _id: id }, { ignoreUndefined: true })).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('a designation that was taken back is no firm to visit from then on, and one that was given again is', async () => {
  const day = (days: number): number => START_MS + days * 86_400_000;
  const designated = (id: string, firmUscc: string): Told => ({
    ...{ id, type: 'lighthouse.designated.v1', timeMs: day(0) },
    data: { firmUscc },
  });
  const takenBack = (id: string, correctedId: string, days: number): Told => ({
    ...{ id, type: 'correction.declared.v1', timeMs: day(days) },
    data: { action: 'void', correctedId, reason: 'not the site that was meant' },
  });
  const [stands, mistaken, again] = [272, 273, 274].map(testUscc) as [string, string, string];
  const told = [
    takenBack('b', 'mistaken', 2),
    designated('stands', stands),
    designated('mistaken', mistaken),
    designated('again', again),
    takenBack('c', 'again', 2),
    takenBack('d', 'c', 3),
  ];
  for (const one of told) await append(one, 0);
  while (await projectOnce(mongo, onboardingProjector, mongo.db, 2));
  expect([...(await readExperience(mongo.db)).helpers.lighthouses].sort()).toEqual([stands, again]);

  const before = { asOf: new Date(day(1)) };
  const then = await standingEvents(mongo.db, 'lighthouse.designated.v1', before);
  expect(then.map(({ firm }) => firm).sort()).toEqual([stands, mistaken, again]);
  const between = await standingEvents(mongo.db, 'lighthouse.designated.v1', { asOf: new Date(day(2)) });
  expect(between.map(({ firm }) => firm)).toEqual([stands]);
  const known = await standingEvents(mongo.db, 'lighthouse.designated.v1', { knownAt: new Date(day(2)) });
  expect(known.map(({ firm }) => firm)).toEqual([stands]);
});
