import { loadConfig } from '../runtime/config.ts';
import { connectMongo, type Db } from '../runtime/mongo.ts';

/** Opens the running stack's database for one piece of work. */
export async function withDatabase<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const config = loadConfig();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  try {
    return await work(mongo.db);
  } finally {
    await mongo.close();
  }
}
