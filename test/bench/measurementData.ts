import { createHash } from 'node:crypto';
import { identityOf } from '../../schemas/envelope.ts';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import type { FirmYear } from '../../services/measurement/domain/firmYear.ts';
import { eventsOf, partitionsOf } from '../../services/runtime/eventStore.ts';
import type { Db } from '../../services/runtime/mongo.ts';
import { inventoryEvents } from './inventoryEvents.ts';

const TOPIC = 'supplier.reports';
const BATCH = 5_000;

/** Writes accepted events as ingest leaves them: one partition, its chain and its head. */
export async function storeEvents(
  db: Db,
  records: Iterable<{ key: string; value: string }>,
): Promise<number> {
  let seq = 0;
  let batch: StoredEvent[] = [];
  const flush = async () => {
    if (batch.length > 0) await eventsOf(db).insertMany(batch, { ordered: false });
    batch = [];
  };
  for (const { key, value } of records) {
    const event = JSON.parse(value) as {
      source: string;
      id: string;
      type: StoredEvent['type'];
      time: string;
      data: { period?: string };
    };
    const contentHash = createHash('sha256').update(value).digest('hex');
    seq++;
    batch.push({
      _id: identityOf(event.source, event.id),
      type: event.type,
      sourceClass: event.source.split('/')[1] as StoredEvent['sourceClass'],
      time: new Date(event.time),
      firm: key,
      period: event.data.period ?? event.time.slice(0, 7),
      correlationId: event.id,
      topic: TOPIC,
      partition: 0,
      offset: seq - 1,
      seq,
      contentHash,
      hash: contentHash,
      recordedAt: new Date(event.time),
      body: value,
    });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  await partitionsOf(db).insertOne({
    _id: `${TOPIC}/0`,
    topic: TOPIC,
    partition: 0,
    nextOffset: seq,
    seq,
    head: '',
    maxTime: null,
    lastTime: null,
    counts: { accepted: seq, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 },
  });
  return seq;
}

/** Stock closes, each firm's nomination in one city before its first. */
export function* nominatedFirms(events: number, city: string): Generator<{ key: string; value: string }> {
  const seen = new Set<string>();
  for (const record of inventoryEvents(events)) {
    if (!seen.has(record.key)) {
      seen.add(record.key);
      yield nomination(record.key, city, seen.size <= 3_000);
    }
    yield record;
  }
}

function nomination(uscc: string, city: string, isThere: boolean): { key: string; value: string } {
  const leader = '91510112MA0000007K';
  return {
    key: uscc,
    value: JSON.stringify({
      specversion: '1.0',
      id: `nominated-${uscc}`,
      source: `/chain/${leader}/erp/sap`,
      type: 'onboarding.supplier-nominated.v1',
      time: '2022-06-01T00:00:00Z',
      partitionkey: uscc,
      data: {
        supplierUscc: uscc,
        platform: 'iip',
        programme: 'sme-bench-2023',
        leaderUscc: leader,
        supplierName: uscc,
        cityCode: isThere ? city : '320500',
        industryCode: '3670',
        tier: 1,
      },
    }),
  };
}

/** Documents of firms that report nine kinds a month, as large as real ones: one year's document, for many firms. */
export function* fullYears(template: FirmYear, firms: number): Generator<FirmYear> {
  for (let index = 0; index < firms; index++) {
    const firm = `F${String(index).padStart(17, '0')}`;
    yield { ...template, _id: `${firm}/${template.year}`, firm };
  }
}
