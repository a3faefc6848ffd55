import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type ServerEnv, startServers } from '../../services/stack/index.ts';

declare module 'vitest' {
  export interface ProvidedContext extends ServerEnv {}
}

/**
 * The three servers, once for a whole run of the integration tier, on data that end with it. Tests get the addresses with
 * `inject('KAFKA_BROKERS')` and so on. An address given by the environment is used instead of a server of our own.
 */
export default async function realServers(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chainlight-test-'));
  const servers = await startServers({
    dataDir,
    durable: false,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('KAFKA_BROKERS', servers.env.KAFKA_BROKERS);
  project.provide('TEMPORAL_ADDRESS', servers.env.TEMPORAL_ADDRESS);
  project.provide('MONGODB_URI', servers.env.MONGODB_URI);
  return async () => {
    await servers.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
