import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';
import { projectRoot } from '../runtime/config.ts';
import { type Child, type Exit, lastLines, startChild } from './child.ts';
import { nodeArgumentsOf } from './settings.ts';
import type { Progress } from './types.ts';

export interface SuperviseOptions {
  readonly name: string;
  /** Entry file, as it shall appear in the process list: `services/ingest/main.ts`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Standard error goes to `<dataDir>/logs/<name>.log`. */
  readonly dataDir: string;
  readonly progress: Progress;
  /** Time between TERM and KILL when it is stopped. */
  readonly graceMs?: number;
  /** How long it may take to say that it is ready before it is started anew. */
  readonly readyTimeoutMs?: number;
}

export interface Supervised {
  readonly name: string;
  /** Null while it is not running: between a death and the restart, and after `stop`. */
  pid(): number | null;
  /** The fields of the last line in which it said that it is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  restarts(): number;
  stop(): Promise<void>;
}

const GRACE_MS = 20_000;
const READY_TIMEOUT_MS = 180_000;
const MAX_START_FAILURES = 5;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;

const ReadyLine = z.looseObject({ ready: z.literal(true) });

/**
 * Runs one of our services as a child process and keeps it running: a service that dies is started again, after
 * 0.2 s at first and up to 5 s when it keeps dying. A service is ready when it prints a JSON line with `"ready":true`.
 * @returns once it is ready for the first time
 * @throws ChainlightError START_FAILED with the end of its log when it failed five times without ever being ready
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const graceMs = options.graceMs ?? GRACE_MS;
  const stopping = new AbortController();
  let child: Child | null = null;
  let ready: Record<string, unknown> | null = null;
  let restarts = 0;
  let isReady = false;
  let failuresInARow = 0;
  let reportReady: () => void = () => {};
  let reportFailure: (error: unknown) => void = () => {};
  const firstReady = new Promise<void>((done, fail) => {
    reportReady = done;
    reportFailure = fail;
  });

  const onLine = (line: string): void => {
    const said = parseReady(line);
    if (!said) return;
    isReady = true;
    failuresInARow = 0;
    ready = said;
    reportReady();
  };

  const launch = (): Promise<Child> => {
    isReady = false;
    return startChild({
      name: options.name,
      command: process.execPath,
      args: [...nodeArgumentsOf(options.entry), options.entry],
      env: options.env,
      dataDir: options.dataDir,
      cwd: projectRoot,
      onLine,
    });
  };

  const untilExit = async (running: Child): Promise<Exit> => {
    const tooLate = setTimeout(() => {
      if (!isReady) void running.stop(0);
    }, options.readyTimeoutMs ?? READY_TIMEOUT_MS);
    const exit = await running.exited;
    clearTimeout(tooLate);
    return exit;
  };

  const keepRunning = async (): Promise<void> => {
    let died: string | null = null;
    while (!stopping.signal.aborted) {
      const running = await launch();
      child = running;
      if (stopping.signal.aborted) await running.stop(graceMs);
      if (died) {
        restarts += 1;
        options.progress(`${died}; restarted as pid ${running.pid}`);
      }
      const exit = await untilExit(running);
      child = null;
      if (stopping.signal.aborted) return;
      failuresInARow += 1;
      if (!ready && failuresInARow >= MAX_START_FAILURES) throw neverReady(options.name, running, exit);
      died = `${options.name} (pid ${running.pid}) died (${describe(exit)})`;
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (failuresInARow - 1), MAX_BACKOFF_MS);
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const ended = keepRunning();
  ended.catch(reportFailure);
  await firstReady;

  return {
    name: options.name,
    pid: () => child?.pid ?? null,
    get ready() {
      return ready ?? {};
    },
    restarts: () => restarts,
    stop: async () => {
      stopping.abort();
      await child?.stop(graceMs);
      await ended.catch(() => {});
    },
  };
}

function parseReady(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return ReadyLine.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

const describe = (exit: Exit): string => exit.signal ?? `exit code ${exit.code}`;

function neverReady(name: string, child: Child, exit: Exit): ChainlightError {
  return new ChainlightError(
    'START_FAILED',
    `${name} failed ${MAX_START_FAILURES} times without ever being ready (last: ${describe(exit)}). The end of ${child.logFile}:\n${lastLines(child.logFile)}`,
    { log: child.logFile },
  );
}
