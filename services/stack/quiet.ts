import { setTimeout as sleep } from 'node:timers/promises';
import { ChainlightError } from '../../schemas/errors.ts';
import { isStreamTopic } from '../../schemas/topics.ts';
import { isBaselinePending, measurementProjector } from '../measurement/index.ts';
import { isOnboardingQuiet } from '../onboarding/index.ts';
import { partitionKeyOf, partitionsOf, readUpTo, streamClockOf } from '../runtime/eventStore.ts';
import { hasReached } from '../runtime/eventTail.ts';
import { endOffsets, type KafkaClient } from '../runtime/kafka.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { readCursor } from '../runtime/projector.ts';

const POLL_MS = 500;
/** Nothing must have moved for this long: longer than any of the services' own rounds. */
const QUIET_MS = 5_000;

export interface Records {
  /** Records in the stream topics. */
  readonly sent: number;
}

/**
 * Waits until all that was sent has had all its effects: every record judged, every read model up to date, no timer or
 * baseline due at the watermark, and nothing moving any more.
 * @throws ChainlightError INTERNAL when that takes longer than `timeoutMs`
 */
export async function untilQuiet(
  mongo: Mongo,
  kafka: KafkaClient,
  progress: (line: string) => void,
  timeoutMs: number,
): Promise<Records> {
  const giveUpAt = Date.now() + timeoutMs;
  let before = '';
  let quietSince = Date.now();
  let reportAt = Date.now() + 5_000;
  while (Date.now() < giveUpAt) {
    const look = await takeLook(mongo, kafka);
    if (look.busy !== null || look.signature !== before) quietSince = Date.now();
    before = look.signature;
    if (Date.now() - quietSince >= QUIET_MS) return { sent: look.sent };
    if (look.busy !== null && Date.now() >= reportAt) {
      progress(`waiting: ${look.busy}`);
      reportAt = Date.now() + 5_000;
    }
    await sleep(POLL_MS);
  }
  throw new ChainlightError(
    'INTERNAL',
    `the pipeline did not come to rest within ${Math.round(timeoutMs / 1_000)} s`,
  );
}

async function takeLook(
  mongo: Mongo,
  kafka: KafkaClient,
): Promise<{ sent: number; busy: string | null; signature: string }> {
  const topics = (await (await kafka.admin()).listTopics()).filter(isStreamTopic);
  const ends = await endOffsets(kafka, topics);
  const sent = Object.values(ends).reduce((total, end) => total + end, 0);
  const heads = await partitionsOf(mongo.db).find().toArray();
  const offsets = new Map(heads.map((head) => [head._id, readUpTo(head)]));
  const chain = Object.fromEntries(
    heads.map((head) => [partitionKeyOf(head.topic, head.partition), head.seq]),
  );
  const clock = await streamClockOf(mongo.db).findOne({ _id: 'watermark' });
  const signature = JSON.stringify([ends, chain, clock?.at]);
  const behind = Object.entries(ends).reduce((total, [key, end]) => total + end - (offsets.get(key) ?? 0), 0);
  const busy = await (async () => {
    if (behind > 0) return `${behind} records are to be judged`;
    if (!hasReached(await readCursor(mongo.db, measurementProjector.name), chain))
      return 'measurement is catching up';
    if (await isBaselinePending(mongo.db)) return 'baselines are being frozen';
    if (!(await isOnboardingQuiet(mongo.db))) return 'onboardings are being carried forward';
    return null;
  })();
  return { sent, busy, signature };
}
