import { randomBytes } from 'node:crypto';
import type { Db } from 'mongodb';
import type { Mongo } from './mongo.ts';

const NAME = /^rebuild_[0-9a-f]{12}$/;
const BEAT_MS = 30_000;
/** A database whose owner has been silent for so long belongs to nobody any more. */
const ABANDONED_MS = 10 * 60_000;

interface Sign {
  readonly _id: 'alive';
  readonly at: Date;
}

const signsOf = (db: Db) => db.collection<Sign>('scratch');

/**
 * Lends an empty database on the same server, and drops it afterwards. What a run that was killed left behind is dropped by the next.
 * @param now the clock by which owners say that they are alive
 */
export async function inScratch<Value>(
  mongo: Mongo,
  now: () => Date,
  work: (scratch: Mongo) => Promise<Value>,
): Promise<Value> {
  await dropAbandoned(mongo, now);
  const scratch: Mongo = { ...mongo, db: mongo.client.db(`rebuild_${randomBytes(6).toString('hex')}`) };
  const sign = (): Promise<unknown> =>
    signsOf(scratch.db).updateOne({ _id: 'alive' }, { $set: { at: now() } }, { upsert: true });
  await sign();
  const beat = setInterval(() => void sign().catch(() => {}), BEAT_MS);
  try {
    return await work(scratch);
  } finally {
    clearInterval(beat);
    await scratch.db.dropDatabase();
  }
}

async function dropAbandoned({ client }: Mongo, now: () => Date): Promise<void> {
  const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
  for (const { name } of databases.filter((database) => NAME.test(database.name))) {
    const sign = await signsOf(client.db(name)).findOne({ _id: 'alive' });
    if (sign !== null && now().getTime() - sign.at.getTime() > ABANDONED_MS)
      await client.db(name).dropDatabase();
  }
}
