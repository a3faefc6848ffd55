import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Lock, takeLock } from './lock.ts';
import { settings } from './settings.ts';
import type { Progress } from './types.ts';

const SIGN_OF_LIFE_MS = 4_000;

export function defaultCacheDir(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.CHAINLIGHT_CACHE_DIR) return resolve(environment.CHAINLIGHT_CACHE_DIR);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'chainlight');
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export interface CacheEntry {
  /** Name of the folder in the cache; holds the version, so that a new version is a new entry. */
  readonly key: string;
  readonly title: string;
  /** How it is fetched, for the progress line: "with pip (45 MB)". */
  readonly how: string;
  /** Fills the folder `target`; may use `scratch` for what is not kept. Must check what it fetched. */
  readonly fill: (target: string, scratch: string) => Promise<void>;
}

/** The folder of an entry if the cache has it. An entry is there whole or not at all. */
export async function cached(cacheDir: string, key: string): Promise<string | null> {
  const folder = join(cacheDir, key);
  return (await exists(folder)) ? folder : null;
}

/**
 * The folder of an entry, fetched if need be: into a temporary folder first, moved into place in one step.
 * Several launches may ask at once; one fetches, the others wait.
 */
export async function fetchIntoCache(
  cacheDir: string,
  entry: CacheEntry,
  progress: Progress,
): Promise<{ folder: string; downloaded: boolean }> {
  await mkdir(cacheDir, { recursive: true });
  return withCacheLock(cacheDir, entry.title, progress, async () => {
    const present = await cached(cacheDir, entry.key);
    if (present) return { folder: present, downloaded: false };
    return { folder: await fetchEntry(cacheDir, entry, progress), downloaded: true };
  });
}

async function fetchEntry(cacheDir: string, entry: CacheEntry, progress: Progress): Promise<string> {
  const folder = join(cacheDir, entry.key);
  const draft = await mkdtemp(join(cacheDir, '.draft-'));
  const begun = Date.now();
  const seconds = (): string => ((Date.now() - begun) / 1_000).toFixed(0);
  progress(`${entry.title}: downloading ${entry.how} …`);
  const signOfLife = setInterval(
    () => progress(`${entry.title}: still downloading (${seconds()} s) …`),
    SIGN_OF_LIFE_MS,
  );
  try {
    const target = join(draft, 'content');
    const scratch = join(draft, 'scratch');
    await Promise.all([mkdir(target), mkdir(scratch)]);
    await entry.fill(target, scratch);
    await rename(target, folder);
    progress(`${entry.title}: downloaded and checked in ${seconds()} s`);
    return folder;
  } finally {
    clearInterval(signOfLife);
    await rm(draft, { recursive: true, force: true });
  }
}

interface SharedLock {
  readonly lock: Promise<Lock>;
  users: number;
  /** The work of this process on each entry, so that it is fetched once. */
  tail: Map<string, Promise<unknown>>;
}

const sharedLocks = new Map<string, SharedLock>();

/** Runs `work` while this process holds the cache; work on different titles in one process runs side by side. */
async function withCacheLock<T>(
  cacheDir: string,
  title: string,
  progress: Progress,
  work: () => Promise<T>,
): Promise<T> {
  let shared = sharedLocks.get(cacheDir);
  if (!shared) {
    shared = { lock: lockCache(cacheDir, progress), users: 0, tail: new Map() };
    sharedLocks.set(cacheDir, shared);
  }
  shared.users += 1;
  try {
    await shared.lock;
    const before = shared.tail.get(title) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    shared.tail.set(title, mine);
    return await mine;
  } finally {
    shared.users -= 1;
    if (shared.users === 0) {
      sharedLocks.delete(cacheDir);
      await shared.lock.then(
        (lock) => lock.release(),
        () => {},
      );
    }
  }
}

async function lockCache(cacheDir: string, progress: Progress): Promise<Lock> {
  let nextSignMs = 0;
  const lock = await takeLock(join(cacheDir, '.lock'), {
    what: `the download cache ${cacheDir}`,
    wait: {
      timeoutMs: settings.cacheWaitTimeoutMs,
      onWait: (pid, waitedMs) => {
        if (waitedMs < nextSignMs) return;
        progress(
          `waiting for process ${pid}, which is filling the download cache (${(waitedMs / 1_000).toFixed(0)} s) …`,
        );
        nextSignMs = waitedMs + SIGN_OF_LIFE_MS;
      },
    },
  });
  // What an interrupted download left behind; nobody else can be at work while the lock is held.
  const leftovers = (await readdir(cacheDir)).filter((name) => name.startsWith('.draft-'));
  await Promise.all(leftovers.map((name) => rm(join(cacheDir, name), { recursive: true, force: true })));
  return lock;
}
