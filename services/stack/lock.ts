import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';
import { identify, isAlive } from './processes.ts';

const Claim = z.discriminatedUnion('status', [
  z.object({ status: z.literal('held'), pid: z.number().int(), begun: z.string() }),
  z.object({ status: z.literal('released') }),
]);
type Claim = z.infer<typeof Claim>;

export interface Lock {
  release(): void;
}

export interface LockOptions {
  /** What the lock guards, for the message. */
  readonly what: string;
  /** With this the caller waits for the holder; without it a held lock is an error at once. */
  readonly wait?: {
    readonly timeoutMs: number;
    readonly onWait: (holderPid: number, waitedMs: number) => void;
  };
}

const POLL_MS = 200;

/**
 * Takes the lock kept in `folder`. A lock whose process is gone, even if its number was given to another, is taken over.
 *
 * Claims are numbered files; the highest number counts. Whoever finds it free links the next number, which only one
 * can do, and withdraws if a higher one stands there by then. So no two processes take over one stale lock,
 * and no moment exists in which a live claim is removed by somebody else.
 * @throws ChainlightError LOCK_HELD with the holder's pid
 */
export async function takeLock(folder: string, options: LockOptions): Promise<Lock> {
  mkdirSync(folder, { recursive: true });
  const begunWaiting = Date.now();
  for (;;) {
    const outcome = tryTake(folder);
    if (outcome.status === 'taken') return outcome.lock;
    const waitedMs = Date.now() - begunWaiting;
    if (!options.wait || waitedMs > options.wait.timeoutMs) {
      throw new ChainlightError(
        'LOCK_HELD',
        `${options.what} is in use by process ${outcome.pid}: end it (kill ${outcome.pid}) or use another folder`,
        {
          pid: outcome.pid,
          folder,
        },
      );
    }
    options.wait.onWait(outcome.pid, waitedMs);
    await sleep(POLL_MS);
  }
}

type Outcome = { status: 'taken'; lock: Lock } | { status: 'held'; pid: number };

function tryTake(folder: string): Outcome {
  for (;;) {
    const highest = generations(folder).at(-1) ?? 0;
    const current = highest === 0 ? null : readClaim(folder, highest);
    if (current?.status === 'held' && isAlive(current)) return { status: 'held', pid: current.pid };
    const mine = highest + 1;
    if (!linkClaim(folder, mine)) continue;
    if (generations(folder).at(-1) !== mine) {
      rmSync(claimPath(folder, mine), { force: true });
      continue;
    }
    for (const old of generations(folder)) if (old < mine) rmSync(claimPath(folder, old), { force: true });
    return {
      status: 'taken',
      lock: { release: () => writeClaim(folder, { status: 'released' }, claimPath(folder, mine)) },
    };
  }
}

const claimPath = (folder: string, generation: number): string =>
  join(folder, `${String(generation).padStart(9, '0')}.claim`);

function generations(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.claim'))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

/** Null when the claim was cleared away meanwhile or cannot be read: then it binds nobody. */
function readClaim(folder: string, generation: number): Claim | null {
  try {
    return Claim.parse(JSON.parse(readFileSync(claimPath(folder, generation), 'utf8')));
  } catch {
    return null;
  }
}

/** Puts a finished claim in place in one step, so that nobody ever reads half of one. */
function writeClaim(folder: string, claim: Claim, path: string): void {
  const draft = join(folder, `${randomUUID()}.draft`);
  try {
    writeFileSync(draft, JSON.stringify(claim));
    renameSync(draft, path);
  } catch (error) {
    // The folder may have been deleted by its owner; then there is nothing left to release.
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function linkClaim(folder: string, generation: number): boolean {
  const draft = join(folder, `${randomUUID()}.draft`);
  writeFileSync(draft, JSON.stringify({ status: 'held', ...identify(process.pid) } satisfies Claim));
  try {
    linkSync(draft, claimPath(folder, generation));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
