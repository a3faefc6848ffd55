import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Supervised, supervise } from '../../services/stack/index.ts';
import { processBegun } from '../../services/stack/processes.ts';

let folder: string;
let supervised: Supervised | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chainlight-supervise-'));
  supervised = null;
});
afterEach(async () => {
  await supervised?.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (
  behaviour: string,
  lines: string[] = [],
  extra: { graceMs?: number; readyTimeoutMs?: number } = {},
) =>
  supervise({
    name: 'fixture',
    entry: 'test/support/superviseFixture.ts',
    env: { ...process.env, FIXTURE_BEHAVIOUR: behaviour, FIXTURE_FILE: join(folder, 'file') },
    dataDir: folder,
    progress: (line) => lines.push(line),
    ...extra,
  });

test('a service is ready when it says so; stop lets it end in good order', async () => {
  supervised = await start('good');
  const pid = supervised.pid();
  expect(supervised.ready).toMatchObject({ url: 'http://127.0.0.1:1', pid });
  expect(await readFile(join(folder, 'logs', 'fixture.log'), 'utf8')).toContain('fixture says good');
  await supervised.stop();
  expect(supervised.pid()).toBeNull();
  expect(supervised.restarts()).toBe(0);
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('stopped in good order');
});

test('a service that is killed is started again, and that is reported', async () => {
  const lines: string[] = [];
  supervised = await start('good', lines);
  const first = supervised.pid() ?? 0;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(supervised?.ready.pid).not.toBe(first), { timeout: 25_000, interval: 50 });
  expect(supervised.restarts()).toBe(1);
  expect(lines).toEqual([`fixture (pid ${first}) died (SIGKILL); restarted as pid ${supervised.pid()}`]);
});

test('a service that never gets ready is given up after five tries, with the end of its log', async () => {
  const lines: string[] = [];
  await expect(start('fails', lines)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(/5 times.*exit code 3[\s\S]*fixture says fails/),
  });
  expect(lines).toHaveLength(4);
}, 60_000);

test('a service that hangs before it is ready counts as failed', async () => {
  await expect(start('silent', [], { readyTimeoutMs: 200 })).rejects.toMatchObject({ code: 'START_FAILED' });
}, 60_000);

test('a service that does not heed TERM is killed after the grace time', async () => {
  supervised = await start('stubborn', [], { graceMs: 100 });
  const pid = supervised.pid() ?? 0;
  await supervised.stop();
  expect(processBegun(pid)).toBeNull();
});

test('kill -9 of the supervising process takes the service with it', async () => {
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../support/superviseParent.ts', import.meta.url)), folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FIXTURE_BEHAVIOUR: 'good', FIXTURE_FILE: join(folder, 'file') },
    },
  );
  const [said] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  expect(processBegun(Number(said))).not.toBeNull();
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(processBegun(Number(said))).toBeNull(), { timeout: 25_000, interval: 50 });
});
