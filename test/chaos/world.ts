import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { type RunningServers, type Supervised, startServers, supervise } from '../../services/stack/index.ts';
import type { ServerTarget, ServiceTarget } from './plan.ts';
import { LATENESS_DAYS } from './population.ts';

/** Shorter than the service's own, so that a paused process loses its partitions sooner. */
const SESSION_TIMEOUT_MS = 6_000;
const PAUSE_MS = SESSION_TIMEOUT_MS + 3_000;
const DATABASE = 'chaos';

const PORTS: Readonly<Record<ServerTarget, readonly string[]>> = {
  kafka: ['broker', 'controller'],
  mongodb: ['member'],
  temporal: ['frontend', 'ui'],
};
const SERVER_NAMES = Object.keys(PORTS) as ServerTarget[];
const ENTRIES: Readonly<Record<ServiceTarget, string>> = {
  'ingest-1': 'services/ingest/main.ts',
  'ingest-2': 'services/ingest/main.ts',
  measurement: 'services/measurement/main.ts',
  onboarding: 'services/onboarding/main.ts',
};

/** The product on servers of its own, every process of which can be killed and paused. */
export class World {
  readonly database = DATABASE;
  #servers = new Map<ServerTarget, RunningServers<Partial<Record<string, string>>>>();
  #services = new Map<ServiceTarget, Supervised>();
  #turns = new Map<string, Promise<void>>();
  #platform = buildPlatform({
    faults: {
      seed: 1,
      errorPerMille: 50,
      busyPerMille: 0,
      lostReplyPerMille: 50,
      slowPerMille: 0,
      slowMs: 0,
    },
  });

  constructor(
    private readonly dataDir: string,
    private readonly progress: (line: string) => void,
  ) {}

  /** Addresses of the servers; they stay the same for the whole run. */
  env(): Record<string, string> {
    return Object.assign({}, ...[...this.#servers.values()].map((running) => running.env));
  }

  async startServers(): Promise<void> {
    for (const name of SERVER_NAMES) this.#choosePorts(name);
    await Promise.all(SERVER_NAMES.map((name) => this.#startServer(name)));
  }

  async startServices(): Promise<void> {
    const platformUrl = await this.#platform.app.listen({ host: '127.0.0.1', port: 0 });
    const env = {
      ...process.env,
      ...this.env(),
      MONGODB_DB: DATABASE,
      PLATFORM_URL: platformUrl,
      CHAINLIGHT_CLOCK: 'stream',
      CHAINLIGHT_LATENESS_HOURS: String(LATENESS_DAYS * 24),
      KAFKA_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    };
    await Promise.all(
      (Object.keys(ENTRIES) as ServiceTarget[]).map(async (name) => {
        const entry = ENTRIES[name];
        const { dataDir } = this;
        this.#services.set(
          name,
          await supervise({ name, entry, env, dataDir, progress: quietly(this.progress) }),
        );
      }),
    );
  }

  /** Kills -9. A service comes back by its supervisor; a server is started again here, on the same data. */
  kill(target: ServiceTarget | ServerTarget): Promise<void> {
    return this.#inTurn(target, async () => {
      if (!isServer(target)) return signal(this.#services.get(target)?.pid(), 'SIGKILL');
      await this.#killServer(target);
      await this.#startServer(target);
    });
  }

  /** Kills Temporal and deletes its database. */
  lose(target: 'temporal'): Promise<void> {
    return this.#inTurn(target, async () => {
      await this.#killServer(target);
      rmSync(join(this.dataDir, target, target), { recursive: true, force: true });
      await this.#startServer(target);
    });
  }

  /** Stops a process for longer than its session lasts, then lets it go on, unaware. */
  pause(target: ServiceTarget): Promise<void> {
    return this.#inTurn(target, async () => {
      const pid = this.#services.get(target)?.pid();
      signal(pid, 'SIGSTOP');
      await sleep(PAUSE_MS);
      signal(pid, 'SIGCONT');
    });
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#turns.values());
    await Promise.allSettled([...this.#services.values()].map((service) => service.stop()));
    await this.#platform.app.close();
    for (const name of ['temporal', 'kafka', 'mongodb'] as const) await this.#servers.get(name)?.stop();
  }

  async #startServer(name: ServerTarget): Promise<void> {
    const before = this.#servers.get(name)?.servers[0]?.address;
    const running = await startServers({
      dataDir: join(this.dataDir, name),
      only: [name],
      durable: true,
      environment: withoutAddresses(process.env),
    });
    const address = running.servers[0]?.address;
    this.#servers.set(name, running);
    if (before !== undefined && address !== before)
      throw new Error(`${name} came back at ${address} instead of ${before}: somebody took its port`);
  }

  async #killServer(name: ServerTarget): Promise<void> {
    const running = this.#servers.get(name);
    signal(running?.servers[0]?.pid ?? undefined, 'SIGKILL');
    await running?.stop();
  }

  /** Ports that the system gives to nobody's outgoing connections, so that they are free again after a kill. */
  #choosePorts(name: ServerTarget): void {
    const folder = join(this.dataDir, name, 'ports');
    mkdirSync(folder, { recursive: true });
    const ports = Object.fromEntries(PORTS[name].map((use) => [use, randomInt(12_000, 32_000)]));
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(ports));
  }

  #inTurn(target: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(target) ?? Promise.resolve()).then(work);
    this.#turns.set(target, turn);
    return turn;
  }
}

const isServer = (target: string): target is ServerTarget => target in PORTS;

/** The end of a process that was killed on purpose is no news; that it does not come back is. */
const quietly = (progress: (line: string) => void) => (line: string) => {
  if (!line.includes('SIGKILL')) progress(line);
};

function signal(pid: number | null | undefined, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (typeof pid !== 'number') return;
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function withoutAddresses(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { KAFKA_BROKERS: _k, TEMPORAL_ADDRESS: _t, MONGODB_URI: _m, ...rest } = environment;
  return rest;
}
