import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isAlive, sendSignal } from './processes.ts';
import { guard, unguard } from './watch.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  readonly logFile: string;
  /** What it wrote to its log since it began, without what earlier runs left there. */
  said(): string;
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** TERM, then KILL after `graceMs`; returns when the process is gone. */
  stop(graceMs: number): Promise<void>;
}

export interface ChildOptions {
  /** Names the log file and the note of the running process. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly cwd?: string;
  /** Receives standard output line by line; without it, standard output goes to the log file. */
  readonly onLine?: (line: string) => void;
}

const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const LEFTOVER_GRACE_MS = 10_000;
const POLL_MS = 50;

// The program begins only after its process group is registered with the watchdog: a parent that dies in between
// leaves a shell that reads the end of its pipe and exits.
const GATE = 'read -r _ <&3 || exit 1; exec 3<&-; exec "$@"';

/**
 * Starts a program in a process group of its own (Ctrl-C in the terminal does not reach it), logging to
 * `<dataDir>/logs/<name>.log`. It does not outlive this process, however this process ends.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const logFile = openableLog(options.dataDir, options.name);
  const log = openSync(logFile, 'a');
  const earlierBytes = fstatSync(log).size;
  const spawned = spawn('sh', ['-c', GATE, 'sh', options.command, ...options.args], {
    cwd: options.cwd ?? options.dataDir,
    env: options.env,
    detached: true,
    stdio: ['ignore', options.onLine ? 'pipe' : log, log, 'pipe'],
  });
  closeSync(log);
  const exited = exitOf(spawned);
  let exit: Exit | null = null;
  const { pid } = spawned;
  if (pid === undefined) throw new Error(`${options.name}: no process could be started`);
  if (options.onLine && spawned.stdout) createInterface({ input: spawned.stdout }).on('line', options.onLine);

  const note = join(noteFolder(options.dataDir), `${options.name}.json`);
  mkdirSync(noteFolder(options.dataDir), { recursive: true });
  writeFileSync(note, JSON.stringify({ name: options.name, ...identify(pid) }));
  await guard(pid);
  void exited.then((how) => {
    exit = how;
    // Helpers that the program left behind in its group go with it.
    sendSignal(-pid, 'SIGKILL');
    unguard(pid);
    if (readNote(note)?.pid === pid) rmSync(note, { force: true });
  });
  openGate(spawned.stdio[3]);

  return {
    pid,
    logFile,
    said: () => readFileSync(logFile).subarray(earlierBytes).toString('utf8'),
    exited,
    hasExited: () => exit !== null,
    stop: async (graceMs) => {
      if (exit) return;
      sendSignal(pid, 'SIGTERM');
      const patience = new AbortController();
      const outcome = await Promise.race([
        exited.then(() => 'exited'),
        sleep(graceMs, 'late', { signal: patience.signal }).catch(() => 'exited'),
      ]);
      patience.abort();
      if (outcome === 'late') sendSignal(-pid, 'SIGKILL');
      await exited;
    },
  };
}

function exitOf(spawned: ChildProcess): Promise<Exit> {
  return new Promise((done) => {
    spawned.once('exit', (code, signal) => done({ code, signal }));
    spawned.once('error', () => done({ code: null, signal: null }));
  });
}

function openGate(gate: Readable | Writable | null | undefined): void {
  if (!gate || !('write' in gate)) return;
  // The program may be gone already; then the write fails and its exit is what counts.
  gate.on('error', () => {});
  gate.end('go\n');
}

function openableLog(dataDir: string, name: string): string {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  return file;
}

/** The last lines of a log file, for an error message. */
export function lastLines(file: string, count = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '(no log was written)';
  }
}

const Note = z.object({ name: z.string(), pid: z.number().int(), begun: z.string() });

const noteFolder = (dataDir: string): string => join(dataDir, 'run');

function readNote(file: string): z.infer<typeof Note> | null {
  try {
    return Note.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Ends processes that an earlier, killed launch left on this data folder. Call it only while holding the folder's lock.
 * Usually the watchdog is already ending them and this merely waits.
 */
export async function endLeftovers(dataDir: string, progress: (line: string) => void): Promise<void> {
  if (!existsSync(noteFolder(dataDir))) return;
  for (const entry of readdirSync(noteFolder(dataDir))) {
    const file = join(noteFolder(dataDir), entry);
    const note = readNote(file);
    if (note && isAlive(note)) {
      progress(`${note.name}: ending process ${note.pid}, left by a launch that was killed`);
      sendSignal(note.pid, 'SIGTERM');
      const killAt = Date.now() + LEFTOVER_GRACE_MS;
      while (isAlive(note) && Date.now() < killAt) await sleep(POLL_MS);
      sendSignal(-note.pid, 'SIGKILL');
      while (isAlive(note)) await sleep(POLL_MS);
    }
    rmSync(file, { force: true });
  }
}
