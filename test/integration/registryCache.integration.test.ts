import { type CommandSucceededEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { ensureIngestIndexes, parkedOf } from '../../services/ingest/adapters/ledger.ts';
import { PartitionWorker } from '../../services/ingest/adapters/partitionWorker.ts';
import { RegistryCache } from '../../services/ingest/adapters/registryCache.ts';
import { registryProjector } from '../../services/ingest/adapters/registryProjector.ts';
import { usccOverridesOf, usccOverridesProjector } from '../../services/ingest/adapters/usccOverrides.ts';
import type { IncomingRecord } from '../../services/ingest/domain/record.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import {
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
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
const parkedRead: number[] = [];
const relationOf = (supplierUscc: string, validFrom = '2022-01-01', buyerUscc = LEADER): StoredEvent => {
  const time = new Date('2022-01-02T00:00:00Z');
  return {
    _id: `/chain/${buyerUscc}/erp/sap relation/${supplierUscc}/${validFrom}`,
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
      relationDeclared(validFrom, {
        id: `relation/${supplierUscc}/${validFrom}`,
        data: { buyerUscc, supplierUscc, validFrom },
      }),
    ),
  };
};
const states = async (
  suppliers: readonly string[],
  validFrom?: string,
  buyerUscc?: string,
): Promise<void> => {
  await client.withSession((session) =>
    session.withTransaction(() =>
      registryProjector.apply(
        db(),
        suppliers.map((supplierUscc) => relationOf(supplierUscc, validFrom, buyerUscc)),
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
    if (commandName === 'find' && cursor?.ns === `${database}.parked`)
      parkedRead.push((cursor.firstBatch ?? []).length);
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
  expect(firms.every((uscc) => cache.hasComeSince(idOf(uscc), 0))).toBe(true);
  await cache.refresh();

  const before = { read: relationsRead.length, version: cache.version };
  const added = testUscc(FIRMS);
  await states([added]);
  await cache.refresh();
  expect(cache.hasComeSince(idOf(added), 0)).toBe(true);
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
    expect(cache.hasComeSince(idOf(slow), 0)).toBe(false);
    await session.commitTransaction();
  });
  await cache.refresh();
  expect(cache.hasComeSince(idOf(slow), 0)).toBe(true);
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
  expect(cache.hasComeSince(idOf(late), 0)).toBe(true);
});

describe('parked records', () => {
  const topic = `erp.${LEADER}`;
  const later = testUscc(FIRMS + 10);
  const awaited = testUscc(FIRMS + 11);
  const other = testUscc(FIRMS + 12);
  let cache: RegistryCache;
  let worker: PartitionWorker;
  let offset = 0;
  const order = (supplierUscc: string, source = LEADER_SOURCE): IncomingRecord => ({
    topic: `erp.${source.split('/')[2]}`,
    partition: 0,
    offset: offset++,
    key: null,
    headers: {},
    value: Buffer.from(
      JSON.stringify(
        orderPlaced(`order-${offset}`, {
          source,
          partitionkey: supplierUscc,
          data: { ...(orderPlaced('x').data as object), buyerUscc: source.split('/')[2], supplierUscc },
        }),
      ),
    ),
  });
  const register = (uscc: string) => {
    const event = leaderRegistered({
      id: `leader/${uscc}`,
      data: { ...(leaderRegistered().data as object), leaderUscc: uscc, sources: [`/chain/${uscc}/erp/sap`] },
    });
    return client.withSession((session) =>
      session.withTransaction(() =>
        registryProjector.apply(
          db(),
          [
            {
              ...relationOf(uscc),
              _id: `/system/registry leader/${uscc}`,
              type: 'leader.registered.v1',
              body: JSON.stringify(event),
            },
          ],
          session,
          db(),
        ),
      ),
    );
  };
  /** Releases what can be, and tells how many parked records were looked at for that. */
  const release = async (): Promise<readonly [released: boolean, lookedAt: number]> => {
    await cache.refresh();
    const mark = parkedRead.length;
    const released = await worker.releaseParked();
    return [released, parkedRead.slice(mark).reduce((sum, count) => sum + count, 0)];
  };
  const openWorker = (name: string): PartitionWorker =>
    new PartitionWorker(
      {
        mongo: { client, db: db(), close: () => client.close() },
        registry: cache,
        logger: createLogger('test', { level: 'silent' }),
        now: () => new Date(),
      },
      name,
      0,
    );

  beforeAll(async () => {
    await ensureIngestIndexes(db());
    cache = new RegistryCache(db());
    await register(LEADER);
    await states([later], '2030-01-01');
    await cache.refresh();
    worker = openWorker(topic);
    await worker.take([order(later), order(awaited), order(later)]);
  });

  it('are tried when their own relation comes or is changed, and not when another is', async () => {
    expect(await parkedOf(db()).countDocuments()).toBe(3);
    // A worker that tried none yet tries those whose relation is known, for whatever time.
    expect(await release()).toEqual([false, 2]);
    expect(await release()).toEqual([false, 0]);
    await states([other]);
    expect(await release()).toEqual([false, 0]);
    await states([awaited]);
    expect(await release()).toEqual([true, 1]);
    await states([later], '2022-01-01');
    expect(await release()).toEqual([true, 2]);
    expect(await parkedOf(db()).countDocuments()).toBe(0);
  });

  it('wait for the relation once their leader has come', async () => {
    const leader = testUscc(FIRMS + 13);
    worker = openWorker(`erp.${leader}`);
    await worker.take([order(awaited, `/chain/${leader}/erp/sap`)]);
    const waitsFor = async () => (await parkedOf(db()).findOne())?.waitingFor;
    expect(await waitsFor()).toBe(leader);
    await register(leader);
    expect((await release())[0]).toBe(false);
    expect(await waitsFor()).toBe(`${leader}/${awaited}`);
    await states([awaited], '2022-01-01', leader);
    expect((await release())[0]).toBe(true);
  });
});
