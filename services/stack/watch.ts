import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { settings } from './settings.ts';

const script = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));
const guarded = new Set<number>();
let watchdog: ChildProcess | null = null;

/** Registers a process group with this process's watchdog, which ends it should this process die. */
export async function guard(group: number): Promise<void> {
  guarded.add(group);
  if (watchdog) await tell(watchdog, `+${group}`);
  else await startWatchdog();
}

export function unguard(group: number): void {
  guarded.delete(group);
  if (watchdog) void tell(watchdog, `-${group}`);
}

async function startWatchdog(): Promise<void> {
  // Detached: neither Ctrl-C nor the end of the terminal's session takes it away before its work is done.
  const started = spawn(process.execPath, [script, String(settings.orphanGraceMs)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  watchdog = started;
  started.stdin.on('error', () => {});
  started.once('exit', () => {
    if (watchdog !== started) return;
    watchdog = null;
    if (guarded.size > 0) void startWatchdog();
  });
  // It must not keep this process from ending.
  started.unref();
  if ('unref' in started.stdin && typeof started.stdin.unref === 'function') started.stdin.unref();
  await Promise.all([...guarded].map((group) => tell(started, `+${group}`)));
}

/** Returns once the line is in the pipe, where it survives this process. */
function tell(process: ChildProcess, line: string): Promise<void> {
  return new Promise((done) => {
    if (process.stdin) process.stdin.write(`${line}\n`, () => done());
    else done();
  });
}
