import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../runtime/config.ts';
import { LIVE_CLOCK, startProduct } from './product.ts';
import type { Progress } from './types.ts';

export interface FreshProduct {
  /** The addresses by which a command finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/**
 * A whole product on servers and data of its own, for one command.
 * @param name tells it from others that run at the same time
 * @throws ChainlightError of `startProduct`; nothing is left then
 */
export async function startFreshProduct(name: string, progress: Progress): Promise<FreshProduct> {
  const dataDir = join(projectRoot, '.chainlight', `fresh-${name}`);
  const erase = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const product = await startProduct({
      dataDir,
      database: `chainlight_fresh_${name}`,
      time: LIVE_CLOCK,
      durable: false,
      people: { leaders: [], suppliers: [], providers: [] },
      progress,
    });
    return { env: product.env, stop: () => product.stop().finally(erase) };
  } catch (error) {
    erase();
    throw error;
  }
}
