import { NativeConnection, Worker } from '@temporalio/worker';
import { createPlatformActivities } from '../../services/onboarding/activities/platform.ts';
import { createRecordActivities } from '../../services/onboarding/activities/record.ts';
import { createIndustrialPlatform } from '../../services/onboarding/adapters/industrialPlatform.ts';
import { createPlatformClient } from '../../services/onboarding/adapters/platformClient.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { createKafka, createProducer } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { installTemporalRuntime } from '../../services/runtime/temporalWorker.ts';
import type { Boundary, ToWorker } from './mortalWorkers.ts';

/**
 * A worker process that its parent kills: it carries the product's workflow with the product's activities, and after each of these (done,
 * but not yet reported to Temporal) asks whether it may live on. It waits for the word to begin, so that it can stand by.
 */
const config = loadConfig();
const { TASK_QUEUE: taskQueue = '', WORKFLOW_BUNDLE: codePath = '' } = process.env;
const logger = createLogger('mortal-worker', { level: 'fatal' });
installTemporalRuntime(logger);
const waiting = new Map<number, () => void>();
let begin = (): void => {};
const word = new Promise<void>((resolve) => {
  begin = resolve;
});
process.on('message', (message: ToWorker) => {
  if (message === 'begin') begin();
  else waiting.get(message.liveOn)?.();
});
process.on('disconnect', () => process.exit(0));

let asked = 0;
const mayLiveOn = (activity: string, request: unknown): Promise<void> =>
  new Promise((resolve) => {
    asked += 1;
    waiting.set(asked, resolve);
    process.send?.({ nth: asked, activity, request } satisfies Boundary);
  });

type Work = (request: never) => Promise<unknown>;
const askingAfter = (activities: object): Record<string, Work> =>
  Object.fromEntries(
    Object.entries(activities as Record<string, Work>).map(([name, work]) => [
      name,
      async (request: never) => {
        const result = await work(request);
        await mayLiveOn(name, request);
        return result;
      },
    ]),
  );

const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
const kafka = createKafka(config.KAFKA_BROKERS, `mortal-${process.pid}`, logger);
const record = createRecordActivities(mongo.db, await createProducer(kafka), logger);
const platform = createPlatformActivities(
  createIndustrialPlatform(createPlatformClient({ url: config.PLATFORM_URL ?? '' })),
  logger,
);
const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
process.send?.('standing by');
await word;
const worker = await Worker.create({
  connection,
  namespace: config.TEMPORAL_NAMESPACE,
  taskQueue,
  workflowBundle: { codePath },
  activities: askingAfter({ ...record, ...platform }),
  // What a dead worker had in its cache is asked of the next one soon.
  stickyQueueScheduleToStartTimeout: '300 milliseconds',
});
await worker.run();
