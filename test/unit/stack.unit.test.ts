import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cached, fetchIntoCache } from '../../services/stack/cache.ts';
import { startChild } from '../../services/stack/child.ts';
import { isAtLeast, versionIn } from '../../services/stack/commands.ts';
import { jarsChecksum } from '../../services/stack/download.ts';
import { startServers, takeLock } from '../../services/stack/index.ts';
import { erase } from '../../services/stack/part.ts';
import { choosePorts } from '../../services/stack/ports.ts';
import { identify, isAlive } from '../../services/stack/processes.ts';
import { untilReady } from '../../services/stack/ready.ts';
import type { ServerResource, StartContext } from '../../services/stack/types.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chainlight-stack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lockHolder = fileURLToPath(new URL('../support/lockHolder.ts', import.meta.url));

/** A process that takes the lock and holds it until its standard input ends; resolves with what it said first. */
async function inAnotherProcess(
  lockFolder: string,
): Promise<{ process: ChildProcess; said: string; end: () => Promise<void> }> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', lockHolder, lockFolder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(process_, 'exit');
  const [said] = (await once(createInterface({ input: process_.stdout }), 'line')) as [string];
  const end = async () => {
    process_.stdin.end();
    await exited;
  };
  return { process: process_, said, end };
}

describe('a lock', () => {
  test('is refused while its holder lives, naming the holder, and free after release', async () => {
    const lock = await takeLock(join(folder, 'lock'), { what: 'the folder' });
    await expect(takeLock(join(folder, 'lock'), { what: 'the folder' })).rejects.toMatchObject({
      code: 'LOCK_HELD',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    lock.release();
    (await takeLock(join(folder, 'lock'), { what: 'the folder' })).release();
  });

  test('held by another process is refused; after kill -9 of the holder it is taken over', async () => {
    const other = await inAnotherProcess(join(folder, 'lock'));
    expect(other.said).toBe('taken');
    await expect(takeLock(join(folder, 'lock'), { what: 'it' })).rejects.toMatchObject({
      details: { pid: other.process.pid },
    });
    const exited = once(other.process, 'exit');
    other.process.kill('SIGKILL');
    await exited;
    (await takeLock(join(folder, 'lock'), { what: 'it' })).release();
  });

  test('whose number was given to a later process is taken over', async () => {
    await mkdir(join(folder, 'lock'));
    const stale = { status: 'held', pid: process.pid, begun: 'at another time' };
    await writeFile(join(folder, 'lock', '000000007.claim'), JSON.stringify(stale));
    (await takeLock(join(folder, 'lock'), { what: 'it' })).release();
    expect(await readdir(join(folder, 'lock'))).toEqual(['000000008.claim']);
  });

  test('that is stale goes to exactly one of several processes at once', async () => {
    await mkdir(join(folder, 'lock'));
    await writeFile(
      join(folder, 'lock', '000000001.claim'),
      JSON.stringify({ status: 'held', pid: 1, begun: 'never' }),
    );
    const all = await Promise.all([1, 2, 3, 4].map(() => inAnotherProcess(join(folder, 'lock'))));
    expect(all.map((one) => one.said).sort()).toEqual(['LOCK_HELD', 'LOCK_HELD', 'LOCK_HELD', 'taken']);
    await Promise.all(all.map((one) => one.end()));
  });

  test('can be waited for', async () => {
    const lock = await takeLock(join(folder, 'lock'), { what: 'it' });
    const holders: number[] = [];
    const onWait = (pid: number) => {
      holders.push(pid);
      lock.release();
    };
    (await takeLock(join(folder, 'lock'), { what: 'it', wait: { timeoutMs: 60_000, onWait } })).release();
    expect(holders).toContain(process.pid);
  });
});

describe('the cache', () => {
  const entry = (fill: (target: string) => Promise<void>) => ({
    key: 'thing-1',
    title: 'Thing',
    how: 'by hand',
    fill,
  });

  test('fetches once for callers at the same time', async () => {
    let fills = 0;
    const fill = async (target: string) => {
      fills += 1;
      await writeFile(join(target, 'program'), 'x');
    };
    const both = await Promise.all([1, 2].map(() => fetchIntoCache(folder, entry(fill), () => {})));
    expect(fills).toBe(1);
    expect(both.map((one) => one.downloaded).sort()).toEqual([false, true]);
    expect(await readFile(join(both[0]!.folder, 'program'), 'utf8')).toBe('x');
  });

  test('is filled by one of two processes at once; the other waits and says so', async () => {
    const script = fileURLToPath(new URL('../support/cacheFiller.ts', import.meta.url));
    const fillers = [1, 2].map(() =>
      spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    const said = await Promise.all(
      fillers.map(async ({ stdout }) => (await once(createInterface({ input: stdout }), 'line'))[0]),
    );
    const results: { downloaded: boolean; lines: string[] }[] = said.map((line) => JSON.parse(line));
    results.sort((a, b) => Number(b.downloaded) - Number(a.downloaded));
    expect(results.map((result) => result.downloaded)).toEqual([true, false]);
    expect(await readFile(join(folder, 'thing-1', 'fills'), 'utf8')).toBe('x');
    expect(results[0]?.lines[0]).toBe('Thing: downloading slowly …');
  });

  test('keeps nothing of a fetch that failed, and the next one may succeed', async () => {
    const broken = async (target: string) => {
      await writeFile(join(target, 'half'), 'x');
      throw new Error('checksum');
    };
    await expect(fetchIntoCache(folder, entry(broken), () => {})).rejects.toThrow('checksum');
    expect(await cached(folder, 'thing-1')).toBeNull();
    expect(await readdir(folder)).toEqual(['.lock']);
    expect(
      await fetchIntoCache(
        folder,
        entry(async () => {}),
        () => {},
      ),
    ).toMatchObject({ downloaded: true });
  });

  test('clears what an interrupted fetch left', async () => {
    await mkdir(join(folder, '.draft-abc', 'content'), { recursive: true });
    await fetchIntoCache(
      folder,
      entry(async () => {}),
      () => {},
    );
    expect((await readdir(folder)).sort()).toEqual(['.lock', 'thing-1']);
  });
});

describe('startServers, before anything is started', () => {
  test('without any tool: one message that names every way out', async () => {
    const environment = { PATH: join(folder, 'empty') };
    const attempt = startServers({
      dataDir: join(folder, 'data'),
      cacheDir: join(folder, 'cache'),
      environment,
    });
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MISSING_TOOL' });
    const { message } = error as Error;
    const ways = [
      'KAFKA_BROKERS',
      'TEMPORAL_ADDRESS',
      'MONGODB_URI',
      'pip',
      'java',
      'mvn',
      'kafka-server-start.sh',
      '(temporal)',
      'mongod',
      'docker compose up',
    ];
    for (const way of ways) expect(message).toContain(way);
    // The folder is free again.
    (await takeLock(join(folder, 'data', 'lock'), { what: 'the folder' })).release();
  });

  test('an address of the environment that does not answer is refused, naming the variable but no password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const environment = {
      PATH: '',
      MONGODB_URI: `mongodb://user:s3cret@127.0.0.1:${port}/?serverSelectionTimeoutMS=200&directConnection=true`,
    };
    const error = await startServers({ dataDir: folder, only: ['mongodb'], environment }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('MONGODB_URI'),
    });
    expect((error as Error).message).not.toContain('s3cret');
    const kafka = startServers({
      dataDir: folder,
      only: ['kafka'],
      environment: { PATH: '', KAFKA_BROKERS: `127.0.0.1:${port}` },
    });
    await expect(kafka).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('KAFKA_BROKERS'),
    });
  });

  test('a data folder in use by another process is refused', async () => {
    const other = await inAnotherProcess(join(folder, 'lock'));
    await expect(startServers({ dataDir: folder, environment: { PATH: '' } })).rejects.toMatchObject({
      code: 'LOCK_HELD',
      message: expect.stringContaining(String(other.process.pid)),
    });
    await other.end();
  });
});

describe('ports', () => {
  test('are kept from start to start while free, and replaced when taken', async () => {
    const first = await choosePorts(folder, 'kafka', ['broker', 'controller']);
    expect(first.broker).not.toBe(first.controller);
    expect(await choosePorts(folder, 'kafka', ['broker', 'controller'])).toEqual(first);
    const squatter = createServer().listen(first.broker, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await choosePorts(folder, 'kafka', ['broker', 'controller']);
    squatter.close();
    expect(second.broker).not.toBe(first.broker);
    expect(second.controller).toBe(first.controller);
  });

  // Kafka writes some thirty lines after that one before it ends.
  const ENDS_FOR_ITS_PORT =
    'echo "java.net.BindException: Address already in use"; for i in $(seq 40); do echo "shutting down $i"; done; exit 1';
  const ENDS_OTHERWISE = 'echo "no space left on device"; exit 1';
  const STAYS = 'sleep 60';

  test.each([
    ['taken meanwhile: it starts on another', [ENDS_FOR_ITS_PORT, ENDS_FOR_ITS_PORT, STAYS], 3, null],
    ['taken each time: it gives up at last', Array(4).fill(ENDS_FOR_ITS_PORT), 3, 'START_FAILED'],
    ['not what it ended for: it is not started again', [ENDS_OTHERWISE, STAYS], 1, 'START_FAILED'],
    // What an earlier start left in the log says nothing about this one.
    ['taken only once', [ENDS_FOR_ITS_PORT, ENDS_OTHERWISE, STAYS], 2, 'START_FAILED'],
  ])('of a server %s', async (_name, scripts: readonly string[], starts, failure) => {
    let started = 0;
    const resource: ServerResource<string> = {
      name: 'kafka',
      title: 'A server',
      environmentName: 'KAFKA_BROKERS',
      obtain: async () => ({ status: 'found', source: 'path', version: '1', program: 'sh' }),
      start: async (program, { signal, dataDir }) => {
        const script = scripts[started] ?? ENDS_OTHERWISE;
        started += 1;
        const child = await startChild({
          name: 'kafka',
          command: program,
          args: ['-c', script],
          env: process.env,
          dataDir,
        });
        const attempt = async () => {
          if (script !== STAYS) throw new Error('not ready');
        };
        await untilReady({ title: 'A server', child, timeoutMs: 20_000, signal, attempt });
        return { address: 'x:1', uiUrl: null, child };
      },
      healthCheck: async () => null,
      stop: ({ child }) => child.stop(1_000),
    };
    const context: StartContext = {
      ...{ dataDir: folder, progress: () => {}, environment: {}, signal: new AbortController().signal },
      ...{ kafkaHeapMiB: 64, durable: false, secure: false },
    };
    const prepared = await erase(resource).prepare({ ...context, cacheDir: folder });
    if (prepared.status !== 'found') throw new Error('it was found');
    const outcome = prepared.start(context);
    if (failure === null) await (await outcome).stop();
    else await expect(outcome).rejects.toMatchObject({ code: failure });
    expect(started).toBe(starts);
  });
});

test('a process is told apart from another with the same number', () => {
  const me = identify(process.pid);
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, begun: `${me.begun}0` })).toBe(false);
});

test('the checksum of a folder of jars depends on names and bytes, and on nothing else in the folder', async () => {
  await writeFile(join(folder, 'b.jar'), 'b');
  await writeFile(join(folder, 'a.jar'), 'a');
  const sum = await jarsChecksum(folder);
  // `sha256sum *.jar | sha256sum` of these two files.
  expect(sum).toBe('320bce965fc440d592724c995bb80ae9df6504b1c3299b7aae543f715a364de1');
  await writeFile(join(folder, 'notes.txt'), 'x');
  expect(await jarsChecksum(folder)).toBe(sum);
  await writeFile(join(folder, 'a.jar'), 'A');
  expect(await jarsChecksum(folder)).not.toBe(sum);
});

test('versions are read and compared part by part', () => {
  expect(versionIn('db version v6.0.5')?.parts).toEqual([6, 0, 5]);
  expect(versionIn('none')).toBeNull();
  expect(isAtLeast([1, 32, 0], [1, 29])).toBe(true);
  expect(isAtLeast([1, 9], [1, 29])).toBe(false);
  expect(isAtLeast([6], [6, 0])).toBe(true);
});
