import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { verdictsOf } from '../../services/ingest/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import { hasReached } from '../../services/runtime/eventTail.ts';
import {
  createKafka,
  createProducer,
  endOffsets,
  ensureTopics,
  type KafkaClient,
  send,
} from '../../services/runtime/kafka.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { readCursor } from '../../services/runtime/projector.ts';
import { nodeArgumentsOf, startServers } from '../../services/stack/index.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { inventoryEvents } from './inventoryEvents.ts';
import { type CpuSeconds, cpuSeconds, cpuUsPerEvent, type Role, rssMiB } from './processCost.ts';

/**
 * Intake beside what one would otherwise write: all sides read the same 6-partition topic, write with majority acknowledgement, and
 * fetch with the same consumer settings. A side's time runs from its first batch to the moment its last effect is durable.
 */
const PARTITIONS = 6;
const profileArguments: string[] = [];
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

interface Side {
  readonly eventsPerS: number;
  readonly peakRssMiB: number;
  readonly cpuUsPerEvent: Partial<Record<Role, number>>;
}

export async function run(args: readonly string[]) {
  const { values } = readCommandLine('npm run bench -- ingest', args, {
    events: { type: 'string', default: '300000' },
    processes: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    /** Folder for one processor profile a process, to be opened in a browser's developer tools. */
    profile: { type: 'string' },
  });
  const events = wholeNumber('--events', values.events, 1);
  const processes = wholeNumber('--processes', values.processes, 1);
  const dataDir = join(projectRoot, '.chainlight', `bench-${process.pid}`);
  const servers = await startServers({ dataDir, durable: false, progress });
  try {
    const kafka = createKafka(servers.env.KAFKA_BROKERS.split(','), 'bench');
    await ensureTopics(kafka, [SUPPLIER_REPORTS], PARTITIONS);
    await fill(kafka, events);
    const env = { ...process.env, ...servers.env, LOG_LEVEL: 'warn', CHAINLIGHT_CLOCK: 'stream' };
    if (values.profile !== undefined) profileArguments.push('--cpu-prof', `--cpu-prof-dir=${values.profile}`);
    const insert = await bare('insert', env, events, processes);
    progress(`bare insert: ${insert.eventsPerS} events/s`);
    const upsert = await bare('upsert', env, events, processes);
    progress(`bare upsert: ${upsert.eventsPerS} events/s`);
    const mongo = await connectMongo(servers.env.MONGODB_URI, 'pipeline');
    const pipelineEnv = { ...env, MONGODB_DB: 'pipeline' };
    const first = await pipeline(pipelineEnv, mongo, kafka, processes);
    progress(`pipeline: ${first.eventsPerS} events/s`);
    await fill(kafka, events);
    const replay = await pipeline(pipelineEnv, mongo, kafka, processes);
    progress(`replay, all duplicates: ${replay.eventsPerS} events/s`);
    await mongo.close();
    await kafka.close();
    return {
      events,
      processes,
      pipeline: first.eventsPerS,
      bareInsert: insert.eventsPerS,
      bareUpsert: upsert.eventsPerS,
      replayAllDuplicates: replay.eventsPerS,
      ratioToBareInsert: round(first.eventsPerS / insert.eventsPerS),
      ratioToBareUpsert: round(first.eventsPerS / upsert.eventsPerS),
      peakRssMiB: Math.max(first.peakRssMiB, replay.peakRssMiB),
      cpuUsPerEvent: {
        bareInsert: insert.cpuUsPerEvent,
        bareUpsert: upsert.cpuUsPerEvent,
        pipeline: first.cpuUsPerEvent,
        replayAllDuplicates: replay.cpuUsPerEvent,
      },
    };
  } finally {
    await servers.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

async function fill(kafka: KafkaClient, events: number): Promise<void> {
  const producer = await createProducer(kafka);
  let batch: { key: string; value: string; headers: Record<string, string> }[] = [];
  for (const record of inventoryEvents(events)) {
    batch.push({ ...record, headers: { 'content-type': 'application/cloudevents+json' } });
    if (batch.length === 1_000) {
      await send(producer, SUPPLIER_REPORTS, batch);
      batch = [];
    }
  }
  await send(producer, SUPPLIER_REPORTS, batch);
  await producer.disconnect();
  progress(`${events} events are in the topic`);
}

async function bare(
  mode: 'insert' | 'upsert',
  env: NodeJS.ProcessEnv,
  events: number,
  processes: number,
): Promise<Side> {
  let spentBefore: CpuSeconds | null = null;
  const children = Array.from({ length: processes }, () =>
    start('test/bench/bareLoop.ts', [mode], { ...env, MONGODB_DB: `bare_${mode}` }),
  );
  const spans = { firstAt: Number.POSITIVE_INFINITY, lastAt: 0, done: 0, peakRssMiB: 0 };
  await new Promise<void>((resolve, reject) => {
    for (const child of children) {
      child.on(
        'exit',
        (code) => code !== null && code !== 0 && reject(new Error(`bare ${mode} loop failed`)),
      );
      if (!child.stdout) continue;
      createInterface({ input: child.stdout }).on('line', (line) => {
        const batch = JSON.parse(line) as { startedAt: number; endedAt: number; records: number };
        spentBefore ??= cpuSeconds();
        spans.firstAt = Math.min(spans.firstAt, batch.startedAt);
        spans.lastAt = Math.max(spans.lastAt, batch.endedAt);
        spans.done += batch.records;
        spans.peakRssMiB = Math.max(spans.peakRssMiB, ...children.map(rssMiB));
        if (spans.done >= events) resolve();
      });
    }
  });
  const spentAfter = cpuSeconds();
  for (const child of children) await end(child);
  return {
    eventsPerS: Math.round(events / ((spans.lastAt - spans.firstAt) / 1_000)),
    peakRssMiB: spans.peakRssMiB,
    cpuUsPerEvent: cpuUsPerEvent(spentBefore ?? spentAfter, spentAfter, events),
  };
}

/** Real processes of the product: as many ingest processes as asked for, and one that measures. */
async function pipeline(
  env: NodeJS.ProcessEnv,
  mongo: Mongo,
  kafka: KafkaClient,
  processes: number,
): Promise<Side> {
  const before = await partitionsOf(mongo.db).find().toArray();
  const judgedBefore = before.reduce((total, head) => total + head.nextOffset, 0);
  const since = new Date();
  let spentBefore: CpuSeconds | null = null;
  const measurement = start('services/measurement/main.ts', [], env);
  await firstLine(measurement);
  const children = [
    measurement,
    ...Array.from({ length: processes }, () => start('services/ingest/main.ts', [], env)),
  ];
  let peakRssMiB = 0;
  const ends = await endOffsets(kafka, [SUPPLIER_REPORTS]);
  const goal = Object.values(ends).reduce((total, end) => total + end, 0);
  for (;;) {
    await sleep(50);
    peakRssMiB = Math.max(peakRssMiB, ...children.map(rssMiB));
    if (children.some((child) => child.exitCode !== null))
      throw new Error('a process of the pipeline ended early');
    const heads = await partitionsOf(mongo.db).find({ topic: SUPPLIER_REPORTS }).toArray();
    const judged = heads.reduce((total, head) => total + head.nextOffset, 0);
    if (judged > judgedBefore) spentBefore ??= cpuSeconds();
    if (judged < goal) continue;
    const chain = Object.fromEntries(heads.map((head) => [head._id, head.seq]));
    if (hasReached(await readCursor(mongo.db, measurementProjector.name), chain)) break;
  }
  const endedAt = Date.now();
  const spentAfter = cpuSeconds();
  for (const child of children) await end(child);
  const [first] = await verdictsOf(mongo.db)
    .find({ recordedAt: { $gte: since } })
    .sort({ recordedAt: 1 })
    .limit(1)
    .toArray();
  if (!first) throw new Error('the pipeline judged nothing');
  return {
    eventsPerS: Math.round((goal - judgedBefore) / ((endedAt - first.recordedAt.getTime()) / 1_000)),
    peakRssMiB,
    cpuUsPerEvent: cpuUsPerEvent(spentBefore ?? spentAfter, spentAfter, goal - judgedBefore),
  };
}

export function start(entry: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [...profileArguments, ...nodeArgumentsOf(entry), entry, ...args], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A service's first line says that it is ready: its start is no part of the comparison, as that of the loops is not. */
export async function firstLine(child: ChildProcess): Promise<void> {
  if (!child.stdout) return;
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.once('line', () => resolve());
    child.once('exit', () => reject(new Error('a process of the pipeline did not start')));
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}
