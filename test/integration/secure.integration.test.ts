import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { ACTS, erpTopic, receiptsTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { createRegistry, emitLines, type Registry } from '../../services/gateway/index.ts';
import { rehearseTopic, startIngest } from '../../services/ingest/index.ts';
import { kafkaSettings } from '../../services/runtime/config.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import {
  createKafka,
  createProducer,
  type KafkaClient,
  openKafka,
  type Producer,
  send,
} from '../../services/runtime/kafka.ts';
import { offsetsOf, readRanges } from '../../services/runtime/kafkaRead.ts';
import { type KafkaRole, READ_ONCE_GROUPS, type SignIn } from '../../services/runtime/kafkaSecurity.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { type RunningServers, startServers } from '../../services/stack/index.ts';
import { credentialsPath } from '../../services/stack/servers/kafkaSecurity.ts';
import {
  LEADER,
  LEADER_SOURCE,
  orderPlaced,
  relationDeclared,
  testUscc,
  uniqueName,
} from '../support/events.ts';
import { eventually } from '../support/stream.ts';

const OTHER = testUscc(999_001);
/** Kafka's names of an error and of what caused it. */
const typesOf = (error: Error): string[] => [
  ...('type' in error ? [String(error.type)] : []),
  ...(error.cause instanceof Error ? typesOf(error.cause) : []),
];
const logger = createLogger('test', { level: 'silent' });

describe('a broker that asks for a sign-in', () => {
  let dataDir: string;
  let servers: RunningServers<{ KAFKA_BROKERS?: string }>;
  let broker: string;
  let mongo: Mongo;
  let registry: Registry;
  let ingest: { stop(): Promise<void> };
  const clients: KafkaClient[] = [];
  const producers: Producer[] = [];

  const as = (role: KafkaRole): KafkaClient => {
    const config = z
      .object(kafkaSettings)
      .parse({ KAFKA_BROKERS: broker, KAFKA_CREDENTIALS_FILE: credentialsPath(dataDir) });
    const client = openKafka(config, role, logger);
    clients.push(client);
    return client;
  };
  const signedIn = (sasl: SignIn | null): KafkaClient => {
    const client = createKafka([broker], uniqueName('test'), logger, { ssl: false, sasl });
    clients.push(client);
    return client;
  };
  const leader = async (uscc: string): Promise<KafkaClient> => {
    const made = await registry.issueCredentials(uscc);
    if (made === null) throw new Error('no credentials');
    return signedIn({ ...made, mechanism: 'scram-sha-256' });
  };
  const register = (uscc: string): Promise<unknown> =>
    registry.registerLeader({ uscc, name: 'Test leader', sources: [`/chain/${uscc}/erp/sap`] });
  const lines = (...events: Record<string, unknown>[]): Readable =>
    Readable.from([Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))]);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'secure-'));
    servers = await startServers({
      dataDir,
      only: ['kafka'],
      secure: true,
      kafkaHeapMiB: 256,
      environment: { ...process.env, KAFKA_BROKERS: undefined },
    });
    broker = servers.env.KAFKA_BROKERS ?? '';
    mongo = await connectMongo(inject('MONGODB_URI'), uniqueName('secure'));
    const kafka = as('ingest');
    const producer = await createProducer(kafka);
    producers.push(producer);
    ingest = await startIngest({
      mongo,
      kafka,
      producer,
      logger,
      now: () => new Date(),
      clock: { clock: 'stream', latenessMs: 0, quietMs: 60_000 },
      onFatal: (error) => {
        throw error;
      },
    });
    registry = createRegistry({ kafka: as('registrar'), db: mongo.db, logger, now: () => new Date() });
    await register(LEADER);
    await register(OTHER);
  }, 180_000);
  afterAll(async () => {
    await ingest?.stop();
    await registry?.close();
    for (const producer of producers) await producer.disconnect();
    for (const client of clients) await client.close();
    await mongo?.db.dropDatabase();
    await mongo?.close();
    await servers?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const produce = async (client: KafkaClient, topic: string): Promise<string> => {
    const producer = client.kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    try {
      await send(producer, topic, [{ key: null, value: 'rubbish' }]);
      return 'taken';
    } catch (error) {
      return error instanceof Error ? typesOf(error).join(' ') : 'an error';
    } finally {
      await producer.disconnect();
    }
  };

  it('keeps its passwords in files that their owner alone can read', async () => {
    for (const file of [credentialsPath(dataDir), join(dataDir, 'kafka', 'server.properties')])
      expect(((await stat(file)).mode & 0o777).toString(8), file).toBe('600');
  });

  it('knows nobody without a password, nor with a wrong one', async () => {
    const stranger = signedIn(null).kafka.admin({ retry: { retries: 0 } });
    await expect(stranger.connect().then(() => stranger.describeCluster())).rejects.toThrow();
    await stranger.disconnect();
    const wrong = {
      mechanism: 'scram-sha-256',
      username: 'chainlight-gateway',
      password: 'x'.repeat(20),
    } as const;
    await expect(
      signedIn(wrong)
        .kafka.admin({ retry: { retries: 0 } })
        .connect(),
    ).rejects.toThrow(/[Aa]uthentication/);
  });

  it('takes a leader’s events on its own topic, and ingest takes them in', async () => {
    const own = await leader(LEADER);
    const result = await emitLines(own, lines(relationDeclared(), orderPlaced('secure-1')), erpTopic(LEADER));
    expect(result).toMatchObject({ sent: 2, refusedByBroker: [] });
    const stored = await eventually('the order', () =>
      eventsOf(mongo.db).findOne({ _id: `${LEADER_SOURCE} secure-1` }),
    );
    expect(stored).toMatchObject({ topic: erpTopic(LEADER), type: 'order.placed.v1' });
  });

  it('refuses a leader on every topic but its own, line by line', async () => {
    const own = await leader(LEADER);
    const forged = [orderPlaced('forged-1'), orderPlaced('forged-2')];
    const { sent, refusedByBroker } = await emitLines(own, lines(...forged), erpTopic(OTHER));
    expect(sent).toBe(0);
    expect(refusedByBroker).toEqual([
      { line: 1, reason: expect.stringContaining('TOPIC_AUTHORIZATION_FAILED') },
      { line: 2, reason: expect.stringContaining('TOPIC_AUTHORIZATION_FAILED') },
    ]);
    for (const topic of [ACTS, SUPPLIER_REPORTS, receiptsTopic(LEADER)])
      expect(await produce(own, topic), topic).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  it('lets ingest and redrive read a leader’s topic once, in groups that are gone afterwards', async () => {
    const topic = erpTopic(LEADER);
    const { rehearsal, records } = await rehearseTopic(as('ingest'), LEADER, 100, mongo.db, new Date());
    expect(records).toBe(2);
    expect(rehearsal.counts.accepted).toBe(2);
    const redrive = as('redrive');
    let read = 0;
    await readRanges(redrive, topic, await offsetsOf(redrive, topic), () => void read++);
    expect(read).toBe(2);
    const { groups } = await (await as('gateway').admin()).listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(READ_ONCE_GROUPS))).toEqual([]);
  });

  it('lets a forged source through to ingest, which refuses it', async () => {
    const own = await leader(LEADER);
    const forged = { ...orderPlaced('forged-3'), source: `/chain/${OTHER}/erp/sap` };
    await emitLines(own, lines(forged), erpTopic(LEADER));
    const dead = await eventually('the dead letter', () =>
      deadLettersOf(mongo.db).findOne({ eventId: 'forged-3' }),
    );
    expect(dead).toMatchObject({ reason: 'NOT_AUTHORISED', topic: erpTopic(LEADER) });
  });

  it('ends a leader’s earlier password when a new one is made', async () => {
    const earlier = await leader(OTHER);
    await (await earlier.admin()).listTopics();
    await leader(OTHER);
    const again = signedIn(earlier.security.sasl);
    await expect(again.kafka.admin({ retry: { retries: 0 } }).connect()).rejects.toThrow(/[Aa]uthentication/);
  });

  it('lets the gateway and redrive write to every topic, and no other principal', async () => {
    const own = erpTopic(LEADER);
    for (const role of ['gateway', 'redrive'] as const)
      expect(await produce(as(role), own), role).toBe('taken');
    for (const role of ['ingest', 'measurement', 'onboarding', 'registrar'] as const)
      expect(await produce(as(role), own), role).toBe('TOPIC_AUTHORIZATION_FAILED');
    expect(await produce(as('simulator'), ACTS)).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  it('lets the registrar alone admit somebody', async () => {
    const impostor = createRegistry({ kafka: as('gateway'), db: mongo.db, logger, now: () => new Date() });
    await expect(impostor.issueCredentials(LEADER)).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
    await impostor.close();
  });
});
