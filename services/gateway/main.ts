import { loadConfig, loadIdentitySettings } from '../runtime/config.ts';
import { ensureBaseTopics, openKafka } from '../runtime/kafka.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { connectTemporal } from '../runtime/temporal.ts';
import { createGateway } from './gateway.ts';

const logger = createLogger('gateway');

await runProcess(logger, async () => {
  const config = { ...loadConfig(), ...loadIdentitySettings() };
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'gateway', logger);
  await ensureBaseTopics(kafka);
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  const url = await app.listen({ host: config.GATEWAY_HOST, port: config.GATEWAY_PORT });
  return {
    ready: { url },
    stop: async () => {
      await app.close();
      await temporal.close();
      await kafka.close();
      await mongo.close();
    },
  };
});
