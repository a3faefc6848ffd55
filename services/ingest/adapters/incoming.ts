import { isUtf8 } from 'node:buffer';
import type { RecordFrame } from '../../runtime/deadLetterStore.ts';
import { groupHeaders, type KafkaMessage } from '../../runtime/kafka.ts';
import { unreadableOf } from '../../runtime/kafkaBatches.ts';
import type { IncomingRecord } from '../domain/record.ts';

const REPLACEMENT = '\ufffd';
const ATTRIBUTE_PREFIX = 'ce_';

/** A Kafka message as the judges see it: header names in lower case, of each the first value, as text. */
export function toIncoming(
  topic: string,
  partition: number,
  message: Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'offset'>,
): IncomingRecord {
  const headers: Record<string, string> = {};
  let headerFault: IncomingRecord['headerFault'];
  for (const [rawName, value] of Object.entries(message.headers ?? {})) {
    const name = rawName.toLowerCase();
    const first = Array.isArray(value) ? value[0] : value;
    if (first === undefined || first === null) continue;
    const text = first.toString();
    if (name.startsWith(ATTRIBUTE_PREFIX)) {
      if (Array.isArray(value) || Object.hasOwn(headers, name)) headerFault ??= { name, kind: 'repeated' };
      if (text.includes(REPLACEMENT) && Buffer.isBuffer(first) && !isUtf8(first))
        headerFault ??= { name, kind: 'not-utf8' };
    }
    headers[name] = text;
  }
  const unreadable = unreadableOf(message);
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? null,
    headers,
    value: message.value,
    ...(headerFault === undefined ? {} : { headerFault }),
    ...(unreadable === undefined ? {} : { unreadable }),
    raw: { key: message.key, headers: message.headers ?? {} },
  };
}

/** A record whose bytes were kept, as it came the first time. */
export function fromFrame(
  at: Pick<IncomingRecord, 'topic' | 'partition' | 'offset'>,
  frame: RecordFrame,
  value: Buffer | null,
): IncomingRecord {
  const { key } = frame;
  const headers = groupHeaders(frame.headers);
  return toIncoming(at.topic, at.partition, { key, value, headers, offset: String(at.offset) });
}

/** Key and headers of a record, every byte of them. */
export function frameOf({ key, headers, raw }: IncomingRecord): RecordFrame {
  if (raw === undefined) {
    const plain = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const);
    return { key: key === null ? null : Buffer.from(key), headers: plain };
  }
  return {
    key: raw.key,
    headers: Object.entries(raw.headers).flatMap(([name, value]) =>
      [value]
        .flat()
        .map((one) => [name, one === null || one === undefined ? null : Buffer.from(one)] as const),
    ),
  };
}
