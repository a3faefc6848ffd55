import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startChild } from '../child.ts';
import { findOnPath, isAtLeast, runCommand, versionIn } from '../commands.ts';
import { GET_PIP, wheelProgram } from '../download.ts';
import { choosePorts } from '../ports.ts';
import { untilReady } from '../ready.ts';
import { settings } from '../settings.ts';
import type { ObtainContext, Obtained, ServerResource, StartContext, StartedServer } from '../types.ts';

const { bindAddress, temporal: chosen } = settings;

export interface TemporalProgram {
  readonly cli: string;
}

/** Temporal's development server with its web page: the whole service in one process, on a SQLite file. */
export const temporal: ServerResource<TemporalProgram> = {
  name: 'temporal',
  title: chosen.wheel.title,
  environmentName: 'TEMPORAL_ADDRESS',
  obtain,
  start,
  healthCheck,
  stop: (server) => server.child.stop(chosen.stopGraceMs),
};

async function obtain(context: ObtainContext): Promise<Obtained<TemporalProgram>> {
  const installed = await findOnPath('temporal', context.environment);
  const version = installed ? await serverVersion(installed, context) : null;
  if (installed && version) {
    if (isAtLeast(version.parts, chosen.minimumVersion)) {
      return { status: 'found', source: 'path', version: version.text, program: { cli: installed } };
    }
    context.progress(`Temporal ${version.text} on PATH is too old and is passed over`);
  }
  const wheel = await wheelProgram(chosen.wheel, context);
  if (wheel.status === 'missing')
    return { status: 'missing', ways: [GET_PIP, 'put the Temporal CLI (temporal) on PATH'] };
  return { status: 'found', source: wheel.source, version: chosen.version, program: { cli: wheel.path } };
}

/** The version of the server inside the CLI, from a line like "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)". */
async function serverVersion(cli: string, context: ObtainContext): Promise<ReturnType<typeof versionIn>> {
  const { ok, output } = await runCommand(cli, ['--version'], { env: context.environment });
  return ok ? versionIn(/Server ([\d.]+)/.exec(output)?.[1] ?? '') : null;
}

async function start(program: TemporalProgram, context: StartContext): Promise<StartedServer> {
  const ports = await choosePorts(context.dataDir, 'temporal', ['frontend', 'ui']);
  const address = `${bindAddress}:${ports.frontend}`;
  const folder = join(context.dataDir, 'temporal');
  await mkdir(folder, { recursive: true });
  const storage = [
    '--db-filename',
    join(folder, 'temporal.db'),
    ...chosen.sqlitePragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
  ];
  const attributes = Object.entries(chosen.searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  context.progress(`${temporal.title}: starting on ${address} …`);
  const child = await startChild({
    name: 'temporal',
    command: program.cli,
    args: [
      ...['server', 'start-dev', '--ip', bindAddress, '--port', String(ports.frontend)],
      ...['--ui-port', String(ports.ui), '--ui-disable-news-fetch', '--namespace', chosen.namespace],
      ...['--log-level', 'warn', '--log-format', 'json'],
      ...attributes,
      ...(context.durable ? storage : []),
    ],
    env: withoutClientSettings(context.environment),
    dataDir: context.dataDir,
  });
  const server: StartedServer = { address, uiUrl: `http://${bindAddress}:${ports.ui}`, child };
  try {
    const attempt = () => healthCheck(address, 5_000);
    await untilReady({
      title: temporal.title,
      child,
      timeoutMs: chosen.startTimeoutMs,
      signal: context.signal,
      attempt,
    });
  } catch (error) {
    await temporal.stop(server);
    throw error;
  }
  return server;
}

/** The CLI reads TEMPORAL_* variables as its own options; those of the user's cloud account do not belong here. */
function withoutClientSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** The frontend is serving, and the namespace is there. */
async function healthCheck(address: string, timeoutMs: number): Promise<string | null> {
  const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
  try {
    return await connection.withDeadline(Date.now() + timeoutMs, async () => {
      const health = await connection.healthService.check({
        service: 'temporal.api.workflowservice.v1.WorkflowService',
      });
      if (health.status !== SERVING)
        throw new Error(`Temporal at ${address} reports health status ${health.status}`);
      await connection.workflowService.describeNamespace({
        namespace: process.env.TEMPORAL_NAMESPACE ?? chosen.namespace,
      });
      const { serverVersion: version } = await connection.workflowService.getSystemInfo({});
      return version || null;
    });
  } finally {
    await connection.close();
  }
}

/** `SERVING` of gRPC's health protocol. */
const SERVING = 1;
