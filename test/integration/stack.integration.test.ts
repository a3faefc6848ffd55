import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { createKafka, topicOffsets } from '../../services/runtime/kafka.ts';
import { connectTemporal } from '../../services/runtime/temporal.ts';
import {
  type RunningServers,
  type ServerDescription,
  type ServerEnv,
  startServers,
  temporalTestServerPath,
} from '../../services/stack/index.ts';
import { processBegun } from '../../services/stack/processes.ts';
import { expectEachIsMissed, watchGateway } from '../support/health.ts';

const {
  KAFKA_BROKERS: _kafka,
  TEMPORAL_ADDRESS: _temporal,
  MONGODB_URI: _mongodb,
  ...withoutAddresses
} = process.env;

let folder: string;
let running: RunningServers | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chainlight-stack-'));
  running = null;
});
afterEach(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const addresses = (): ServerEnv => ({
  KAFKA_BROKERS: inject('KAFKA_BROKERS'),
  TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
  MONGODB_URI: inject('MONGODB_URI'),
});

test('addresses of the environment are used as they are: nothing is started, and stop leaves them running', async () => {
  const environment = { ...process.env, PATH: '', ...addresses() };
  const first = await startServers({ dataDir: folder, environment });
  expect(first.env).toEqual(addresses());
  expect(first.servers.map(({ source, pid }) => ({ source, pid }))).toEqual(
    Array(3).fill({ source: 'environment', pid: null }),
  );
  expect(first.servers.find((server) => server.name === 'mongodb')?.version).toMatch(/^\d+\.\d+\.\d+/);
  expect((await readdir(folder)).sort()).toEqual(['lock']);
  await first.stop();
  running = await startServers({ dataDir: folder, environment });
});

/** What a client sees of the data written by `write`. */
async function read(env: ServerEnv, id: string): Promise<unknown> {
  const mongo = new MongoClient(env.MONGODB_URI);
  const kafka = createKafka([env.KAFKA_BROKERS], 'test');
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
  try {
    const temporal = new Client({ connection });
    return {
      document: await mongo.db('kept').collection('things').countDocuments({ id }),
      partitions: (await topicOffsets(kafka, id)).length,
      workflow: (await temporal.workflow.getHandle(id).describe()).status.name,
      supplier: (await temporal.workflow.getHandle(id).describe()).searchAttributes.ChainlightSupplier,
    };
  } finally {
    await Promise.all([mongo.close(), kafka.close(), connection.close()]);
  }
}

async function write(env: ServerEnv, id: string): Promise<void> {
  const mongo = new MongoClient(env.MONGODB_URI);
  const kafka = createKafka([env.KAFKA_BROKERS], 'test');
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
  try {
    await mongo
      .db('kept')
      .collection('things')
      .insertOne({ id }, { writeConcern: { w: 'majority' } });
    const admin = await kafka.admin();
    await admin.createTopics({ topics: [{ topic: id, numPartitions: 3 }], waitForLeaders: true });
    const options = {
      workflowId: id,
      taskQueue: 'nobody',
      searchAttributes: { ChainlightSupplier: ['91510100MA00000000'] },
    };
    await new Client({ connection }).workflow.start('nothing', options);
  } finally {
    await Promise.all([mongo.close(), kafka.close(), connection.close()]);
  }
}

async function occupy(address: string): Promise<Server> {
  const squatter = createServer().listen(
    Number(/:(\d+)/.exec(address.replace('mongodb://', ''))?.[1]),
    '127.0.0.1',
  );
  await once(squatter, 'listening');
  return squatter;
}

test('data outlive a stop, and a start on other ports; a gateway says which server is missing, and comes back', async () => {
  const id = `kept-${randomUUID()}`;
  const options = { dataDir: folder, environment: withoutAddresses };
  running = await startServers(options);
  await write(running.env, id);
  const kept = { document: 1, partitions: 3, workflow: 'RUNNING', supplier: ['91510100MA00000000'] };
  expect(await read(running.env, id)).toEqual(kept);
  const gateway = await watchGateway(running.env);
  await gateway.isReady();
  await expectEachIsMissed(gateway, folder);
  const temporal = await connectTemporal(running.env.TEMPORAL_ADDRESS, 'default');
  const first = running;
  await first.stop();
  // Nothing that was asked goes on behind a connection that is closed.
  const asked = temporal.ping().catch(() => 'no answer');
  await temporal.close();
  expect(await asked).toBe('no answer');
  const missing = ['kafka', 'mongodb', 'temporal'];
  expect(await gateway.health()).toEqual({ live: 200, ready: 503, missing });

  running = await startServers(options);
  expect(running.env).toEqual(first.env);
  await gateway.isReady();
  await gateway.close();
  expect(await read(running.env, id)).toEqual(kept);
  await running.stop();

  const squatters = await Promise.all(Object.values(first.env).map(occupy));
  running = await startServers(options);
  for (const squatter of squatters) squatter.close();
  expect(running.env.MONGODB_URI).not.toBe(first.env.MONGODB_URI);
  expect(running.env.KAFKA_BROKERS).not.toBe(first.env.KAFKA_BROKERS);
  expect(await read(running.env, id)).toEqual(kept);
});

test('kill -9 of the launching process leaves no server, and the next launch goes on with the data', async () => {
  const script = fileURLToPath(new URL('../support/serversParent.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const servers: ServerDescription[] = JSON.parse(line);
  const pids = servers.map((server) => server.pid ?? 0);
  expect(pids.map(processBegun)).not.toContain(null);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.map(processBegun)).toEqual([null, null, null]), {
    timeout: 60_000,
    interval: 100,
  });
  running = await startServers({ dataDir: folder, environment: withoutAddresses });
  expect(running.servers.map((server) => server.address)).toEqual(servers.map((server) => server.address));
});

test('kill -9 of the launching process ends the simulator that it ran', async () => {
  const script = fileURLToPath(new URL('../support/scenarioParent.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  expect(processBegun(Number(pid))).not.toBeNull();
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(processBegun(Number(pid))).toBeNull(), { timeout: 20_000, interval: 100 });
});

test('the time-skipping test server is fetched and runs', async () => {
  const path = await temporalTestServerPath();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  try {
    const before = await environment.currentTimeMs();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 24 * 3_600_000);
  } finally {
    await environment.teardown();
  }
});

describe('a server that does not start', () => {
  test('is reported with the end of its log, and the others are stopped', async () => {
    const programs = join(folder, 'bin');
    await mkdir(programs);
    const fake =
      '#!/bin/sh\ncase "$1" in --version) echo "temporal version 1.9.1 (Server 1.32.0, UI 2)";; *) sleep 1; echo "no room on the disk" >&2; exit 7;; esac\n';
    await writeFile(join(programs, 'temporal'), fake);
    await chmod(join(programs, 'temporal'), 0o755);
    const dataDir = join(folder, 'data');
    const environment = { ...withoutAddresses, PATH: `${programs}:${process.env.PATH}` };
    const started: string[] = [];
    const progress = (text: string) => started.push(text);
    await expect(
      startServers({ dataDir, environment, only: ['temporal', 'mongodb'], progress }),
    ).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/exit code 7[\s\S]*no room on the disk/),
    });
    expect(started.some((text) => text.startsWith('MongoDB 6.0.5: starting'))).toBe(true);
    expect(await readdir(join(dataDir, 'run'))).toEqual([]);
    expect(await readFile(join(dataDir, 'mongodb', 'mongod.lock'), 'utf8')).toBe('');
    // The folder is free again and whole.
    const again = await startServers({ dataDir, environment: withoutAddresses, only: ['mongodb'] });
    await again.stop();
  });
});
