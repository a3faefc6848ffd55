import { ACTS } from '../../schemas/topics.ts';
import { countVerdicts } from '../runtime/eventTail.ts';
import { type Producer, send } from '../runtime/kafka.ts';
import { loop } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { createFollower } from './adapters/follow.ts';
import { freezeDueBaselines } from './adapters/freeze.ts';
import { measurementProjector } from './adapters/projector.ts';
import { refreshSummaries } from './adapters/summaries.ts';
import { Pace } from './domain/pace.ts';
import type { TargetThresholds } from './domain/targets.ts';

const PROJECT_IDLE_MS = 150;
const FREEZE_IDLE_MS = 500;
const SUMMARIES_IDLE_MS = 2_000;
/** Summaries rest this many times as long as they took, so that a long history is not slowed down by them. */
const SUMMARIES_REST_FACTOR = 5;

/** Follows the events: keeps the read models, freezes baselines that fall due, and works out the page's summaries. */
export async function startMeasurement(deps: {
  readonly mongo: Mongo;
  readonly producer: Producer;
  readonly logger: Logger;
  readonly thresholds: TargetThresholds;
}): Promise<{ stop(): Promise<void> }> {
  const { mongo, producer, logger, thresholds } = deps;
  await measurementProjector.ensureIndexes(mongo.db);
  const sent = new Set<string>();
  let mark: string | null = null;
  let restUntilMs = 0;
  const follower = createFollower(mongo);
  const pace = new Pace();
  const follow = async (): Promise<boolean> => {
    const startMs = performance.now();
    if (!pace.isDue(await countVerdicts(mongo.db), startMs)) return false;
    const events = await follower.step();
    pace.note(events, startMs);
    return events > 0;
  };
  const loops = [
    loop(logger, PROJECT_IDLE_MS, () => follow()),
    loop(logger, FREEZE_IDLE_MS, () =>
      freezeDueBaselines({
        db: mongo.db,
        logger,
        sent,
        publish: (events) =>
          send(
            producer,
            ACTS,
            events.map(({ key, event }) => ({
              key,
              value: JSON.stringify(event),
              headers: { 'content-type': 'application/cloudevents+json' },
            })),
          ),
      }),
    ),
    loop(logger, SUMMARIES_IDLE_MS, async () => {
      const startMs = performance.now();
      if (startMs < restUntilMs) return false;
      mark = await refreshSummaries(mongo.db, mark, thresholds);
      const endMs = performance.now();
      restUntilMs = endMs + SUMMARIES_REST_FACTOR * (endMs - startMs);
      return false;
    }),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((one) => one.stop()));
    },
  };
}
