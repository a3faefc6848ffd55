import { setTimeout as sleep } from 'node:timers/promises';
import { ACTS, erpTopic, isStreamTopic, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { onboardingProjector } from '../../services/onboarding/index.ts';
import { partitionKeyOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import { hasReached } from '../../services/runtime/eventTail.ts';
import {
  createProducer,
  endOffsets,
  ensureTopics,
  type KafkaClient,
  type Producer,
  send,
} from '../../services/runtime/kafka.ts';
import type { Mongo } from '../../services/runtime/mongo.ts';
import { projectOnce, readCursor } from '../../services/runtime/projector.ts';
import { testUscc } from '../support/events.ts';
import { inventoryEvents } from './inventoryEvents.ts';

export const MONTHS = 36;
const SUPPLIERS_OF_A_LEADER = 400;
const LEADERS_SERIAL = 500_000;
const BATCH = 1_000;
/** Capitals of provinces and more: enough cities for a ranking. */
const CITIES = Array.from({ length: 30 }, (_, index) => `${11 + index}0100`);
const HEADERS = { 'content-type': 'application/cloudevents+json' };

export interface GatewayWorld {
  readonly suppliers: readonly string[];
  readonly leaders: readonly string[];
  readonly cities: readonly string[];
}

/** The firms and cities of a programme of so many suppliers; the same every time. */
export const worldOf = (suppliers: number): GatewayWorld => ({
  suppliers: [...firstMonth(suppliers)],
  leaders: Array.from({ length: Math.ceil(suppliers / SUPPLIERS_OF_A_LEADER) }, (_, index) =>
    testUscc(LEADERS_SERIAL + index),
  ),
  cities: CITIES,
});

/** Sends all that a large programme has said: leaders, relations, plans, nominations, and 36 months of stock closes of each supplier. */
export async function sendWorld(kafka: KafkaClient, world: GatewayWorld): Promise<void> {
  const { suppliers: firms, leaders } = world;
  await ensureTopics(kafka, [ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS, ...leaders.map(erpTopic)]);
  const producer = await createProducer(kafka);
  const leaderOf = (index: number): string => leaders[Math.floor(index / SUPPLIERS_OF_A_LEADER)] ?? '';
  await sendAll(
    producer,
    ACTS,
    leaders.map((uscc) =>
      act('leader.registered.v1', uscc, `leader/${uscc}`, {
        leaderUscc: uscc,
        name: `Leader ${uscc.slice(-4)}`,
        sources: [`/chain/${uscc}/erp/bench`],
      }),
    ),
  );
  await sendAll(
    producer,
    ACTS,
    firms.map((uscc, index) =>
      act('relation.declared.v1', uscc, `relation/${uscc}`, {
        buyerUscc: leaderOf(index),
        supplierUscc: uscc,
        validFrom: '2022-01-01',
      }),
    ),
  );
  await sendAll(producer, PROGRAMME_EVENTS, CITIES.map(plan));
  for (const [index, leader] of leaders.entries()) {
    const own = firms.slice(index * SUPPLIERS_OF_A_LEADER, (index + 1) * SUPPLIERS_OF_A_LEADER);
    await sendAll(
      producer,
      erpTopic(leader),
      own.map((uscc, place) => nomination(leader, uscc, place)),
    );
  }
  let batch: { key: string; value: string }[] = [];
  for (const record of inventoryEvents(firms.length * MONTHS)) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    await sendAll(producer, SUPPLIER_REPORTS, batch);
    batch = [];
  }
  await sendAll(producer, SUPPLIER_REPORTS, batch);
  await producer.disconnect();
}

/** Waits until everything is judged, measured and projected; the onboardings are projected here, without Temporal. */
export async function settle(mongo: Mongo, kafka: KafkaClient): Promise<void> {
  const topics = (await (await kafka.admin()).listTopics()).filter(isStreamTopic);
  const ends = await endOffsets(kafka, topics);
  for (;;) {
    const heads = await partitionsOf(mongo.db).find().toArray();
    const judged = new Map(heads.map((head) => [head._id, head.nextOffset]));
    if (Object.entries(ends).every(([key, end]) => (judged.get(key) ?? 0) >= end)) break;
    await sleep(200);
  }
  await onboardingProjector.ensureIndexes(mongo.db);
  while (await projectOnce(mongo, onboardingProjector)) {
    // One batch at a time.
  }
  const heads = await partitionsOf(mongo.db).find().toArray();
  const chain = Object.fromEntries(
    heads.map((head) => [partitionKeyOf(head.topic, head.partition), head.seq]),
  );
  while (!hasReached(await readCursor(mongo.db, 'measurement'), chain)) await sleep(200);
  while ((await mongo.db.collection('summaries').countDocuments()) < 3) await sleep(200);
}

function* firstMonth(suppliers: number): Generator<string> {
  let count = 0;
  for (const { key } of inventoryEvents(suppliers * MONTHS)) {
    if (count++ === suppliers) return;
    yield key;
  }
}

async function sendAll(
  producer: Producer,
  topic: string,
  records: readonly { key: string; value: string }[],
): Promise<void> {
  for (let at = 0; at < records.length; at += BATCH)
    await send(
      producer,
      topic,
      records.slice(at, at + BATCH).map((record) => ({ ...record, headers: HEADERS })),
    );
}

const event = (key: string, fields: Record<string, unknown>) => ({
  key,
  value: JSON.stringify({ specversion: '1.0', time: '2022-01-05T00:00:00Z', partitionkey: key, ...fields }),
});
const act = (type: string, key: string, id: string, data: object) =>
  event(key, { type, id, source: '/system/registry', data });
const nomination = (leader: string, uscc: string, place: number) => {
  const cityCode = CITIES[place % CITIES.length];
  const data = {
    supplierUscc: uscc,
    leaderUscc: leader,
    platform: 'bench',
    programme: `sme-${cityCode}-2022`,
    supplierName: `Supplier ${uscc.slice(8, 17)}`,
    cityCode,
    industryCode: '3670',
  };
  return event(uscc, {
    type: 'onboarding.supplier-nominated.v1',
    id: `nominated/${uscc}`,
    source: `/chain/${leader}/erp/bench`,
    data,
  });
};
const plan = (city: string) =>
  event(city, {
    type: 'target.plan-published.v1',
    id: `plan/${city}`,
    source: `/bureau/${city}/plans`,
    data: {
      cityCode: city,
      cityName: `City ${city}`,
      programme: `sme-${city}-2022`,
      batch: 1,
      planVersion: 1,
      regionClass: 'west',
      targetFirms: 300,
      windowFrom: '2022-01-01',
      windowTo: '2026-12-31',
    },
  });
