import { Envelope, identityOf } from '../../../schemas/envelope.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { readSource } from '../../../schemas/sources.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { periodOf } from '../../../schemas/time.ts';
import type { ChainEntry } from './chain.ts';
import { sha256 } from './validate.ts';

const FIELDS = new Set([
  '_id',
  'type',
  'sourceClass',
  'time',
  'firm',
  'period',
  'correlationId',
  'topic',
  'partition',
  'offset',
  'seq',
  'contentHash',
  'hash',
  'recordedAt',
  'body',
]);

/**
 * Compares a stored event with the verdict that accepted it: its body by hash, and every other field with what the body says.
 * @param where the partition that it must stand in
 * @param accepted the verdict, the head of the chain after it, and when it was recorded
 * @returns what differs, or null
 */
export function faultOfEvent(
  event: StoredEvent,
  where: { readonly topic: string; readonly partition: number },
  { entry, head, recordedAt }: { entry: ChainEntry; head: string; recordedAt: Date },
): string | null {
  const strange = Object.keys(event).find((key) => !FIELDS.has(key));
  if (strange !== undefined) return `field ${strange} was added`;
  if (typeof event.body !== 'string' || sha256(event.body) !== entry.contentHash)
    return 'body is not what was accepted';
  const expected: Partial<Record<keyof StoredEvent, unknown>> = {
    ...readFields(event.body),
    topic: where.topic,
    partition: where.partition,
    _id: entry.identity,
    offset: entry.offset,
    contentHash: entry.contentHash,
    hash: head,
    recordedAt: recordedAt.getTime(),
  };
  for (const [field, value] of Object.entries(expected)) {
    const actual = event[field as keyof StoredEvent];
    const comparable = actual instanceof Date ? actual.getTime() : actual;
    if (comparable !== value) return `${field} is not what was accepted`;
  }
  return null;
}

function readFields(body: string): Partial<Record<keyof StoredEvent, unknown>> {
  const event = Envelope.parse(JSON.parse(body));
  const definition = EVENT_TYPES.get(event.type);
  const reading = readSource(event.source);
  const about = definition?.about ?? null;
  const period = event.data.period;
  return {
    _id: identityOf(event.source, event.id),
    type: event.type,
    sourceClass: 'source' in reading ? reading.source.class : null,
    time: Date.parse(event.time),
    firm: about === null ? null : event.data[about],
    period: typeof period === 'string' ? period : periodOf(new Date(event.time)),
    correlationId: event.correlationid ?? event.id,
  };
}
