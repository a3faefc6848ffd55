import { createHash } from 'node:crypto';
import type { PageModel } from '../../../schemas/api/page.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Db } from '../../runtime/mongo.ts';
import { pageModelOf } from '../domain/pageModel.ts';
import { readPageSources } from './readModels.ts';

/** The page at one moment; `id` is a hash of its content, the same wherever it is computed. */
export interface PageVersion {
  readonly id: string;
  readonly model: PageModel;
  readonly json: string;
}

/** The page and its changes. The database is asked at most once in `intervalMs`, however many are looking. */
export interface PageFeed {
  current(): Promise<PageVersion>;
  /** Calls `listener` with each new version until the returned function is called. */
  subscribe(listener: (version: PageVersion) => void): () => void;
  /** Ends all subscriptions and waits for a reading under way. */
  close(): Promise<void>;
}

export function createPageFeed(db: Db, logger: Logger, intervalMs = 2_000): PageFeed {
  const listeners = new Set<(version: PageVersion) => void>();
  let simulated = false;
  let latest: PageVersion | null = null;
  let reading: Promise<PageVersion> | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  async function read(): Promise<PageVersion> {
    const model = pageModelOf(await readPageSources(db, simulated));
    simulated = model.simulated;
    const json = JSON.stringify(model);
    const id = createHash('sha256').update(json).digest('hex').slice(0, 16);
    const changed = latest?.id !== id;
    if (changed || latest === null) latest = { id, model, json };
    if (changed) for (const listener of listeners) listener(latest);
    return latest;
  }

  function current(): Promise<PageVersion> {
    const nowMs = performance.now();
    if (latest !== null && nowMs - readAtMs < intervalMs) return Promise.resolve(latest);
    reading ??= read().finally(() => {
      readAtMs = performance.now();
      reading = null;
    });
    return reading;
  }

  function tick(): void {
    current().catch((error) => logger.warn({ err: error }, 'the page could not be read; it is tried again'));
  }

  return {
    current,
    subscribe: (listener) => {
      listeners.add(listener);
      timer ??= setInterval(tick, intervalMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
    close: async () => {
      listeners.clear();
      if (timer !== null) clearInterval(timer);
      timer = null;
      await reading?.catch(() => undefined);
    },
  };
}
