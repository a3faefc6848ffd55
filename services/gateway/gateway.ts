import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../runtime/config.ts';
import { type KafkaClient, openKafka } from '../runtime/kafka.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Mongo } from '../runtime/mongo.ts';
import type { Temporal } from '../runtime/temporal.ts';
import { submitAct } from './adapters/acts.ts';
import { createPageFeed } from './adapters/pageFeed.ts';
import { readPageFiles } from './adapters/pageFiles.ts';
import { createRegistry } from './adapters/registry.ts';
import { addressesOf, temporalVersion } from './adapters/status.ts';
import { buildApp } from './app.ts';

const PAGE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'page');

export interface GatewayServers {
  readonly mongo: Mongo;
  readonly kafka: KafkaClient;
  readonly temporal: Temporal;
  readonly config: Config;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** The gateway on connected servers, not listening yet. Closing the app lets go of all it made itself. */
export async function createGateway(servers: GatewayServers): Promise<FastifyInstance> {
  const { mongo, kafka, temporal, config, logger, now } = servers;
  const { db } = mongo;
  const registrar = openKafka(config, 'registrar', logger);
  const registry = createRegistry({ kafka: registrar, db, logger, now });
  const feed = createPageFeed(db, logger);
  const app = buildApp({
    db,
    registry,
    feed,
    submitAct: (command) => submitAct(temporal, command),
    status: {
      kafka,
      db: async () => db,
      pingTemporal: () => temporalVersion(temporal),
      addresses: addressesOf(config),
    },
    pageFiles: await readPageFiles(PAGE_FOLDER),
    takesBusinessTime: config.CHAINLIGHT_CLOCK === 'stream',
    logger,
  });
  app.addHook('onClose', async () => {
    await feed.close();
    await registry.close();
    await registrar.close();
  });
  return app;
}
