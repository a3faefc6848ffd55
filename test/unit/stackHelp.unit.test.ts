import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { projectRoot } from '../../services/runtime/config.ts';

test(
  'npm start -- --help says what it does, every option and what it will print, and starts nothing',
  { timeout: 120_000 },
  () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['bin/run.mjs', 'services/stack/start.ts', '--help'],
      { cwd: projectRoot, encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^Usage: npm start /);
    for (const part of ['--fresh', '--empty', '--secure', 'addresses of the page', 'KAFKA_BROKERS'])
      expect(stdout).toContain(part);
    expect(stdout).not.toContain('Chainlight is up');
  },
);
