import { loadConfig } from '../runtime/config.ts';
import { createKafka, createProducer, ensureBaseTopics } from '../runtime/kafka.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { startMeasurement } from './measurement.ts';

const logger = createLogger('measurement');

await runProcess(logger, async () => {
  const config = loadConfig();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = createKafka(config.KAFKA_BROKERS, `measurement-${process.pid}`, logger);
  await ensureBaseTopics(kafka);
  const producer = await createProducer(kafka);
  const measurement = await startMeasurement({ mongo, producer, logger });
  return {
    stop: async () => {
      await measurement.stop();
      await producer.disconnect();
      await kafka.close();
      await mongo.close();
    },
  };
});
