import { damaged, Sink, tooLarge } from './sink.ts';

/** What Kafka's Java clients put before chunks of Snappy (snappy-java's stream); librdkafka writes one chunk without it. */
const JAVA_MAGIC = Buffer.from('82534e4150505900', 'hex');
const JAVA_HEADER_BYTES = JAVA_MAGIC.length + 8;

/**
 * Unpacks Snappy as Kafka's clients write it.
 * @throws UnpackFault
 */
export function unpackSnappy(packed: Buffer, maxBytes: number): Buffer {
  const sink = new Sink(packed.length * 3, maxBytes);
  if (!packed.subarray(0, JAVA_MAGIC.length).equals(JAVA_MAGIC)) {
    unpackChunk(packed, sink, maxBytes);
    return sink.taken();
  }
  if (packed.length <= JAVA_HEADER_BYTES) throw damaged('holds no chunk');
  for (let at = JAVA_HEADER_BYTES; at < packed.length; ) {
    if (at + 4 > packed.length) throw damaged('ends inside the size of a chunk');
    const end = at + 4 + packed.readUInt32BE(at);
    if (end > packed.length) throw damaged('ends inside a chunk');
    unpackChunk(packed.subarray(at + 4, end), sink, maxBytes);
    at = end;
  }
  return sink.taken();
}

/** One chunk (Snappy's format description): its unpacked size, then literal bytes and repetitions of this chunk's earlier ones. */
function unpackChunk(chunk: Buffer, sink: Sink, maxBytes: number): void {
  const first = sink.length;
  let at = 0;
  const next = (): number => {
    const byte = chunk[at++];
    if (byte === undefined) throw damaged('ends inside a chunk');
    return byte;
  };
  const number = (bytes: number): number => {
    let value = 0;
    for (let place = 0; place < bytes; place++) value += next() * 2 ** (8 * place);
    return value;
  };
  let size = 0;
  for (let place = 0; ; place++) {
    const byte = next();
    if (place > 4) throw damaged('states no size');
    size += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) break;
  }
  if (first + size > maxBytes) throw tooLarge(maxBytes);
  while (at < chunk.length) {
    const tag = next();
    const bits = tag >> 2;
    switch (tag & 3) {
      case 0: {
        const count = 1 + (bits < 60 ? bits : number(bits - 59));
        if (at + count > chunk.length) throw damaged('ends inside literal bytes');
        sink.append(chunk.subarray(at, at + count));
        at += count;
        break;
      }
      case 1:
        sink.repeat(((tag >> 5) << 8) | next(), 4 + (bits & 7), first);
        break;
      case 2:
        sink.repeat(number(2), 1 + bits, first);
        break;
      default:
        sink.repeat(number(4), 1 + bits, first);
    }
    if (sink.length - first > size) throw damaged('holds more than it states');
  }
  if (sink.length - first !== size) throw damaged('holds less than it states');
}
