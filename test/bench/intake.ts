import { setTimeout as sleep } from 'node:timers/promises';
import { ACTS, erpTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { verdictsOf } from '../../services/ingest/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import { hasReached } from '../../services/runtime/eventTail.ts';
import {
  createKafka,
  createProducer,
  ensureBaseTopics,
  ensureTopics,
  send,
} from '../../services/runtime/kafka.ts';
import type { Mongo } from '../../services/runtime/mongo.ts';
import { readCursor } from '../../services/runtime/projector.ts';
import { end, firstLine, start } from './ingest.bench.ts';
import { inventoryEvents } from './inventoryEvents.ts';

const LEADER = '91510112MA0000007K';
const SOURCE = `/chain/${LEADER}/erp/sap`;
const RECORDS_AT_ONCE = 1_000;

interface KafkaRecord {
  readonly key: string;
  readonly value: string;
}

export interface IntakeOptions {
  readonly brokers: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stockCloses: number;
  /** City of the first `cityFirms` firms; the others are nominated in Suzhou. */
  readonly city: string;
  readonly cityFirms: number;
}

/**
 * Brings a leader, the nominations of its suppliers and their stock closes through Kafka, the ingest process and the
 * measurement process. The time runs from the first verdict until everything is measured.
 */
export async function takeIn(
  mongo: Mongo,
  options: IntakeOptions,
): Promise<{ events: number; eventsPerS: number }> {
  const kafka = createKafka([...options.brokers], 'bench');
  await ensureBaseTopics(kafka);
  await ensureTopics(kafka, [erpTopic(LEADER)]);
  const producer = await createProducer(kafka);
  const produce = async (topic: string, records: Iterable<KafkaRecord>): Promise<number> => {
    let sent = 0;
    let batch: KafkaRecord[] = [];
    const flush = async (): Promise<void> => {
      const headers = { 'content-type': 'application/cloudevents+json' };
      await send(
        producer,
        topic,
        batch.map((record) => ({ ...record, headers })),
      );
      sent += batch.length;
      batch = [];
    };
    for (const record of records) {
      batch.push(record);
      if (batch.length === RECORDS_AT_ONCE) await flush();
    }
    await flush();
    return sent;
  };
  const events =
    (await produce(ACTS, [leaderRegistration()])) +
    (await produce(erpTopic(LEADER), nominations(options))) +
    (await produce(SUPPLIER_REPORTS, inventoryEvents(options.stockCloses)));
  await producer.disconnect();
  await kafka.close();

  const measurement = start('services/measurement/main.ts', [], options.env);
  await firstLine(measurement);
  const processes = [measurement, start('services/ingest/main.ts', [], options.env)];
  try {
    while (!(await isMeasured(mongo, events))) {
      if (processes.some((one) => one.exitCode !== null))
        throw new Error('a process of the intake ended early');
      await sleep(50);
    }
    const endMs = Date.now();
    const [first] = await verdictsOf(mongo.db).find().sort({ recordedAt: 1 }).limit(1).toArray();
    if (first === undefined) throw new Error('nothing was judged');
    return { events, eventsPerS: Math.round(events / ((endMs - first.recordedAt.getTime()) / 1_000)) };
  } finally {
    for (const one of processes) await end(one);
  }
}

/** @throws when an event was refused: the bench would then measure something else */
async function isMeasured(mongo: Mongo, events: number): Promise<boolean> {
  const heads = await partitionsOf(mongo.db).find().toArray();
  const counted = (kind: 'accepted' | 'parked' | 'rejected'): number =>
    heads.reduce((sum, { counts }) => sum + counts[kind], 0);
  if (counted('rejected') > 0) throw new Error('an event was refused');
  if (counted('accepted') < events) return false;
  const ends = Object.fromEntries(heads.map(({ _id, seq }) => [_id, seq]));
  return hasReached(await readCursor(mongo.db, measurementProjector.name), ends);
}

const cloudEvent = (fields: Record<string, unknown>): KafkaRecord => ({
  key: String(fields.partitionkey),
  value: JSON.stringify({ specversion: '1.0', datacontenttype: 'application/json', ...fields }),
});

const leaderRegistration = (): KafkaRecord =>
  cloudEvent({
    type: 'leader.registered.v1',
    source: '/system/registry',
    id: `leader/${LEADER}`,
    partitionkey: LEADER,
    time: '2022-01-01T00:00:00Z',
    data: { leaderUscc: LEADER, name: 'Bench leader', sources: [SOURCE] },
  });

function* nominations({ stockCloses, city, cityFirms }: IntakeOptions): Generator<KafkaRecord> {
  const seen = new Set<string>();
  for (const { key: uscc } of inventoryEvents(stockCloses)) {
    if (seen.has(uscc)) return;
    seen.add(uscc);
    yield cloudEvent({
      type: 'relation.declared.v1',
      source: SOURCE,
      id: `relation-${uscc}`,
      partitionkey: uscc,
      time: '2022-01-02T00:00:00Z',
      data: { buyerUscc: LEADER, supplierUscc: uscc, validFrom: '2022-01-01' },
    });
    yield cloudEvent({
      type: 'onboarding.supplier-nominated.v1',
      source: SOURCE,
      id: `nominated-${uscc}`,
      partitionkey: uscc,
      time: '2022-06-01T00:00:00Z',
      data: {
        supplierUscc: uscc,
        platform: 'iip',
        programme: 'sme-bench-2023',
        leaderUscc: LEADER,
        supplierName: uscc,
        cityCode: seen.size <= cityFirms ? city : '320500',
        industryCode: '3670',
        tier: 1,
      },
    });
  }
}
