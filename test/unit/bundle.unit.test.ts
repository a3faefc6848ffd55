import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram } from '../../services/cli/program.ts';
import { projectRoot } from '../../services/runtime/config.ts';

const root = mkdtempSync(join(tmpdir(), 'bundle-'));
const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
const start = `
  const { bundled } = await import(process.env.BUNDLER);
  await import(await bundled(process.env.BUNDLED_ROOT, 'services/cli/main.ts'));
`;
const run = (folder: string, ...args: string[]) => runWith({}, folder, ...args);
const runWith = (env: Record<string, string>, folder: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', start, '--', 'main', ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      BUNDLER: pathToFileURL(join(projectRoot, 'bin/bundle.mjs')).href,
      BUNDLED_ROOT: folder,
      CHAINLIGHT_ROOT: projectRoot,
      ...env,
    },
  });

beforeAll(() => {
  for (const folder of ['bin', 'services/cli', 'schemas', 'workflows'])
    mkdirSync(join(root, folder), { recursive: true });
  write('package-lock.json', '{}');
  write('services/cli/data.json', '"beside the source"');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a changed source is bundled anew, and files beside a source are found', () => {
  const main = (text: string): string =>
    `import { readFileSync } from 'node:fs';
     const text: string = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'));
     console.log('${text}', text, process.argv.slice(2).join(' '));
     process.exitCode = 3;`;
  write('services/cli/main.ts', main('one'));
  expect(run(root, 'a', 'b')).toMatchObject({ status: 3, stdout: 'one beside the source a b\n' });
  expect(run(root).stdout).toBe('one beside the source \n');
  expect(readdirSync(join(root, '.chainlight/programs'))).toHaveLength(1);
  write('services/cli/main.ts', main('another'));
  expect(run(root).stdout).toBe('another beside the source \n');
});

test('a source that cannot be read is named, and nothing half-built is kept', () => {
  write('services/cli/main.ts', 'const = 1;');
  const { status, stderr } = run(root);
  expect(status).not.toBe(0);
  expect(stderr).toContain('services/cli/main.ts:1:6');
  expect(readdirSync(join(root, '.chainlight/programs')).filter((name) => name.includes('.'))).toEqual([]);
});

test('the bundle has every command of the sources', async () => {
  const lines: string[] = [];
  const program = await buildProgram({ out: (text) => lines.push(text), err: () => {}, exitCode: 0 });
  const names = program.commands.map((command) => command.name());
  const { stdout, stderr } = run(projectRoot, '--help');
  expect(stderr).toBe('');
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
});

test('a command that has nothing to do with Kafka does not load its client', () => {
  const { status, stdout, stderr } = runWith({ NODE_DEBUG: 'module' }, projectRoot, 'explain', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('figure-id');
  expect(stderr).toMatch(/load ".*node_modules/);
  expect(stderr).not.toMatch(/node_modules.kafkajs/);
});
