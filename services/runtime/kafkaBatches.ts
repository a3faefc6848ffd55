import { createRequire } from 'node:module';
import { UnpackFault } from './packing/sink.ts';
import { PACKINGS, type Packing, unpack } from './packing/unpack.ts';

/**
 * What is taken in of one batch: more than any that a topic of ours takes since it stores what it unpacked (12 MiB), and little
 * enough for the memory of a process.
 */
export const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
export const MAX_RECORDS = 100_000;
/** With so much unpacked of one partition, what else the broker sent of it is left for the next time. */
const ENOUGH_BYTES = 8 * 1024 * 1024;

/** A batch whose records cannot be told apart: one message stands for all of them, its value the batch as the broker keeps it. */
export interface UnreadableBatch {
  readonly packing: Packing | 'none' | 'unknown';
  readonly fault: UnpackFault['kind'] | 'too-many';
  readonly records: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

const UNREADABLE = Symbol('unreadable batch');

/** The batch that a message stands for, where it stands for one. */
export const unreadableOf = (message: object): UnreadableBatch | undefined =>
  (message as { [UNREADABLE]?: UnreadableBatch })[UNREADABLE];

/** Places in a batch, in bytes (Kafka's record batch, magic 2). */
const AT = {
  baseOffset: 0,
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
const LENGTH_ENDS = 12;
const MAGIC = 2;
const PACKING_BITS = 0x07;
const TRANSACTION_BIT = 0x10;
const CONTROL_BIT = 0x20;

/** What of kafkajs's decoder is used here. */
interface Decoder {
  readonly buffer: Buffer;
  offset: number;
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer;
}

/**
 * Has kafkajs read what a broker sends of a partition by `readBatches`. Its own way unpacks gzip without a bound and nothing else, is
 * stuck for ever with a batch that it cannot unpack, and puts the records of a batch on the stack, which ends at some 100,000 of them.
 */
export function readBatchesOurWay(): void {
  const kafkajs = createRequire(import.meta.url);
  const path = kafkajs.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js');
  const KafkajsDecoder = kafkajs('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;
  const readRecords = kafkajs('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
    decoder: Decoder,
  ) => Promise<{ readonly records: readonly object[] }>;
  const readOldFormat = kafkajs(path) as (decoder: Decoder) => Promise<readonly object[]>;
  const module = kafkajs.cache[path];
  if (module === undefined) throw new Error('kafkajs has no decodeMessages.js that could be mended');
  module.exports = async (decoder: Decoder): Promise<readonly object[]> => {
    const before = Object.assign(new KafkajsDecoder(decoder.buffer), { offset: decoder.offset });
    const size = decoder.readInt32();
    if (size <= 0 || !decoder.canReadBytes(size)) return [];
    const bytes = decoder.readBytes(size);
    if (bytes.length > AT.magic && bytes.readInt8(AT.magic) !== MAGIC) return readOldFormat(before);
    return readBatches(bytes, async (batch) => (await readRecords(new KafkajsDecoder(batch))).records);
  };
}

/**
 * Messages of the batches that stand whole in `bytes`. The last may be cut off: a broker sends so many bytes and no more.
 * @param readRecords reads a batch that is not packed
 */
export async function readBatches(
  bytes: Buffer,
  readRecords: (batch: Buffer) => Promise<readonly object[]>,
): Promise<object[]> {
  const messages: object[] = [];
  let unpackedBytes = 0;
  for (let at = 0; at + AT.records <= bytes.length && unpackedBytes < ENOUGH_BYTES; ) {
    const end = at + LENGTH_ENDS + bytes.readInt32BE(at + AT.length);
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    const read = await readBatch(batch, readRecords);
    unpackedBytes += read.unpackedBytes;
    for (const message of read.messages) messages.push(message);
    at = end;
  }
  return messages;
}

async function readBatch(
  batch: Buffer,
  readRecords: (batch: Buffer) => Promise<readonly object[]>,
): Promise<{ readonly messages: readonly object[]; readonly unpackedBytes: number }> {
  const code = batch.readInt16BE(AT.attributes) & PACKING_BITS;
  const packing = code === 0 ? 'none' : (PACKINGS[code - 1] ?? 'unknown');
  const standIn = (fault: UnreadableBatch['fault']) => ({
    messages: [messageFor(batch, packing, fault)],
    unpackedBytes: 0,
  });
  if (batch.readInt32BE(AT.count) > MAX_RECORDS) return standIn('too-many');
  if (packing === 'unknown') return standIn('damaged');
  try {
    const plain = packing === 'none' ? batch : await unpacked(batch, packing);
    const messages = await readRecords(plain);
    return { messages, unpackedBytes: packing === 'none' ? 0 : plain.length };
  } catch (error) {
    // Whatever is wrong with a batch that came whole will be wrong with it again.
    return standIn(error instanceof UnpackFault ? error.kind : 'damaged');
  }
}

/** The same batch as it would be had nobody packed it. */
async function unpacked(batch: Buffer, packing: Packing): Promise<Buffer> {
  const records = await unpack(packing, batch.subarray(AT.records), MAX_UNPACKED_BYTES);
  const plain = Buffer.concat([batch.subarray(0, AT.records), records]);
  plain.writeInt32BE(plain.length - LENGTH_ENDS, AT.length);
  plain.writeInt16BE(batch.readInt16BE(AT.attributes) & ~PACKING_BITS, AT.attributes);
  return plain;
}

/** It stands at the batch's last offset, so that consuming goes on behind the batch wherever in it it began. */
function messageFor(
  batch: Buffer,
  packing: UnreadableBatch['packing'],
  fault: UnreadableBatch['fault'],
): object {
  const attributes = batch.readInt16BE(AT.attributes);
  const first = batch.readBigInt64BE(AT.baseOffset);
  const last = first + BigInt(batch.readInt32BE(AT.lastOffsetDelta));
  const unreadable: UnreadableBatch = {
    packing,
    fault,
    records: batch.readInt32BE(AT.count),
    firstOffset: Number(first),
    lastOffset: Number(last),
  };
  return {
    magicByte: MAGIC,
    attributes: 0,
    timestamp: String(batch.readBigInt64BE(AT.firstTimestamp)),
    offset: String(last),
    key: null,
    value: batch,
    headers: {},
    isControlRecord: (attributes & CONTROL_BIT) > 0,
    batchContext: {
      firstOffset: String(first),
      producerId: String(batch.readBigInt64BE(AT.producerId)),
      inTransaction: (attributes & TRANSACTION_BIT) > 0,
    },
    [UNREADABLE]: unreadable,
  };
}
