import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureConsoleBuilt } from '../console/index.ts';
import type { DemoAccount } from '../identity/index.ts';
import { type StackFile, sharedSettings, stackFilePath } from '../runtime/config.ts';
import type { ScenarioPeople } from '../simulator/index.ts';
import { REPLAYER_CLIENT, writeDirectory } from './directory.ts';
import { type RunningServers, startServers } from './launch.ts';
import { choosePorts } from './ports.ts';
import { credentialsPath, isSecured } from './servers/kafkaSecurity.ts';
import { type Supervised, supervise } from './supervise.ts';
import type { Progress } from './types.ts';

/** How business time runs: by the wall clock, or by the stream alone (history that is replayed). */
export type ProductClock = { readonly clock: 'wall' | 'stream'; readonly latenessHours: number };

export const LIVE_CLOCK: ProductClock = { clock: 'wall', latenessHours: 72 };
/** The scenario's records arrive at most this long after their business time; see docs/scenario.md. */
export const SCENARIO_CLOCK: ProductClock = { clock: 'stream', latenessHours: 45 * 24 };

export interface ProductOptions {
  readonly dataDir: string;
  readonly database: string;
  readonly time: ProductClock;
  /** False: everything may be lost at the end (demo). */
  readonly durable: boolean;
  /** Kafka with sign-in; see `StartOptions`. */
  readonly secure?: boolean;
  /** Firms that one can sign in for at the local issuer. */
  readonly people: ScenarioPeople;
  readonly progress: Progress;
  readonly logLevel?: string;
}

export interface Product {
  readonly servers: RunningServers;
  /** Environment with which every process of the product finds its servers. */
  readonly env: Readonly<Record<string, string>>;
  readonly gatewayUrl: string;
  /** Who can sign in at the local issuer. */
  readonly accounts: readonly DemoAccount[];
  /** What a replayer of history signs in with; kept out of the environment that all share. */
  readonly replayer: Readonly<Record<string, string>>;
  /** Lets what is under way finish, service by service, then stops the servers. */
  stop(): Promise<void>;
}

/** Onboarding calls the platform and so starts after it; the others start side by side. */
const FIRST = ['identity', 'ingest', 'measurement', 'platform', 'gateway'] as const;
const SECOND = ['onboarding'] as const;
type ServiceName = (typeof FIRST | typeof SECOND)[number];
const entryOf = (name: ServiceName): string =>
  name === 'platform' ? 'services/simulator/platform/main.ts' : `services/${name}/main.ts`;
/** What brings work in stops first, what stores it last. */
const STOPPING: readonly ServiceName[] = [
  'gateway',
  'onboarding',
  'measurement',
  'ingest',
  'platform',
  'identity',
];

/**
 * Brings up the servers and every service of the product.
 * @throws ChainlightError of `startServers` and `supervise`; nothing is left running then
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { dataDir, progress } = options;
  mkdirSync(dataDir, { recursive: true });
  await ensureConsoleBuilt(progress);
  const servers = await startServers({ dataDir, durable: options.durable, secure: options.secure, progress });
  const services = new Map<ServiceName, Supervised>();
  const ports = await choosePorts(dataDir, 'product', ['identity', 'gateway']);
  const { file, directory } = writeDirectory(dataDir, options.people);
  const OIDC_ISSUER = `http://127.0.0.1:${ports.identity}`;
  /** Secrets go to those whose they are, never into the shared environment or the address file. */
  const secrets: Partial<Record<ServiceName, Record<string, string>>> = {
    identity: { IDENTITY_DIRECTORY: file, IDENTITY_PORT: String(ports.identity) },
    gateway: {
      OIDC_CLIENT_ID: directory.console.clientId,
      OIDC_CLIENT_SECRET: directory.console.clientSecret,
      GATEWAY_PORT: process.env.GATEWAY_PORT ?? String(ports.gateway),
    },
  };
  const env: Record<string, string> = {
    ...servers.env,
    ...sharedSettings(process.env),
    ...(isSecured(dataDir) ? { KAFKA_CREDENTIALS_FILE: credentialsPath(dataDir) } : {}),
    MONGODB_DB: options.database,
    OIDC_ISSUER,
    CHAINLIGHT_CLOCK: options.time.clock,
    CHAINLIGHT_LATENESS_HOURS: String(options.time.latenessHours),
    LOG_LEVEL: options.logLevel ?? process.env.LOG_LEVEL ?? 'info',
  };
  const stop = async (): Promise<void> => {
    rmSync(stackFilePath(dataDir), { force: true });
    for (const name of STOPPING) {
      const service = services.get(name);
      if (service === undefined) continue;
      await service.stop();
      progress(`${name}: stopped`);
    }
    await servers.stop();
  };
  try {
    const start = async (name: ServiceName): Promise<void> => {
      const service = await supervise({
        name,
        entry: entryOf(name),
        env: { ...process.env, ...env, ...secrets[name] },
        dataDir,
        progress,
      });
      services.set(name, service);
      progress(`${name}: ready (pid ${service.pid()})`);
    };
    const startAll = async (names: readonly ServiceName[]): Promise<void> => {
      const outcomes = await Promise.allSettled(names.map(start));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    };
    await startAll(FIRST);
    env.PLATFORM_URL = String(services.get('platform')?.ready.url);
    env.GATEWAY_URL = String(services.get('gateway')?.ready.url);
    await startAll(SECOND);
    writeStackFile(dataDir, env);
  } catch (error) {
    await stop();
    throw error;
  }
  const replayer = {
    OIDC_CLIENT_ID: REPLAYER_CLIENT,
    OIDC_CLIENT_SECRET: directory.clients.find(({ id }) => id === REPLAYER_CLIENT)?.secret ?? '',
  };
  const { accounts } = directory;
  return { servers, env, gatewayUrl: env.GATEWAY_URL ?? '', accounts, replayer, stop };
}

/** Leaves the addresses where `cli` looks for them. */
function writeStackFile(dataDir: string, env: Record<string, string>): void {
  const path = stackFilePath(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  const content: StackFile = { pid: process.pid, env };
  writeFileSync(path, JSON.stringify(content, null, 2));
}
