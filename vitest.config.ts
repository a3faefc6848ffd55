import { defineConfig } from 'vitest/config';

/** The tier is in the file name: *.unit.test.ts needs no server, *.integration.test.ts runs on the real ones. */
const tier = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/**/*.${name}.test.ts`], environment: 'node', ...extra },
});

export default defineConfig({
  test: {
    projects: [
      tier('unit', { testTimeout: 60_000, maxWorkers: 2 }),
      tier('integration', {
        testTimeout: 240_000,
        hookTimeout: 600_000,
        globalSetup: ['test/support/realServers.ts'],
        maxWorkers: 1,
        fileParallelism: false,
      }),
    ],
  },
});
