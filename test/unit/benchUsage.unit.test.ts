import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../services/runtime/config.ts';
import { wholeNumber } from '../support/commandLine.ts';

const benches = readdirSync(join(projectRoot, 'test', 'bench')).filter((file) => file.endsWith('.bench.ts'));

test.each(benches)(
  '%s says in one line what it takes, before it begins',
  { timeout: 60_000 },
  async (file) => {
    const { run } = (await import(`../bench/${file.slice(0, -'.ts'.length)}.ts`)) as {
      run(args: readonly string[]): Promise<unknown>;
    };
    const usage = `usage: npm run bench -- ${file.slice(0, -'.bench.ts'.length)} `;
    const takes = new RegExp(`^${usage}.*\\[--json\\]`);
    await expect(run(['--help'])).rejects.toMatchObject({
      exitCode: 0,
      message: expect.stringMatching(takes),
    });
    for (const wrong of [['--jsn'], ['1', '2', '3']])
      await expect(run(wrong)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(usage),
      });
  },
);

test.each(['many', '0', '1.5', ''])('a number of events is not %j', (text) => {
  expect(() => wholeNumber('--events', text, 1)).toThrow(
    `--events must be a whole number of at least 1, not '${text}'`,
  );
});

test.each([
  [
    'test/bench/main.ts',
    ['ingest', '--event', '5'],
    "Unknown option '--event'; usage: npm run bench -- ingest [--events 300000]",
  ],
  ['test/chaos/main.ts', ['--sed', '5'], "Unknown option '--sed'; usage: npm run chaos -- [--events 50000]"],
])('%s %j ends with code 2 and one line', { timeout: 120_000 }, (entry, args, start) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/run.mjs', entry, ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(start)]);
});
