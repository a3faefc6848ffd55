import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { createFollower } from '../../services/measurement/adapters/follow.ts';
import { measurementProjector, rebuildMeasurement } from '../../services/measurement/index.ts';
import { loop } from '../../services/runtime/lifecycle.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { inventoryClosed, SUPPLIER, testUscc, uniqueName } from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const FIRMS = Array.from({ length: 12 }, (_, index) => testUscc(Number(SUPPLIER.slice(10, 16)) + 50 + index));
const MONTHS = Array.from({ length: 12 }, (_, index) => `2023-${String(index + 1).padStart(2, '0')}`);
const deps = { now: () => new Date(), progress: () => {} };

interface Year {
  readonly _id: string;
  readonly months: Record<string, { slots: { inventory: { supplier: { n: number; v: number[] } } } }>;
}

describe('a rebuild while the stream goes on', () => {
  let stream: TestStream;
  const running: { stop(): Promise<void> }[] = [];
  let sent = 0;
  const kpi = () => stream.mongo.db.collection<Year>('kpi');

  /** Every month of these firms stated once more. */
  const sendRound = async (firms = FIRMS): Promise<void> => {
    const closes = firms.flatMap((firm) =>
      MONTHS.map((period) => {
        const time = new Date(Date.parse('2024-03-31T08:00:00Z') + 1_000 * sent++).toISOString();
        return {
          key: firm,
          value: JSON.stringify({ ...inventoryClosed(uniqueName('close'), { period }, firm), time }),
        };
      }),
    );
    await stream.producer.send({ topic: SUPPLIER_REPORTS, messages: closes });
  };
  const cursors = () =>
    stream.mongo.db.collection<{ _id: string; turns: number; hold?: { by: string; until: Date } }>('cursors');
  const counted = async (): Promise<number> => {
    const years = await kpi().find().toArray();
    return years
      .flatMap(({ months }) => Object.values(months))
      .reduce((sum, { slots }) => sum + slots.inventory.supplier.n, 0);
  };

  beforeAll(async () => {
    stream = await openTestStream();
    await measurementProjector.ensureIndexes(stream.mongo.db);
    running.push(await stream.startIngest());
    const follower = createFollower(stream.mongo);
    running.push(
      loop(createLogger('test', { level: 'silent' }), 20, async () => (await follower.step()) > 0),
    );
    await sendRound();
    await eventually('the first round', async () => (await counted()) === sent);
  });
  afterAll(async () => {
    for (const one of running.reverse()) await one.stop();
    await stream?.close();
  });

  it('puts right what is damaged in one step; readers see whole documents throughout, and no event is lost', async () => {
    const [damaged = '', ...others] = FIRMS.map((firm) => `${firm}/2023`);
    await kpi().updateOne({ _id: damaged }, { $set: { 'months.03.slots.inventory.supplier.v.2': 1 } });
    await kpi().insertOne({ _id: 'stray', months: {} });
    let isDone = false;
    const faults: string[] = [];
    let looks = 0;
    const read = async (): Promise<void> => {
      for (; !isDone; looks++) {
        const years = await kpi().find().toArray();
        const wholeYears = years.filter(({ _id }) => others.includes(_id));
        const isWhole = wholeYears.every(
          ({ months }) =>
            Object.keys(months).length === 12 &&
            Object.values(months).every(({ slots }) => slots.inventory.supplier.v[2] === 30_000),
        );
        if (wholeYears.length !== others.length) faults.push(`${wholeYears.length} documents`);
        if (!isWhole) faults.push('half a document');
      }
    };
    const feed = async (): Promise<void> => {
      // The damaged firm is silent: a document that is written anew would hide the damage.
      for (; !isDone; await sleep(400)) await sendRound(FIRMS.slice(1));
    };
    const lines: string[] = [];
    const beside = [read(), feed()];
    try {
      await sleep(300);
      const result = await rebuildMeasurement(stream.mongo, {
        ...deps,
        progress: (line) => lines.push(line),
      });
      expect(result.replaced).toBeGreaterThanOrEqual(2);
    } finally {
      isDone = true;
      await Promise.all(beside);
    }
    expect(faults).toEqual([]);
    expect(looks).toBeGreaterThan(3);
    expect(lines.some((line) => /\d+ events read/.test(line))).toBe(true);
    const after = await kpi().findOne({ _id: damaged });
    expect(after?.months['03']?.slots.inventory.supplier.v[2]).toBe(30_000);
    expect(await kpi().countDocuments({ _id: 'stray' })).toBe(0);
    await eventually('every event counted once', async () => (await counted()) === sent);
    expect((await rebuildMeasurement(stream.mongo, deps)).replaced).toBe(0);
  });

  it('leaves the old state whole when it dies, and the next one clears up behind it', async () => {
    const { client, db } = stream.mongo;
    const before = await kpi().find().sort({ _id: 1 }).toArray();
    const dying = rebuildMeasurement(stream.mongo, {
      ...deps,
      progress: () => {
        throw new Error('died');
      },
    });
    await expect(dying).rejects.toThrow('died');
    expect(await kpi().find().sort({ _id: 1 }).toArray()).toEqual(before);

    const leave = async (name: string, at: Date): Promise<void> => {
      await client.db(name).collection<{ _id: string; at: Date }>('scratch').insertOne({ _id: 'alive', at });
    };
    await leave('rebuild_00000000dead', new Date(Date.now() - 3_600_000));
    await leave('rebuild_00000000beef', new Date());
    await rebuildMeasurement(stream.mongo, deps);
    const { databases } = await db.admin().listDatabases({ nameOnly: true });
    const left = databases.map(({ name }) => name).filter((name) => name.startsWith('rebuild_'));
    await client.db('rebuild_00000000beef').dropDatabase();
    expect(left).toEqual(['rebuild_00000000beef']);
  });

  it('compares anew where the projector went on meanwhile, since nobody held it any more', async () => {
    const [damaged = ''] = FIRMS.map((firm) => `${firm}/2023`);
    await kpi().updateOne({ _id: damaged }, { $set: { 'months.03.slots.inventory.supplier.v.2': 1 } });
    const compared: Promise<unknown>[] = [];
    const result = await rebuildMeasurement(stream.mongo, {
      ...deps,
      progress: (line) => {
        if (!line.includes('comparing')) return;
        // As if the rebuild had been stopped for longer than its hold lasts, the first time.
        if (compared.length === 0)
          compared.push(
            cursors().updateOne({ _id: 'measurement' }, { $unset: { hold: '' }, $inc: { turns: 1 } }),
          );
        else compared.push(Promise.resolve());
      },
    });
    await Promise.all(compared);
    expect(compared).toHaveLength(2);
    expect(result.replaced).toBe(1);
    expect((await kpi().findOne({ _id: damaged }))?.months['03']?.slots.inventory.supplier.v[2]).toBe(30_000);
    expect(await cursors().findOne({ _id: 'measurement' })).not.toHaveProperty('hold');
  });

  it('holds up the projector, and another rebuild, no longer than until its hold has lapsed when it dies', async () => {
    const hold = (until: Date) =>
      cursors().updateOne({ _id: 'measurement' }, { $set: { hold: { by: 'a rebuild that died', until } } });
    await hold(new Date(Date.now() + 3_600_000));
    const held = await counted();
    await sendRound();
    await stream.drained();
    expect(await createFollower(stream.mongo).step()).toBe(0);
    expect(await projectOnce(stream.mongo, measurementProjector)).toBe(false);
    expect(await counted()).toBe(held);
    const lines: string[] = [];
    const next = rebuildMeasurement(stream.mongo, { ...deps, progress: (line) => lines.push(line) });
    await eventually('it waits', async () => lines.some((line) => line.includes('another rebuild')));
    expect(await counted()).toBe(held);
    await hold(new Date(Date.now() - 1));
    await next;
    await eventually('every event counted once', async () => (await counted()) === sent);
  });
});
