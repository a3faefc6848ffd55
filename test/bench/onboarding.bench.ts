import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActCommand } from '../../schemas/api/acts.ts';
import { inParallel } from '../../services/onboarding/adapters/signals.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { startServers } from '../../services/stack/index.ts';
import {
  actUpdate,
  clockAdvancedSignal,
  factsArrivedSignal,
  progressQuery,
} from '../../workflows/onboarding/messages.ts';
import { readCommandLine, wholeNumber } from '../support/commandLine.ts';
import { historyCost } from '../support/historyCost.ts';
import { actCommand } from '../support/onboardingEvents.ts';
import { acceptedFacts, dayAt } from '../support/onboardingFacts.ts';
import { missedGoals } from './onboardingGoals.ts';
import { idOf, keyOf, settledOf, startBare, startOnboardings } from './onboardingSides.ts';
import { rssMiB } from './processCost.ts';

const QUERIES = 300;
const BARE_SHARE = 0.4;
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/**
 * Onboardings beside a workflow that does nothing: both by signal-with-start, same callers at once, same worker settings, before and after each
 * other. Then many open at once, asked while they are; worker and server are killed, and what is open then is counted.
 */
export async function run(args: readonly string[]) {
  const { values } = readCommandLine('npm run bench -- onboarding', args, {
    open: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  });
  const open = wholeNumber('--open', values.open, 1);
  const bares = Math.ceil(open * BARE_SHARE);
  const dataDir = join(projectRoot, '.chainlight', `bench-${process.pid}`);
  const base = await startServers({ dataDir, only: ['kafka', 'mongodb'], durable: false, progress });
  const temporalDir = { dataDir: join(dataDir, 'temporal'), only: ['temporal'] as const, progress };
  let server = await startServers(temporalDir);
  const platform = buildPlatform();
  const env = {
    ...process.env,
    ...base.env,
    ...server.env,
    MONGODB_DB: 'bench',
    PLATFORM_URL: await platform.app.listen({ host: '127.0.0.1', port: 0 }),
  };
  const mongo = await connectMongo(base.env.MONGODB_URI ?? '', 'bench');
  let temporal = await connectTemporal(server.env.TEMPORAL_ADDRESS ?? '', 'default');
  const workers: ChildProcess[] = [await startWorkerProcess('bare', env)];
  try {
    const bareBefore = await startBare(temporal.client, 'before', bares / 2);
    const worker = await startWorkerProcess('onboarding', env);
    workers.push(worker);
    const storedBefore = sizeOf(join(dataDir, 'temporal'));
    const startedAt = performance.now();
    const acceptedPerS = await startOnboardings(temporal.client, 0, open);
    progress(`${open} onboardings begun, ${Math.round(acceptedPerS)} a second`);
    await untilSettled(mongo, open);
    const settledPerS = open / ((performance.now() - startedAt) / 1_000);
    const storedBytes = sizeOf(join(dataDir, 'temporal')) - storedBefore;
    const workerRssMiB = rssMiB(worker);
    const bareAfter = await startBare(temporal.client, 'after', bares / 2);
    const barePerS = (bareBefore + bareAfter) / 2;
    progress(`bare: ${Math.round(bareBefore)} a second before, ${Math.round(bareAfter)} after`);
    const queryP95Ms = await askMany(temporal, open);
    const cost = await acceptedPath(temporal, open);

    for (const worker of workers) worker.kill('SIGKILL');
    const pid = server.servers[0]?.pid;
    if (pid) process.kill(pid, 'SIGKILL');
    progress('worker and Temporal killed');
    await temporal.close();
    await server.stop();
    server = await startServers(temporalDir);
    temporal = await connectTemporal(server.env.TEMPORAL_ADDRESS ?? '', 'default');
    workers.push(await startWorkerProcess('onboarding', { ...env, ...server.env }));
    const queryAfterKillP95Ms = await askMany(temporal, open);
    const openAfterKill = await countOpen(temporal, open);
    const figures = {
      acceptedPerS: round(acceptedPerS),
      settledPerS: round(settledPerS),
      barePerS: round(barePerS),
      bareBeforePerS: round(bareBefore),
      bareAfterPerS: round(bareAfter),
      ratioAccepted: round(acceptedPerS / barePerS),
      actionsPerOnboarding: cost.actions,
      historyEventsPerOnboarding: cost.events,
      historyBytesPerOnboarding: cost.bytes,
      storedBytesPerOpenWorkflow: Math.round(storedBytes / open),
      workerRssMiB,
      openWorkflows: open,
      queryP95Ms,
      openAfterKill,
      lost: open - openAfterKill,
      queryAfterKillP95Ms,
    };
    const missed = missedGoals(figures);
    for (const goal of missed) progress(`missed: ${goal}`);
    return { ...figures, ok: missed.length === 0, missed };
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await temporal.close();
    await mongo.close();
    await platform.app.close();
    await server.stop();
    await base.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startWorkerProcess(
  side: 'bare' | 'onboarding',
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/onboardingWorker.ts', side], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready') && resolve());
    child.on('exit', (code) => reject(new Error(`the ${side} worker ended with code ${code}`)));
  });
  child.removeAllListeners('exit');
  return child;
}

async function untilSettled(mongo: Mongo, count: number): Promise<void> {
  while ((await settledOf(mongo.db).countDocuments()) < count) await sleep(200);
}

/** The 95th percentile of the answering times of onboardings drawn evenly from all. */
async function askMany(temporal: Temporal, open: number): Promise<number> {
  const times: number[] = [];
  const step = Math.max(1, Math.floor(open / QUERIES));
  const indexes = Array.from({ length: Math.min(QUERIES, open) }, (_, index) => index * step);
  await inParallel(indexes, 4, async (index) => {
    const startedAt = performance.now();
    await temporal.client.workflow.getHandle(idOf(index)).query(progressQuery);
    times.push(performance.now() - startedAt);
  });
  times.sort((a, b) => a - b);
  return round(times[Math.ceil(times.length * 0.95) - 1] ?? 0);
}

/** Every one of them is asked whether it runs: the visibility store may lag behind. */
async function countOpen(temporal: Temporal, open: number): Promise<number> {
  let count = 0;
  await inParallel(
    Array.from({ length: open }, (_, index) => index),
    20,
    async (index) => {
      const { status } = await temporal.client.workflow.getHandle(idOf(index)).describe();
      if (status.name === 'RUNNING') count++;
    },
  );
  return count;
}

/** One onboarding from nomination to acceptance, every event by itself; what its history cost. */
async function acceptedPath(temporal: Temporal, index: number) {
  await startOnboardings(temporal.client, index, 1);
  const { supplierUscc } = keyOf(index);
  const handle = temporal.client.workflow.getHandle(idOf(index));
  const tell = (day: number): Promise<void> => handle.signal(clockAdvancedSignal, dayAt(day));
  const act = (name: string, day: number, fields: Record<string, unknown> = {}) =>
    handle.executeUpdate(actUpdate, {
      args: [ActCommand.parse(actCommand(name, dayAt(day), fields, supplierUscc))],
    });
  const learn = async (...names: string[]): Promise<void> => {
    for (const fact of acceptedFacts().filter(({ id }) => names.includes(id.slice('/test '.length)))) {
      await handle.signal(factsArrivedSignal, [fact]);
      await handle.query(progressQuery);
    }
  };
  await learn('diagnosis-completed', 'plan-filed');
  await act('approve-plan', 25);
  await learn('contract-signed');
  await tell(45);
  await learn('training-completed', 'system-deployed', 'go-live-confirmed');
  await tell(76);
  await act('self-assess', 120, { edition: '2024', score: 45, level: 2 });
  await act('audit-finance', 135, { outcome: 'matched' });
  await learn('level-assessed', 'acceptance-decided');
  await tell(106);
  await tell(160);
  for (;;) {
    const { status } = await handle.query(progressQuery);
    if (status === 'ACCEPTED') break;
    await sleep(100);
  }
  const { historySize } = await handle.describe();
  return { ...historyCost((await handle.fetchHistory()).events ?? []), bytes: historySize ?? null };
}

/** What lies in a folder and those in it. */
function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
