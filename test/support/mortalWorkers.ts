import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled } from '../../bin/bundle.mjs';
import { workflowsPath } from '../../services/onboarding/onboarding.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { bundleWorkflows } from '../../services/runtime/workflowBundle.ts';

/** A worker has done an activity and has not told Temporal yet. */
export interface Boundary {
  readonly nth: number;
  readonly activity: string;
  readonly request: unknown;
}
export type ToWorker = 'begin' | { readonly liveOn: number };

/** @returns the name of a boundary at which the worker is to be killed, the first time it comes there; null: never */
export type Fate = (boundary: Boundary) => string | null;

/** The product's workflow, to be carried by workers that are killed: a lost activity is noticed within seconds. */
export async function bundleForMortals(folder: string): Promise<string> {
  const path = join(folder, 'workflow-bundle.js');
  const { code } = await bundleWorkflows(workflowsPath, [
    fileURLToPath(new URL('./impatience.ts', import.meta.url)),
  ]);
  writeFileSync(path, code);
  return path;
}

/** One worker process at a time on a task queue of its own; when it is killed (-9) the next, which stood by, takes over. */
export class MortalWorkers {
  readonly #env: NodeJS.ProcessEnv;
  readonly #fate: Fate;
  readonly #deaths: string[] = [];
  #current: ChildProcess | null = null;
  /** Stands by. */
  #next: Promise<ChildProcess>;
  #isOver = false;

  /** @param env addresses for the worker, with TASK_QUEUE and WORKFLOW_BUNDLE */
  constructor(env: Record<string, string>, fate: Fate = () => null) {
    this.#env = { ...process.env, ...env };
    this.#fate = fate;
    this.#next = this.#prepared();
  }

  /** Where workers were killed, in order. */
  get deaths(): readonly string[] {
    return this.#deaths;
  }

  async begin(): Promise<void> {
    const child = await this.#next;
    if (this.#isOver) return;
    this.#current = child;
    this.#next = this.#prepared();
    child.on('message', (boundary: Boundary) => {
      const death = this.#fate(boundary);
      if (death !== null && !this.#deaths.includes(death)) void this.kill(death);
      else if (child.connected) child.send({ liveOn: boundary.nth } satisfies ToWorker);
    });
    child.send('begin' satisfies ToWorker);
  }

  /** Kills the worker that works now, and lets the next begin. */
  async kill(where: string): Promise<void> {
    this.#deaths.push(where);
    const child = this.#current;
    if (child === null) return;
    this.#current = null;
    child.removeAllListeners('message');
    child.kill('SIGKILL');
    await this.begin();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#current?.kill('SIGKILL');
    (await this.#next.catch(() => null))?.kill('SIGKILL');
  }

  /** The next worker; that it ended meanwhile is told to whoever waits for it. */
  #prepared(): Promise<ChildProcess> {
    const next = this.#standBy();
    next.catch(() => {});
    return next;
  }

  async #standBy(): Promise<ChildProcess> {
    const program = fileURLToPath(await bundled(projectRoot, 'test/support/mortalWorker.ts'));
    const child = spawn(process.execPath, [program], {
      cwd: projectRoot,
      env: this.#env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ready = new Promise<ChildProcess>((resolve, reject) => {
      child.once('message', () => resolve(child));
      child.once('exit', (code, signal) =>
        reject(new Error(`a worker that stood by ended: ${code ?? signal}`)),
      );
    });
    return ready;
  }
}
