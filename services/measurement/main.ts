import { MEASUREMENT_TASK_QUEUE } from '../../workflows/onboarding/messages.ts';
import { loadConfig, targetThresholds } from '../runtime/config.ts';
import { createProducer, ensureBaseTopics, openKafka } from '../runtime/kafka.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { connectMongo } from '../runtime/mongo.ts';
import { installTemporalRuntime, startWorker } from '../runtime/temporalWorker.ts';
import { createOutcomeActivities } from './adapters/outcome.ts';
import { startMeasurement } from './measurement.ts';

const logger = createLogger('measurement');

await runProcess(logger, async () => {
  const config = loadConfig();
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'measurement', logger);
  await ensureBaseTopics(kafka);
  const producer = await createProducer(kafka);
  const measurement = await startMeasurement({
    mongo,
    producer,
    logger,
    thresholds: targetThresholds(config),
  });
  installTemporalRuntime(logger);
  const worker = await startWorker({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: MEASUREMENT_TASK_QUEUE,
    activities: createOutcomeActivities(mongo.db, logger),
    logger,
  });
  return {
    stop: async () => {
      await worker.stop();
      await measurement.stop();
      await producer.disconnect();
      await kafka.close();
      await mongo.close();
    },
  };
});
