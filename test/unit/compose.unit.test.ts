import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { settings } from '../../services/stack/index.ts';

const { kafka, temporal, mongodb } = settings;
const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docker-compose.yml', root), 'utf8');
const document: unknown = parse(text);

const Service = z.object({
  image: z.string().optional(),
  build: z.string().optional(),
  user: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) })
  .parse(document);
const service = (name: string): z.infer<typeof Service> => compose.services[name]!;

/** Where the containers differ from what `npm start` runs, on purpose: why, and what shows that the entry is still true. */
const DEVIATIONS = [
  {
    what: 'fixed ports',
    why: 'containers are reached under the ports their documentation names; the launcher takes free ones so that runs stand side by side',
    holds: () =>
      service('mongodb').ports.length > 0 &&
      !Object.values(compose.services).some(({ ports }) => ports.join().includes(':0:')),
  },
  {
    what: 'servers listen on all addresses of their container',
    why: 'a published port does not end at the container’s loopback; the publication itself is bound to 127.0.0.1',
    holds: () =>
      service('temporal').command.includes('--ip=0.0.0.0') &&
      service('mongodb').command.includes('--bind_ip_all'),
  },
  {
    what: 'second Kafka listener',
    why: 'the services reach the broker as kafka:19092, clients on the host as 127.0.0.1:9092; each needs its own advertised address',
    holds: () => service('kafka').environment.KAFKA_INTER_BROKER_LISTENER_NAME === 'INTERNAL',
  },
  {
    what: 'the replica set’s member is mongodb:27017',
    why: 'the address must mean the same to the server and the services; from the host, directConnection=true is needed',
    holds: () => text.includes('directConnection=true'),
  },
  {
    what: 'Temporal runs as root',
    why: 'the image’s own user may not write to a fresh named volume',
    holds: () => service('temporal').user === '0:0',
  },
  {
    what: 'mongod keeps its UNIX socket',
    why: 'the socket file stays inside the container, where it meets no other server',
    holds: () => !service('mongodb').command.includes('--nounixsocket'),
  },
  {
    what: 'Kafka logs as its image does',
    why: 'the image brings a logging configuration of its own',
    holds: () => !Object.keys(service('kafka').environment).some((name) => name.includes('LOG4J')),
  },
];

test.each(DEVIATIONS)('deviation: $what, since $why', ({ holds }) => {
  expect(holds()).toBe(true);
});

test('the file fits the JSON Schema of the Compose Specification', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const schema = JSON.parse(readFileSync(new URL('test/reference/compose/compose-spec.json', root), 'utf8'));
  const validate = ajv.compile(schema);
  validate(document);
  expect(validate.errors).toBeNull();
  expect(validate({ services: { kafka: { image: 'x', portz: [] } } })).toBe(false);
});

test('the file says that it was never run, and names this test', () => {
  expect(text).toContain('was never run');
  expect(text).toContain('test/unit/compose.unit.test.ts');
});

describe('what is published', () => {
  test('is bound to 127.0.0.1, without exception', () => {
    for (const [name, { ports }] of Object.entries(compose.services)) {
      for (const port of ports)
        expect(port, name).toMatch(new RegExp(`^${settings.bindAddress.replaceAll('.', '\\.')}:\\d+:\\d+$`));
    }
  });

  test('are the standard ports, the same inside and outside', () => {
    const published = (port: number): string => `${settings.bindAddress}:${port}:${port}`;
    expect(service('kafka').ports).toEqual([published(kafka.standardPort)]);
    expect(service('temporal').ports).toEqual([
      published(temporal.standardPort),
      published(temporal.standardUiPort),
    ]);
    expect(service('mongodb').ports).toEqual([published(mongodb.standardPort)]);
    const port = Number(service('chainlight').environment.GATEWAY_PORT);
    expect(service('chainlight').ports).toEqual([published(port)]);
  });
});

describe('Kafka', () => {
  const { environment, image, volumes } = service('kafka');
  const variable = (property: string): string => `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`;

  test('has the launcher’s version, memory and broker properties, and no others', () => {
    expect(image).toBe(`apache/kafka:${kafka.version}`);
    expect(environment.KAFKA_HEAP_OPTS).toBe(`-Xmx${kafka.heapMiB}m`);
    const wanted = Object.fromEntries(
      Object.entries(kafka.properties).map(([property, value]) => [variable(property), value]),
    );
    const others = ['CLUSTER_ID', 'KAFKA_HEAP_OPTS', 'KAFKA_LOG_DIRS', ...Object.keys(listeners)];
    const given = Object.fromEntries(Object.entries(environment).filter(([name]) => !others.includes(name)));
    expect(given).toEqual(wanted);
  });

  test('makes no topic by itself', () => {
    expect(environment.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
  });

  const listeners = {
    KAFKA_LISTENERS: `CLIENT://:${kafka.standardPort},INTERNAL://:19092,CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `CLIENT://${settings.bindAddress}:${kafka.standardPort},INTERNAL://kafka:19092`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INTERNAL',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: `${kafka.properties['node.id']}@kafka:9093`,
  };

  test('is reached by the services and from the host under an address of its own each', () => {
    expect(environment).toMatchObject(listeners);
  });

  test('keeps its log folder on its volume', () => {
    expect(volumes).toEqual([`kafka:${environment.KAFKA_LOG_DIRS}`]);
    expect(Buffer.from(environment.CLUSTER_ID ?? '', 'base64url')).toHaveLength(16);
  });
});

test('Temporal has the launcher’s version, namespace, storage settings and search attributes', () => {
  const { image, command, volumes } = service('temporal');
  expect(image).toBe(`temporalio/temporal:${temporal.wheel.version}`);
  expect(command).toEqual([
    'server',
    'start-dev',
    '--ip=0.0.0.0',
    `--port=${temporal.standardPort}`,
    `--ui-port=${temporal.standardUiPort}`,
    '--ui-disable-news-fetch',
    `--namespace=${temporal.namespace}`,
    '--log-level=warn',
    '--log-format=json',
    '--db-filename=/data/temporal.db',
    ...temporal.sqlitePragmas.map((pragma) => `--sqlite-pragma=${pragma}`),
    ...Object.entries(temporal.searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
  ]);
  expect(volumes).toEqual(['temporal:/data']);
});

test('MongoDB has the launcher’s version and limits, and founds the same replica set', () => {
  const { image, command, healthcheck } = service('mongodb');
  expect(image).toBe(`mongo:${mongodb.version}`);
  expect(command).toEqual([
    `--replSet=${mongodb.replicaSet}`,
    '--bind_ip_all',
    `--port=${mongodb.standardPort}`,
    `--oplogSize=${mongodb.oplogMiB}`,
    `--wiredTigerCacheSizeGB=${mongodb.cacheGb}`,
    '--quiet',
    ...mongodb.parameters.map((parameter) => `--setParameter=${parameter}`),
  ]);
  expect(healthcheck?.test.at(-1)).toContain(
    `rs.initiate({ _id: '${mongodb.replicaSet}', members: [{ _id: 0, host: 'mongodb:${mongodb.standardPort}' }] })`,
  );
});

describe('the services', () => {
  const { environment, depends_on: dependsOn } = service('chainlight');

  test('get the three addresses, so that they start no server of their own', () => {
    expect(environment).toMatchObject({
      KAFKA_BROKERS: 'kafka:19092',
      TEMPORAL_ADDRESS: `temporal:${temporal.standardPort}`,
      MONGODB_URI: `mongodb://mongodb:${mongodb.standardPort}/?replicaSet=${mongodb.replicaSet}`,
    });
  });

  test('wait until each server is healthy, which each server can tell', () => {
    expect(dependsOn).toEqual({
      kafka: { condition: 'service_healthy' },
      temporal: { condition: 'service_healthy' },
      mongodb: { condition: 'service_healthy' },
    });
    for (const name of Object.keys(dependsOn)) expect(service(name).healthcheck, name).toBeDefined();
  });

  test('are built from the Dockerfile on the Node line the project names', () => {
    const dockerfile = readFileSync(new URL('Dockerfile', root), 'utf8');
    const { engines } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    const major = /\d+/.exec(engines.node)?.[0];
    expect(dockerfile).toContain(`FROM node:${major}-slim`);
    expect(dockerfile).toContain('CMD ["npm", "start"]');
  });
});

test('every named volume is declared, and every declared one is used', () => {
  const used = Object.values(compose.services).flatMap(({ volumes }) =>
    volumes.map((volume) => volume.split(':')[0]),
  );
  expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
});
