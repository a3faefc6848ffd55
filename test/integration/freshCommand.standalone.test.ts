import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Status } from '../../schemas/api/status.ts';
import { projectRoot } from '../../services/runtime/config.ts';

const { KAFKA_BROKERS: _k, TEMPORAL_ADDRESS: _t, MONGODB_URI: _m, ...env } = process.env;
const cli = (...args: string[]) => {
  const { status, stdout, stderr, pid } = spawnSync(
    process.execPath,
    ['bin/run.mjs', 'services/cli/main.ts', ...args],
    { cwd: projectRoot, env, encoding: 'utf8' },
  );
  return { code: status, last: stdout.trim().split('\n').at(-1) ?? '', stderr, pid };
};

test('a command with --fresh runs on servers of its own and leaves nothing behind', () => {
  const { code, last, stderr, pid } = cli('status', '--fresh', '--json');
  expect(code, stderr).toBe(0);
  const { servers, verdicts } = Status.parse(JSON.parse(last));
  expect(Object.values(servers).every(({ ok }) => ok)).toBe(true);
  expect(verdicts).toEqual({ accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 });
  expect(readdirSync(join(projectRoot, '.chainlight'))).not.toContain(`fresh-${pid}`);
});

test('a command that needs no servers says so', () => {
  const { code, stderr } = cli('audit', 'sample-size', '--population', '482', '--fresh');
  expect(code).toBe(2);
  expect(stderr).toContain('audit sample-size needs no servers');
});
