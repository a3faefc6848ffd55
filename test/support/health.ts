import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { createGateway } from '../../services/gateway/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { openKafka } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';
import { connectTemporal } from '../../services/runtime/temporal.ts';
import type { ServerEnv } from '../../services/stack/index.ts';
import { startTestIssuer } from './identity.ts';
import { eventually } from './stream.ts';

const SERVERS = ['kafka', 'mongodb', 'temporal'] as const;

/** A gateway on servers that a test stops and starts. */
export interface WatchedGateway {
  /** What the health routes say now. */
  health(): Promise<{ live: number; ready: number; missing: string[] }>;
  isReady(): Promise<true>;
  close(): Promise<void>;
}

export async function watchGateway(env: ServerEnv): Promise<WatchedGateway> {
  const logger = createLogger('test', { level: 'silent' });
  const issuer = await startTestIssuer({ operator: { role: 'operator' } });
  const config = { ...loadConfig({ ...env }), ...issuer.settings };
  const mongo = await connectMongo(config.MONGODB_URI, 'health');
  const kafka = openKafka(config, 'gateway', logger);
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const app: FastifyInstance = await createGateway({
    ...{ mongo, kafka, temporal, config, logger },
    now: () => new Date(),
  });
  const health = async () => {
    const [live, ready] = await Promise.all([app.inject('/health/live'), app.inject('/health/ready')]);
    const { servers } = ready.json() as { servers: Record<string, { ok: boolean }> };
    const missing = Object.keys(servers).filter((name) => servers[name]?.ok !== true);
    return { live: live.statusCode, ready: ready.statusCode, missing: missing.sort() };
  };
  return {
    health,
    isReady: () => eventually('the gateway to be ready', async () => (await health()).ready === 200),
    close: async () => {
      await app.close();
      await temporal.close();
      await kafka.close();
      await mongo.close();
      await issuer.close();
    },
  };
}

/** Lets each server stand still in turn: readiness names it and no other, and comes back with it; the gateway stays alive. */
export async function expectEachIsMissed(gateway: WatchedGateway, dataDir: string): Promise<void> {
  for (const name of SERVERS) {
    const note = JSON.parse(readFileSync(join(dataDir, 'run', `${name}.json`), 'utf8')) as { pid: number };
    process.kill(note.pid, 'SIGSTOP');
    try {
      expect(await gateway.health(), name).toEqual({ live: 200, ready: 503, missing: [name] });
    } finally {
      process.kill(note.pid, 'SIGCONT');
    }
    await gateway.isReady();
  }
}
