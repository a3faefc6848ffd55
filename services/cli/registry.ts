import { createRegistry, type Registry } from '../gateway/index.ts';
import { loadConfig } from '../runtime/config.ts';
import { openKafka } from '../runtime/kafka.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';

/** Opens the registry on the running stack for one piece of work. */
export async function withRegistry<Result>(work: (registry: Registry) => Promise<Result>): Promise<Result> {
  const config = loadConfig();
  const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'registrar', logger);
  const registry = createRegistry({ kafka, db: mongo.db, logger, now: () => new Date() });
  try {
    return await work(registry);
  } finally {
    await registry.close();
    await kafka.close();
    await mongo.close();
  }
}
