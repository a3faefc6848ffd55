import { fileURLToPath } from 'node:url';
import { periodOf } from '../../schemas/time.ts';
import { createPlatformActivities } from '../../services/onboarding/activities/platform.ts';
import { createRecordActivities } from '../../services/onboarding/activities/record.ts';
import { createIndustrialPlatform } from '../../services/onboarding/adapters/industrialPlatform.ts';
import { createPlatformClient } from '../../services/onboarding/adapters/platformClient.ts';
import { workflowsPath } from '../../services/onboarding/onboarding.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { createKafka, createProducer, ensureBaseTopics } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { installTemporalRuntime, startWorker } from '../../services/runtime/temporalWorker.ts';
import { bundleWorkflows } from '../../services/runtime/workflowBundle.ts';
import type { OnboardingActivities } from '../../workflows/onboarding/activities.contract.ts';
import { ONBOARDING_TASK_QUEUE } from '../../workflows/onboarding/messages.ts';
import { ACCEPTED_DATA } from '../support/onboardingFacts.ts';
import { BARE_TASK_QUEUE, settledOf } from './onboardingSides.ts';

/** A worker process of the benchmark: the product's workflow with its own activities, or one that does nothing. Polls alike. */
const config = loadConfig();
const logger = createLogger('bench-worker', { level: 'error' });
installTemporalRuntime(logger);
const common = { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE, logger };

if (process.argv[2] === 'bare') {
  const bundle = await bundleWorkflows(fileURLToPath(new URL('./bareWorkflow.ts', import.meta.url)));
  await startWorker({ ...common, taskQueue: BARE_TASK_QUEUE, bundle, activities: {} });
} else {
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = createKafka(config.KAFKA_BROKERS, `bench-${process.pid}`, logger);
  await ensureBaseTopics(kafka);
  const record = createRecordActivities(mongo.db, await createProducer(kafka), logger);
  const activities: OnboardingActivities = {
    ...record,
    ...createPlatformActivities(
      createIndustrialPlatform(createPlatformClient({ url: config.PLATFORM_URL ?? '' })),
      logger,
    ),
    recallFacts: async (key) => {
      const facts = await record.recallFacts(key);
      await settledOf(mongo.db).updateOne({ _id: key.workflowId }, { $set: {} }, { upsert: true });
      return facts;
    },
    // The tenant's data of the accepted path, which no stream brings here.
    readTenantData: async ({ since, through, months }) =>
      ACCEPTED_DATA.filter((at) => at >= since && at <= through)
        .slice(0, months)
        .map((at) => ({ month: periodOf(new Date(at)), at, source: 'tenant', id: at })),
  };
  await startWorker({
    ...common,
    taskQueue: ONBOARDING_TASK_QUEUE,
    bundle: await bundleWorkflows(workflowsPath),
    activities,
  });
}
process.stdout.write('ready\n');
