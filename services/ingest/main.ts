import { loadConfig } from '../runtime/config.ts';
import { createProducer, ensureBaseTopics, openKafka } from '../runtime/kafka.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { startIngest } from './ingest.ts';

const logger = createLogger('ingest');

await runProcess(logger, async () => {
  const config = loadConfig();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'ingest', logger);
  await ensureBaseTopics(kafka);
  const producer = await createProducer(kafka);
  const ingest = await startIngest({
    mongo,
    kafka,
    producer,
    logger,
    now: () => new Date(),
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    clock: {
      clock: config.CHAINLIGHT_CLOCK,
      latenessMs: config.CHAINLIGHT_LATENESS_HOURS * 3_600_000,
      quietMs: 60_000,
    },
    onFatal: (error) => {
      logger.fatal({ err: error }, 'ingest stops: nothing more is committed until this is mended');
      process.exit(1);
    },
  });
  return {
    stop: async () => {
      await ingest.stop();
      await producer.disconnect();
      await kafka.close();
      await mongo.close();
    },
  };
});
