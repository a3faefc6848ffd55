import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ChainlightError } from '../../../schemas/errors.ts';
import { kafkaSettings } from '../../runtime/config.ts';
import { createKafka } from '../../runtime/kafka.ts';
import { type KafkaSecurity, OPEN, securityOf } from '../../runtime/kafkaSecurity.ts';
import { exists } from '../cache.ts';
import { startChild } from '../child.ts';
import { runCommand } from '../commands.ts';
import { choosePorts } from '../ports.ts';
import { untilReady } from '../ready.ts';
import { settings } from '../settings.ts';
import type { ServerResource, StartContext, StartedServer } from '../types.ts';
import { type KafkaProgram, obtainKafka } from './kafkaProgram.ts';
import { adminSecurity, admitServices, localCredentials, securedProperties } from './kafkaSecurity.ts';

const { bindAddress, kafka: chosen } = settings;
const KafkaSettings = z.object(kafkaSettings);

/** Apache Kafka without ZooKeeper: one process is broker and controller. */
export const kafka: ServerResource<KafkaProgram> = {
  name: 'kafka',
  title: `Kafka ${chosen.version}`,
  environmentName: 'KAFKA_BROKERS',
  obtain: obtainKafka,
  start,
  healthCheck: (address, timeoutMs) =>
    healthCheck(
      address,
      timeoutMs,
      securityOf(KafkaSettings.parse({ ...process.env, KAFKA_BROKERS: address }), 'gateway'),
    ),
  stop: (server) => server.child.stop(chosen.stopGraceMs),
};

async function start(program: KafkaProgram, context: StartContext): Promise<StartedServer> {
  const folder = join(context.dataDir, 'kafka');
  await mkdir(folder, { recursive: true });
  const ports = await choosePorts(context.dataDir, 'kafka', ['broker', 'controller']);
  const address = `${bindAddress}:${ports.broker}`;
  const properties = join(folder, 'server.properties');
  const credentials = context.secure ? await localCredentials(context.dataDir) : null;
  await writeFile(
    properties,
    toProperties({
      ...chosen.properties,
      ...listeners(ports),
      ...(credentials === null ? {} : securedProperties(credentials)),
      'log.dirs': join(folder, 'data'),
    }),
    { mode: 0o600 },
  );
  await writeFile(join(folder, 'log4j2.properties'), LOGGING);
  const java = (heapMiB: number, mainClass: string, args: readonly string[]): string[] => [
    `-Xmx${heapMiB}m`,
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
    '-cp',
    join(program.jars, '*'),
    mainClass,
    ...args,
  ];
  const meta = join(folder, 'data', 'meta.properties');
  if (!(await exists(meta))) {
    const clusterId = newClusterId();
    const args = java(256, 'kafka.tools.StorageTool', [
      'format',
      '-t',
      clusterId,
      '-c',
      properties,
      '--ignore-formatted',
    ]);
    const format = await runCommand(program.java, args, {
      env: context.environment,
      timeoutMs: chosen.startTimeoutMs,
    });
    if (!format.ok)
      throw new ChainlightError(
        'START_FAILED',
        `Kafka's storage could not be formatted:\n${format.output.trim()}`,
      );
  }
  context.signal.throwIfAborted();
  context.progress(`${kafka.title}: starting on ${address} …`);
  const child = await startChild({
    name: 'kafka',
    command: program.java,
    args: java(context.kafkaHeapMiB, 'kafka.Kafka', [properties]),
    env: context.environment,
    dataDir: context.dataDir,
  });
  const server: StartedServer = { address, uiUrl: null, child };
  try {
    const security = credentials === null ? OPEN : adminSecurity(credentials);
    // Another broker that took the port in the meantime would answer there too: ours is of this cluster.
    const clusterId = /^cluster\.id=(.*)$/m.exec(await readFile(meta, 'utf8'))?.[1];
    const attempt = () => healthCheck(address, 5_000, security, clusterId);
    await untilReady({
      title: kafka.title,
      child,
      timeoutMs: chosen.startTimeoutMs,
      signal: context.signal,
      attempt,
    });
    if (credentials !== null) await admitServices(address, credentials);
  } catch (error) {
    await kafka.stop(server);
    throw error;
  }
  return server;
}

function listeners(ports: { broker: number; controller: number }): Record<string, string> {
  return {
    listeners: `CLIENT://${bindAddress}:${ports.broker},CONTROLLER://${bindAddress}:${ports.controller}`,
    'advertised.listeners': `CLIENT://${bindAddress}:${ports.broker}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `${chosen.properties['node.id']}@${bindAddress}:${ports.controller}`,
  };
}

/** A random id as Kafka writes it. It never begins with a dash: the storage tool would read it as an option. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}

/** Java's properties format gives the backslash a meaning of its own. */
function toProperties(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

const LOGGING = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
# At every start Kafka would list its two hundred settings several times over.
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = WARN
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
`;

/** The brokers answer with the cluster's metadata. Kafka does not tell its version. */
async function healthCheck(
  address: string,
  timeoutMs: number,
  security: KafkaSecurity,
  clusterId?: string,
): Promise<null> {
  const brokers = address.split(',').map((broker) => broker.trim());
  // The Kafka client tries again for long; a port where nobody listens shall be known at once.
  await Promise.any(brokers.map((broker) => connectOnce(broker, timeoutMs))).catch((error: unknown) => {
    throw error instanceof AggregateError ? error.errors[0] : error;
  });
  const admin = createKafka(brokers, 'chainlight-launcher', undefined, security).kafka.admin({
    retry: { retries: 0 },
  });
  const patience = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`Kafka at ${address} did not answer within ${timeoutMs} ms`);
  });
  late.catch(() => {});
  try {
    const answer = admin.connect().then(() => admin.describeCluster());
    answer.catch(() => {});
    const cluster = await Promise.race([answer, late]);
    if (clusterId !== undefined && cluster.clusterId !== clusterId)
      throw new Error(`Kafka at ${address} is of cluster ${cluster.clusterId}, not ${clusterId}`);
    if (cluster.brokers.length === 0) throw new Error(`Kafka at ${address} has no live broker yet`);
  } finally {
    patience.abort();
    await admin.disconnect().catch(() => {});
  }
  return null;
}

function connectOnce(address: string, timeoutMs: number): Promise<void> {
  const colon = address.lastIndexOf(':');
  const socket = createConnection({
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    timeout: timeoutMs,
  });
  return new Promise<void>((done, fail) => {
    socket.once('connect', done);
    socket.once('timeout', () => fail(new Error(`${address} did not answer within ${timeoutMs} ms`)));
    socket.once('error', fail);
  }).finally(() => socket.destroy());
}
