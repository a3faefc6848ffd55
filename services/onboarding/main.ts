import { ChainlightError } from '../../schemas/errors.ts';
import { loadConfig } from '../runtime/config.ts';
import { createProducer, ensureBaseTopics, openKafka } from '../runtime/kafka.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { connectTemporal } from '../runtime/temporal.ts';
import { installTemporalRuntime } from '../runtime/temporalWorker.ts';
import { channelSettings } from './adapters/channels.ts';
import { platformSettings } from './adapters/platformDirectory.ts';
import { startOnboarding } from './onboarding.ts';

const logger = createLogger('onboarding');

await runProcess(logger, async () => {
  const config = loadConfig();
  const platforms = platformSettings(config);
  if (platforms === null)
    throw new ChainlightError(
      'SERVER_UNREACHABLE',
      'PLATFORMS or PLATFORM_URL is missing: where the API of the industrial internet platform is',
    );
  installTemporalRuntime(logger);
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'onboarding', logger);
  await ensureBaseTopics(kafka);
  const producer = await createProducer(kafka);
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const onboarding = await startOnboarding({
    mongo,
    producer,
    temporal,
    temporalAddress: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    platforms,
    logger,
    channels: channelSettings(config),
    nowMs: Date.now,
  });
  return {
    stop: async () => {
      await onboarding.stop();
      await temporal.close();
      await producer.disconnect();
      await kafka.close();
      await mongo.close();
    },
  };
});
