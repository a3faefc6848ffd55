import { type CommandSucceededEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { RegistryCache, registryProjector } from '../../services/ingest/adapters/registryStore.ts';
import { usccOverridesOf, usccOverridesProjector } from '../../services/ingest/adapters/usccOverrides.ts';
import {
  LEADER,
  LEADER_SOURCE,
  relationDeclared,
  testUscc,
  uniqueName,
  withWrongDigit,
} from '../support/events.ts';

const FIRMS = 300;
let client: MongoClient;
const relationsRead: number[] = [];
const database = uniqueName('registry');
const db = () => client.db(database);
const relationOf = (supplierUscc: string): StoredEvent => {
  const time = new Date('2022-01-02T00:00:00Z');
  return {
    _id: `${LEADER_SOURCE} relation/${supplierUscc}`,
    type: 'relation.declared.v1',
    sourceClass: 'chain',
    time,
    firm: supplierUscc,
    period: '2022-01',
    correlationId: supplierUscc,
    topic: 'erp.test',
    partition: 0,
    offset: 0,
    seq: 1,
    contentHash: '0'.repeat(64),
    hash: '0'.repeat(64),
    recordedAt: time,
    body: JSON.stringify(
      relationDeclared('2022-01-01', {
        id: `relation/${supplierUscc}`,
        data: { buyerUscc: LEADER, supplierUscc, validFrom: '2022-01-01' },
      }),
    ),
  };
};
const states = async (suppliers: readonly string[]): Promise<void> => {
  await client.withSession((session) =>
    session.withTransaction(() =>
      registryProjector.apply(
        db(),
        suppliers.map((supplierUscc) => relationOf(supplierUscc)),
        session,
        db(),
      ),
    ),
  );
};
const firms = Array.from({ length: FIRMS }, (_, index) => testUscc(index));
const idOf = (uscc: string): string => `${LEADER}/${uscc}`;
const readSince = (mark: number): number => relationsRead.slice(mark).reduce((sum, count) => sum + count, 0);

beforeAll(async () => {
  client = new MongoClient(inject('MONGODB_URI'), { monitorCommands: true, writeConcern: { w: 'majority' } });
  client.on('commandSucceeded', ({ commandName, reply }: CommandSucceededEvent) => {
    const cursor = (reply as { cursor?: { ns: string; firstBatch?: unknown[]; nextBatch?: unknown[] } })
      .cursor;
    if ((commandName === 'find' || commandName === 'getMore') && cursor?.ns === `${database}.relations`)
      relationsRead.push((cursor.firstBatch ?? cursor.nextBatch ?? []).length);
  });
  await registryProjector.ensureIndexes(db());
});
afterAll(async () => {
  await db().dropDatabase();
  await client.close();
});

it('reads what others added since, and nothing twice', async () => {
  await states(firms);
  const cache = new RegistryCache(db());
  await cache.refresh();
  expect(firms.every((uscc) => cache.knows(idOf(uscc)))).toBe(true);
  await cache.refresh();

  const before = { read: relationsRead.length, version: cache.version };
  const added = testUscc(FIRMS);
  await states([added]);
  await cache.refresh();
  expect(cache.knows(idOf(added))).toBe(true);
  expect(cache.version).not.toBe(before.version);

  const after = { read: relationsRead.length, version: cache.version };
  await cache.refresh();
  expect(cache.version).toBe(after.version);
  expect(readSince(after.read)).toBe(0);
  // The new one, once by the projection that wrote it and once by the cache.
  expect(readSince(before.read)).toBeLessThan(5);
});

it('sees what a transaction wrote that began before the reading and ended after it', async () => {
  const cache = new RegistryCache(db());
  await cache.refresh();
  const slow = testUscc(FIRMS + 1);
  await client.withSession(async (session) => {
    session.startTransaction();
    await registryProjector.apply(db(), [relationOf(slow)], session, db());
    await states([testUscc(FIRMS + 2)]);
    await cache.refresh();
    expect(cache.knows(idOf(slow))).toBe(false);
    await session.commitTransaction();
  });
  await cache.refresh();
  expect(cache.knows(idOf(slow))).toBe(true);
});

it('lets a code with a wrong check digit in as what was last said of it says, in whatever order that came', async () => {
  const said = (uscc: string, type: 'recorded' | 'revoked', day: string): StoredEvent => ({
    ...relationOf(uscc),
    _id: `/system/registry override/${uscc}/${type}/${day}`,
    type: `uscc.override-${type}.v1`,
    sourceClass: 'system',
    time: new Date(day),
    body: JSON.stringify({
      data: { uscc, evidence: 'EX-1', reason: 'register', actor: { name: 'Li Wei', role: 'operator' } },
    }),
  });
  const take = (...events: StoredEvent[]) =>
    client.withSession((session) =>
      session.withTransaction(() => usccOverridesProjector.apply(db(), events, session, db())),
    );
  const [one, other] = [withWrongDigit(testUscc(1)), withWrongDigit(testUscc(2))];
  const cache = new RegistryCache(db());
  await cache.refresh();
  expect(cache.isOverridden(one)).toBe(false);
  await take(said(one, 'recorded', '2024-01-01'));
  await cache.refresh();
  expect(cache.isOverridden(one)).toBe(true);
  await take(said(one, 'revoked', '2024-01-02'));
  await cache.refresh();
  expect(cache.isOverridden(one)).toBe(false);
  await take(said(other, 'revoked', '2024-01-02'));
  await take(said(other, 'recorded', '2024-01-03'), said(other, 'recorded', '2024-01-01'));
  const fresh = new RegistryCache(db());
  await fresh.refresh();
  expect([one, other].map((uscc) => fresh.isOverridden(uscc))).toEqual([false, true]);
  expect(await usccOverridesOf(db()).findOne({ _id: other })).toMatchObject({ at: new Date('2024-01-03') });
});

it('a reading that is asked for while another runs sees what was written in between', async () => {
  const cache = new RegistryCache(db());
  await cache.refresh();
  const late = testUscc(FIRMS + 3);
  const first = cache.refresh();
  await states([late]);
  await Promise.all([first, cache.refresh(), cache.refresh()]);
  expect(cache.knows(idOf(late))).toBe(true);
});
