import { setTimeout as sleep } from 'node:timers/promises';
import { ACTS, isStreamTopic } from '../../schemas/topics.ts';
import { partitionsOf, streamClockOf } from '../../services/runtime/eventStore.ts';
import {
  createKafka,
  endOffsets,
  ensureBaseTopics,
  ensureTopics,
  type KafkaClient,
  partitionCounts,
} from '../../services/runtime/kafka.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { untilQuiet } from '../../services/stack/quiet.ts';
import { compare } from './compare.ts';
import { type Mishap, planOf } from './plan.ts';
import { DAY_MS, LAST_MS, LATENESS_DAYS } from './population.ts';
import { readTopics } from './readTopics.ts';
import { openSender, type Sender, spansOf } from './sender.ts';
import { type ChaosStream, chaosStream, pushes } from './stream.ts';
import { World } from './world.ts';

export interface ChaosOptions {
  readonly events: number;
  readonly seed: number;
  /** Emptied before and left behind; the caller deletes it. */
  readonly dataDir: string;
  readonly progress: (line: string) => void;
}

export interface ChaosResult {
  readonly seed: number;
  /** Records in the topics: the stream's, those that a retry wrote twice, and the system's own acts. */
  readonly sent: number;
  readonly accepted: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
  readonly wrongKpi: number;
  readonly wrongOnboarding: number;
  /** Dead letters, in the database or their topic, that are missing, too many, or not what was refused. */
  readonly wrongLetters: number;
  /** Records whose verdict the receipts do not tell as it is. */
  readonly wrongReceipts: number;
  readonly chain: string;
  readonly readModels: 'equal' | 'different';
  readonly kills: number;
  readonly pauses: number;
  readonly seconds: number;
  /** The first of what was wrong, in words. */
  readonly faults: readonly string[];
}

export const isSound = (result: ChaosResult): boolean =>
  result.lost + result.doubled + result.wrongKpi + result.wrongOnboarding === 0 &&
  result.wrongLetters + result.wrongReceipts === 0 &&
  result.chain === 'intact' &&
  result.readModels === 'equal' &&
  result.faults.length === 0;

const MAX_FAULTS = 20;

/** One seed: sends the stream while the plan's mishaps happen, waits until all is quiet, compares with the oracle. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { events, seed, dataDir, progress } = options;
  const startedAt = Date.now();
  const stream = chaosStream(seed, events);
  const plan = planOf(seed, stream.records.length);
  const world = new World(dataDir, progress);
  await world.startServers();
  const { KAFKA_BROKERS = '', MONGODB_URI = '' } = world.env();
  const kafka = createKafka(KAFKA_BROKERS.split(','), 'chaos');
  let mongo: Mongo | null = null;
  try {
    await ensureBaseTopics(kafka);
    await ensureTopics(kafka, stream.topics);
    mongo = await connectMongo(MONGODB_URI, world.database);
    await world.startServices();
    progress(`chaos: all is up; ${events} records, ${plan.length} mishaps`);
    const sender = await openSender(kafka, progress);
    await sendAmidMishaps({ world, kafka, mongo, sender, stream, plan, progress });
    await pushTime({ kafka, mongo, sender, stream, progress });
    await sender.close();
    const troubles: string[] = [];
    await untilQuiet(mongo, kafka, progress, quietTimeoutMs(events)).catch((error: unknown) => {
      troubles.push(String(error));
    });
    const records = await readTopics(kafka, stream.topics);
    progress(`chaos: ${records.length} records stand in the topics; comparing`);
    const found = await compare(mongo, kafka, records, LAST_MS, progress);
    const { lost, doubled, wrongKpi, wrongOnboarding, readModels } = found;
    const wrong = [lost, doubled, wrongKpi, wrongOnboarding, found.wrongLetters, found.wrongReceipts];
    return {
      seed,
      sent: records.length,
      accepted: found.accepted,
      verdicts: found.verdicts,
      lost: lost.length,
      doubled: doubled.length,
      wrongKpi: wrongKpi.length,
      wrongOnboarding: wrongOnboarding.length,
      wrongLetters: found.wrongLetters.length,
      wrongReceipts: found.wrongReceipts.length,
      chain: found.chain,
      readModels: readModels.length === 0 ? 'equal' : 'different',
      kills: plan.filter(({ kind }) => kind === 'kill' || kind === 'lose').length,
      pauses: plan.filter(({ kind }) => kind === 'pause').length,
      seconds: Math.round((Date.now() - startedAt) / 1_000),
      faults: [...troubles, ...[...wrong, readModels].flatMap((list) => list.slice(0, MAX_FAULTS))],
    };
  } finally {
    await world.stop();
    await mongo?.close();
    await kafka.close();
  }
}

const quietTimeoutMs = (events: number): number => 180_000 + events * 10;

interface Running {
  readonly world: World;
  readonly kafka: KafkaClient;
  readonly mongo: Mongo;
  readonly sender: Sender;
  readonly stream: ChaosStream;
  readonly plan: readonly Mishap[];
  readonly progress: (line: string) => void;
}

/** Sends no faster than ingest follows, so that mishaps meet a stream that is being sent and consumed. */
async function sendAmidMishaps(running: Running): Promise<void> {
  const { kafka, mongo, sender, stream, plan, progress } = running;
  const maxBehind = Math.max(100, Math.round(stream.records.length / 25));
  const waiting = [...plan];
  const happening: Promise<void>[] = [];
  const failures: unknown[] = [];
  let sent = 0;
  for (const span of spansOf(stream.records)) {
    await sender.send(span);
    sent += span.length;
    for (let next = waiting[0]; next !== undefined && next.atRecord <= sent; next = waiting[0]) {
      waiting.shift();
      happening.push(happen(running, next).catch((error: unknown) => void failures.push(error)));
    }
    while (failures.length === 0 && (await behind(kafka, mongo)) > maxBehind) await sleep(200);
    if (failures.length > 0) throw failures[0];
  }
  progress(`chaos: all ${sent} records sent`);
  await Promise.all(happening);
  if (failures.length > 0) throw failures[0];
}

async function happen({ world, kafka, stream, progress }: Running, mishap: Mishap): Promise<void> {
  await sleep(mishap.afterMs);
  const what = 'target' in mishap ? mishap.target : (stream.topics[mishap.topic] ?? ACTS);
  progress(`chaos: ${mishap.kind} ${what}`);
  switch (mishap.kind) {
    case 'kill':
      return world.kill(mishap.target);
    case 'lose':
      return world.lose(mishap.target);
    case 'pause':
      return world.pause(mishap.target);
    case 'widen':
      return widen(kafka, what);
    default: {
      const unknown: never = mishap;
      return unknown;
    }
  }
}

/** Asks again until the broker, which may be away, has done it. */
async function widen(kafka: KafkaClient, topic: string): Promise<void> {
  const { [topic]: before = 0 } = Object.fromEntries(
    await patiently(() => partitionCounts(kafka, isStreamTopic)),
  );
  await patiently(async () => {
    const { [topic]: now = 0 } = Object.fromEntries(await partitionCounts(kafka, isStreamTopic));
    const topicPartitions = [{ topic, count: before + 1 }];
    if (now <= before) await (await kafka.admin()).createPartitions({ topicPartitions });
  });
}

async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(500);
    }
  }
}

/** Records that nobody has judged yet; unknown counts as many. */
async function behind(kafka: KafkaClient, mongo: Mongo): Promise<number> {
  try {
    const topics = (await (await kafka.admin()).listTopics()).filter(isStreamTopic);
    const ends = await endOffsets(kafka, topics);
    const heads = await partitionsOf(mongo.db)
      .find({}, { projection: { nextOffset: 1 } })
      .toArray();
    const judged = new Map(heads.map((head) => [head._id, head.nextOffset]));
    return Object.entries(ends).reduce((sum, [key, end]) => sum + end - (judged.get(key) ?? 0), 0);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Sends to every partition that the stream's last moment has come, until the watermark shows it. */
async function pushTime({
  kafka,
  mongo,
  sender,
  stream,
  progress,
}: Omit<Running, 'world' | 'plan'>): Promise<void> {
  const admin = await kafka.admin();
  const { topics } = await admin.fetchTopicMetadata({ topics: [...stream.topics] });
  const giveUpAt = Date.now() + quietTimeoutMs(stream.records.length);
  for (let round = 1; Date.now() < giveUpAt; round++) {
    const widest = Math.max(...topics.map(({ partitions }) => partitions.length));
    for (let partition = 0; partition < widest; partition++) {
      const hasIt = new Set(
        topics.filter(({ partitions }) => partitions.length > partition).map(({ name }) => name),
      );
      const records = pushes(stream, LAST_MS + LATENESS_DAYS * DAY_MS, round * 100 + partition);
      await sender.send(
        records.filter(({ topic }) => hasIt.has(topic)),
        partition,
      );
    }
    while ((await behind(kafka, mongo)) > 0 && Date.now() < giveUpAt) await sleep(200);
    for (let wait = 0; wait < 10; wait++) {
      const clock = await streamClockOf(mongo.db).findOne({ _id: 'watermark' });
      if (clock !== null && clock.at.getTime() >= LAST_MS) return;
      await sleep(200);
    }
  }
  progress('chaos: the watermark did not reach the end of the stream');
}
