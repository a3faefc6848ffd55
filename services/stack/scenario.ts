import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ChainlightError } from '../../schemas/errors.ts';
import { projectRoot } from '../runtime/config.ts';
import { lastLines } from './child.ts';
import type { Progress } from './types.ts';
import { guard, unguard } from './watch.ts';

export interface ScenarioOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly scale: number;
  /** Where the simulator writes what it planted; the product never reads it. */
  readonly truth?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly progress: Progress;
}

export interface RunningScenario {
  readonly pid: number | undefined;
  /** Settles when the whole scenario has been sent; rejects when the simulator failed. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Runs the simulator as a process of its own, which does not outlive this one: it meets the product only through Kafka and HTTP. */
export function runScenario(options: ScenarioOptions): RunningScenario {
  const logFile = join(options.dataDir, 'logs', 'simulator.log');
  mkdirSync(join(options.dataDir, 'logs'), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const args = [
    '--scenario',
    options.scenario,
    '--seed',
    String(options.seed),
    '--scale',
    String(options.scale),
    ...(options.truth === undefined ? [] : ['--truth', options.truth]),
  ];
  const child = spawn(process.execPath, ['bin/run.mjs', 'services/simulator/main.ts', ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) void guard(pid);
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.write(`${line}\n`);
    const message = progressOf(line);
    if (message !== null) options.progress(message);
  });
  let isStopping = false;
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      log.end();
      if (pid !== undefined) unguard(pid);
      if (code === 0 || isStopping) resolve();
      else
        reject(
          new ChainlightError(
            'INTERNAL',
            `the simulator ended with ${signal ?? `exit code ${code}`}. The end of ${logFile}:\n${lastLines(logFile, 3)}`,
          ),
        );
    });
  });
  done.catch(() => {});
  return {
    pid,
    done,
    stop: async () => {
      isStopping = true;
      await end(child);
      await done.catch(() => {});
    },
  };
}

function progressOf(line: string): string | null {
  try {
    const entry = JSON.parse(line) as { level: number; msg?: string; progress?: string };
    if (entry.progress !== undefined) return `scenario: ${entry.progress}`;
    return entry.level >= 40 && entry.msg ? `scenario: ${entry.msg}` : null;
  } catch {
    return null;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  clearTimeout(timer);
}
