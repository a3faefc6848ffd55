import { defineConfig } from 'vitest/config';

/**
 * The tier is in the file name: *.unit.test.ts needs no server, *.integration.test.ts shares the real ones of its run,
 * *.standalone.test.ts starts what it needs itself, so that nothing else has to run.
 */
const tier = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/**/*.${name}.test.ts`], environment: 'node', ...extra },
});
const FILE_BY_FILE = { testTimeout: 240_000, hookTimeout: 600_000, maxWorkers: 1, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      tier('unit', { testTimeout: 60_000, maxWorkers: 2 }),
      tier('integration', { ...FILE_BY_FILE, globalSetup: ['test/support/realServers.ts'] }),
      tier('standalone', FILE_BY_FILE),
    ],
  },
});
