import { createRequire } from 'node:module';
import type library from 'kafkajs';
import { readBatchesOurWay } from './kafkaBatches.ts';

/** A header as it stands in a record. */
export interface WireHeader {
  readonly key: string;
  readonly value: Buffer | null;
}
type HeaderValue = WireHeader['value'] | WireHeader['value'][];

/** What kafkajs hands on of a record's headers: a value each, or the list of values where a name comes again. */
export function gatherHeaders(headers: readonly WireHeader[]): Record<string, HeaderValue> {
  const gathered = new Map<string, HeaderValue>();
  for (const { key, value } of headers) {
    const before = gathered.get(key);
    if (before === undefined) gathered.set(key, value);
    else if (Array.isArray(before)) before.push(value);
    else gathered.set(key, [before, value]);
  }
  return Object.fromEntries(gathered);
}

interface Decoder {
  readVarIntArray(reader: unknown): unknown[];
}

const fromKafkajs = createRequire(import.meta.url);
let loaded: typeof library | null = null;

/** kafkajs, mended, and loaded when it is first asked for: most commands do without Kafka. */
export function loadKafkajs(): typeof library {
  if (loaded === null) {
    readBatchesOurWay();
    loaded = fromKafkajs('kafkajs') as typeof library;
    gatherInOnePass();
  }
  return loaded;
}

/**
 * kafkajs 2.2 gathers a record's headers by copying all of them for each one: a record of a megabyte that is nothing but headers would
 * hold a consumer up for hours; and it takes a header named `constructor` or `__proto__` for one that came before. This makes it gather
 * them in one pass, and by their own names only.
 */
function gatherInOnePass(): void {
  const { prototype } = fromKafkajs('kafkajs/src/protocol/decoder.js') as { prototype: Decoder };
  const headerReader = fromKafkajs('kafkajs/src/protocol/recordBatch/header/v0/decoder.js');
  const { readVarIntArray } = prototype;
  prototype.readVarIntArray = function readArray(this: Decoder, reader: unknown): unknown[] {
    const items = readVarIntArray.call(this, reader);
    if (reader !== headerReader) return items;
    const gathered = gatherHeaders(items as WireHeader[]);
    return Object.assign(items, { reduce: () => gathered });
  };
}
