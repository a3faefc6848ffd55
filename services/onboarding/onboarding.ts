import { fileURLToPath } from 'node:url';
import { ProgrammeDefinition } from '../../schemas/programme.ts';
import { ONBOARDING_TASK_QUEUE } from '../../workflows/onboarding/messages.ts';
import { allProgrammes } from '../../workflows/onboarding/programme.ts';
import type { Producer } from '../runtime/kafka.ts';
import { loop } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { projectOnce } from '../runtime/projector.ts';
import type { Temporal } from '../runtime/temporal.ts';
import { startWorker } from '../runtime/temporalWorker.ts';
import { bundleWorkflows } from '../runtime/workflowBundle.ts';
import { createPlatformActivities } from './activities/platform.ts';
import { createRecordActivities } from './activities/record.ts';
import { type ChannelSettings, openChannels } from './adapters/channels.ts';
import { releaseHeld } from './adapters/heldLetters.ts';
import { createIndustrialPlatform } from './adapters/industrialPlatform.ts';
import { notifyOnce } from './adapters/notifier.ts';
import { ensureOutboxIndex, sendNext } from './adapters/outbox.ts';
import { createPlatformClients, type PlatformSettings } from './adapters/platformDirectory.ts';
import { routeOnce } from './adapters/router.ts';
import { ensureSearchAttributes } from './adapters/searchAttributes.ts';
import { retellStuck } from './adapters/stuckRuns.ts';
import { ensureTenantDataIndex } from './adapters/tenantData.ts';
import { createTicker } from './adapters/ticker.ts';
import { routedCorrectionsOf } from './readModel/corrections.ts';
import { onboardingProjector } from './readModel/projector.ts';

export const workflowsPath = fileURLToPath(new URL('../../workflows/onboarding/index.ts', import.meta.url));

const RETELL_EVERY_MS = 5_000;

export interface OnboardingDeps {
  readonly mongo: Mongo;
  readonly producer: Producer;
  readonly temporal: Temporal;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly platforms: PlatformSettings;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Absent: nobody is written to. */
  readonly channels?: ChannelSettings;
  /** Pause of the followers when there is nothing to do. */
  readonly idleMs?: number;
}

/** Starts worker, router, read model and ticker. */
export async function startOnboarding(deps: OnboardingDeps): Promise<{ stop(): Promise<void> }> {
  const { mongo, temporal, logger, idleMs = 200 } = deps;
  for (const programme of allProgrammes()) ProgrammeDefinition.parse(programme);
  const { db } = mongo;
  await onboardingProjector.ensureIndexes(db);
  await routedCorrectionsOf(db).createIndex({ target: 1 });
  await ensureTenantDataIndex(db);
  await ensureOutboxIndex(db);
  await ensureSearchAttributes(temporal.client.connection, deps.namespace);
  const worker = await startWorker({
    address: deps.temporalAddress,
    namespace: deps.namespace,
    taskQueue: ONBOARDING_TASK_QUEUE,
    bundle: await bundleWorkflows(workflowsPath),
    activities: {
      ...createRecordActivities(db, deps.producer, logger),
      ...createPlatformActivities(createIndustrialPlatform(createPlatformClients(deps.platforms)), logger),
    },
    logger,
  });
  const ticker = createTicker(db, temporal.client, logger, deps.nowMs);
  const channels = openChannels(deps.channels ?? {}, deps.nowMs);
  const names = channels.map(({ name }) => name);
  const now = (): Date => new Date(deps.nowMs());
  const notify = async (): Promise<boolean> =>
    (await notifyOnce(mongo, now(), names)) || (await releaseHeld(db));
  const loops = [
    loop(logger, idleMs, () => projectOnce(mongo, onboardingProjector)),
    loop(logger, idleMs, () => routeOnce(db, temporal.client, logger, now())),
    loop(logger, RETELL_EVERY_MS, () => retellStuck(db, temporal.client, logger, now())),
    loop(logger, idleMs, () => ticker.step()),
    ...(channels.length === 0 ? [] : [loop(logger, idleMs, notify)]),
    ...channels.map(({ name, deliver }) => loop(logger, idleMs, () => sendNext(db, deliver, now(), name))),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((one) => one.stop()));
      for (const channel of channels) channel.close();
      await worker.stop();
    },
  };
}
