import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_RECORDS,
  MAX_UNPACKED_BYTES,
  readBatches,
  unreadableOf,
} from '../../../services/runtime/kafkaBatches.ts';
import { UnpackFault } from '../../../services/runtime/packing/sink.ts';
import { PACKINGS, type Packing, unpack } from '../../../services/runtime/packing/unpack.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** `Hello` and then `llo` four times over, by hand from each format's description: a literal and a repetition into itself. */
const SAMPLE = `Hello${'llo'.repeat(4)}`;
const OF_SAMPLE: readonly (readonly [string, Packing, Buffer])[] = [
  ['Snappy as librdkafka writes it', 'snappy', hex('11 10 48656c6c6f 2e 0300')],
  [
    'Snappy as Java writes it',
    'snappy',
    hex('82534e4150505900 00000001 00000001 0000000a 11 10 48656c6c6f 2e 0300'),
  ],
  ['LZ4', 'lz4', hex('04224d18 60 40 82 09000000 58 48656c6c6f 0300 00 00000000')],
  ['LZ4, stored', 'lz4', hex('04224d18 60 40 82 11000080 48656c6c6f6c6c6f6c6c6f6c6c6f6c6c6f 00000000')],
  ['Zstandard, stored', 'zstd', hex('28b52ffd 00 58 890000 48656c6c6f6c6c6f6c6c6f6c6c6f6c6c6f')],
  ['gzip', 'gzip', gzipSync(SAMPLE)],
];

describe('unpacking', () => {
  it.each(OF_SAMPLE)('%s', async (_, packing, packed) => {
    expect((await unpack(packing, packed, SAMPLE.length)).toString()).toBe(SAMPLE);
    await expect(unpack(packing, packed, SAMPLE.length - 1)).rejects.toMatchObject({ kind: 'too-large' });
    for (let length = 0; length < packed.length - 4; length++)
      await expect(unpack(packing, packed.subarray(0, length), 100)).rejects.toBeInstanceOf(UnpackFault);
  });

  it('fails in no other way, and goes beyond no bound, whatever the bytes are', async () => {
    const samples = fc.constantFrom(...OF_SAMPLE).map(([, packing, packed]) => ({ packing, packed }));
    const altered = fc
      .tuple(samples, fc.array(fc.tuple(fc.nat(64), fc.nat(255)), { maxLength: 4 }))
      .map(([{ packing, packed }, changes]) => {
        const bytes = Buffer.from(packed);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return { packing, packed: bytes };
      });
    const anything = fc.record({
      packing: fc.constantFrom(...PACKINGS),
      packed: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(altered, anything), async ({ packing, packed }) => {
        const outcome = await unpack(packing, packed, 1_000).catch((error: unknown) => error);
        if (Buffer.isBuffer(outcome)) expect(outcome.length).toBeLessThanOrEqual(1_000);
        else expect(outcome).toBeInstanceOf(UnpackFault);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes no memory for a window that a few bytes of Zstandard claim', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const claimed = hex('28b52ffd 00 88 890000 48656c6c6f6c6c6f6c6c6f6c6c6f6c6c6f');
    expect((await unpack('zstd', claimed, 1_024)).toString()).toBe(SAMPLE);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});

/** A batch of Kafka around what is or claims to be its records. */
function batch(records: Buffer, { offset = 0, count = 1, attributes = 0 } = {}): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(offset), 0);
  header.writeInt32BE(49 + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(count - 1, 23);
  header.writeInt32BE(count, 57);
  return Buffer.concat([header, records]);
}
const GZIP = 1;
const packed = (bytes: number, offset: number) =>
  batch(gzipSync(Buffer.alloc(bytes)), { offset, attributes: GZIP });
/** As the client reads it: one message that holds all. */
const asOne = async (bytes: Buffer) => [{ offset: String(bytes.readBigInt64BE(0)), size: bytes.length - 61 }];

describe('batches of a partition', () => {
  it('are read in turn, up to one that was cut off', async () => {
    const bytes = Buffer.concat([packed(10, 0), batch(Buffer.alloc(20), { offset: 1 }), packed(30, 2)]);
    const read = await readBatches(bytes.subarray(0, -1), asOne);
    expect(read).toEqual([
      { offset: '0', size: 10 },
      { offset: '1', size: 20 },
    ]);
  });

  it('many that unpack to a thousand times their size are not all unpacked at once', async () => {
    const bytes = Buffer.concat(Array.from({ length: 20 }, (_, offset) => packed(3 * 1024 * 1024, offset)));
    expect(await readBatches(bytes, asOne)).toHaveLength(3);
  });

  it.each([
    ['too-large', packed(MAX_UNPACKED_BYTES + 1, 7)],
    ['too-many', batch(Buffer.alloc(0), { offset: 7, count: MAX_RECORDS + 1 })],
    ['damaged', batch(Buffer.from('no gzip'), { offset: 7, count: 3, attributes: GZIP })],
    ['damaged', batch(Buffer.alloc(9), { offset: 7, attributes: 6 })],
  ] as const)('one that is %s comes as one message, at its last offset and with all its bytes', async (fault, bytes) => {
    const count = bytes.readInt32BE(57);
    const [message, ...others] = await readBatches(Buffer.concat([bytes, packed(10, 900_000)]), asOne);
    expect(message).toMatchObject({ offset: String(7 + count - 1), value: bytes, key: null, headers: {} });
    expect(unreadableOf(message ?? {})).toMatchObject({
      fault,
      records: count,
      firstOffset: 7,
      lastOffset: 6 + count,
    });
    expect(others).toEqual([{ offset: '900000', size: 10 }]);
  });

  it('one whose records cannot be read though it was not packed is no different', async () => {
    const [message] = await readBatches(batch(Buffer.from('x')), () =>
      Promise.reject(new RangeError('beyond')),
    );
    expect(unreadableOf(message ?? {})).toMatchObject({ fault: 'damaged', packing: 'none' });
  });
});
