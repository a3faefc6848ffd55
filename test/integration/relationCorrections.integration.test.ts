import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ACTS, erpTopic } from '../../schemas/topics.ts';
import { registryProjector } from '../../services/ingest/adapters/registryProjector.ts';
import { parkedOf, relationsOf, verifyChains } from '../../services/ingest/index.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import {
  cloudEvent,
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  testUscc,
  uniqueName,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const TOPIC = erpTopic(LEADER);
/** What is said about this one waits for the leader first. */
const EARLY = testUscc(285);
let stream: TestStream;
let ingest: { stop(): Promise<void> };

beforeAll(async () => {
  stream = await openTestStream();
  await stream.ensureTopics([TOPIC]);
  ingest = await stream.startIngest();
  const early = about(EARLY);
  await stream.send(TOPIC, [
    early.declared('d'),
    early.order('before'),
    early.taken('v', 'd'),
    early.order('after'),
  ]);
  expect((await stream.drained()).parked).toBe(4);
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.drained();
});
afterAll(async () => {
  await ingest?.stop();
  await stream?.close();
});

/** What LEADER says about one supplier, all of it under one key and so in one partition, in order. */
function about(supplierUscc: string) {
  const named = { partitionkey: supplierUscc };
  const correction = (id: string, correctedId: string, time: string, data = {}) =>
    cloudEvent({
      type: 'correction.declared.v1',
      source: LEADER_SOURCE,
      id: `${id}/${supplierUscc}`,
      time,
      data: {
        action: 'void',
        correctedId: `${correctedId}/${supplierUscc}`,
        reason: 'another firm',
        ...data,
      },
      ...named,
    });
  return {
    declared: (id: string, validFrom = '2022-01-01') =>
      relationDeclared(validFrom, {
        id: `${id}/${supplierUscc}`,
        data: { buyerUscc: LEADER, supplierUscc, validFrom },
        ...named,
      }),
    ended: (id: string, endedOn: string) =>
      cloudEvent({
        type: 'relation.ended.v1',
        source: LEADER_SOURCE,
        id: `${id}/${supplierUscc}`,
        data: { buyerUscc: LEADER, supplierUscc, endedOn, reason: 'no more orders' },
        ...named,
      }),
    taken: (id: string, correctedId: string, time = '2024-03-01T00:00:00Z') =>
      correction(id, correctedId, time),
    replaced: (id: string, correctedId: string, replacement: string) =>
      correction(id, correctedId, '2024-03-01T00:00:00Z', {
        action: 'replace',
        replacementId: `${replacement}/${supplierUscc}`,
      }),
    order: (id: string, time = '2024-03-31T08:00:00Z') =>
      orderPlaced(`${id}/${supplierUscc}`, {
        time,
        data: { ...(orderPlaced('x').data as object), supplierUscc, placedOn: time.slice(0, 10) },
        ...named,
      }),
    accepted: async () =>
      (await eventsOf(stream.mongo.db).find({ firm: supplierUscc, type: 'order.placed.v1' }).toArray())
        .map(({ correlationId }) => correlationId.split('/')[0])
        .sort(),
    waiting: async () =>
      (
        await parkedOf(stream.mongo.db)
          .find({ identity: { $regex: `/${supplierUscc}$` } })
          .toArray()
      )
        .map(({ identity }) => identity.split(' ')[1]?.split('/')[0])
        .sort(),
  };
}

it('a declaration that was taken back covers nothing from then on; what was accepted stays', async () => {
  const firm = about(testUscc(281));
  await stream.send(TOPIC, [
    firm.declared('d'),
    firm.order('before'),
    firm.taken('v', 'd'),
    firm.order('after'),
  ]);
  await stream.drained();
  expect(await firm.accepted()).toEqual(['before']);
  expect(await firm.waiting()).toEqual(['after']);

  await stream.send(TOPIC, [firm.taken('v2', 'v', '2024-03-02T00:00:00Z')]);
  await eventually('what waited to be released', async () => (await firm.waiting()).length === 0);
  expect(await firm.accepted()).toEqual(['after', 'before']);
});

it('the same where the correction comes first, in the same batch or before', async () => {
  const firm = about(testUscc(282));
  await stream.send(TOPIC, [
    firm.taken('v', 'd'),
    firm.taken('w', 'e'),
    firm.declared('d'),
    firm.order('one'),
  ]);
  await stream.drained();
  await stream.send(TOPIC, [firm.declared('e'), firm.order('two')]);
  await stream.drained();
  expect(await firm.accepted()).toEqual([]);
  expect(await firm.waiting()).toEqual(['one', 'two']);
});

it('a replaced declaration covers what the other does', async () => {
  const firm = about(testUscc(283));
  await stream.send(TOPIC, [
    firm.declared('d'),
    firm.declared('again', '2024-02-01'),
    firm.replaced('r', 'd', 'again'),
    firm.order('inside'),
    firm.order('outside', '2023-12-31T08:00:00Z'),
  ]);
  await stream.drained();
  expect(await firm.accepted()).toEqual(['inside']);
  expect(await firm.waiting()).toEqual(['outside']);
});

it('an ending that was taken back ends nothing', async () => {
  const firm = about(testUscc(284));
  await stream.send(TOPIC, [
    firm.declared('d'),
    firm.ended('e', '2024-01-01'),
    firm.order('ended'),
    firm.taken('v', 'e'),
    firm.order('on'),
  ]);
  await stream.drained();
  expect(await firm.accepted()).toEqual(['on']);
});

it('the same where all of it had to wait for the leader', async () => {
  const firm = about(EARLY);
  await eventually('all but one to be released', async () => (await firm.waiting()).length === 1);
  expect(await firm.waiting()).toEqual(['after']);
  expect(await firm.accepted()).toEqual(['before']);
  await stream.send(TOPIC, [firm.declared('anew')]);
  await eventually('the last to be released', async () => (await firm.waiting()).length === 0);
  expect(await firm.accepted()).toEqual(['after', 'before']);
  const { firstFault } = await verifyChains(stream.mongo.db);
  expect(firstFault).toBeNull();
});

it('the registry equals a rebuild from the events', async () => {
  await stream.drained();
  const rebuilt = await connectMongo(inject('MONGODB_URI'), uniqueName('rebuild'));
  await registryProjector.ensureIndexes(rebuilt.db);
  while (await projectOnce(rebuilt, registryProjector, stream.mongo.db, 2));
  expect(await relationsOf(stream.mongo.db).countDocuments({ 'corrections.0': { $exists: true } })).toBe(5);
  for (const name of registryProjector.collections)
    expect(await rebuilt.db.collection(name).find().sort({ _id: 1 }).toArray()).toEqual(
      await stream.mongo.db.collection(name).find().sort({ _id: 1 }).toArray(),
    );
  await rebuilt.db.dropDatabase();
  await rebuilt.close();
});
