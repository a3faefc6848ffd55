import { damaged, Sink } from './sink.ts';

const MAGIC = 0x184d2204;
const STORED = 0x8000_0000;
const LEAST_MATCH = 4;
/** Bits of the frame's flags. */
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;

/**
 * Unpacks an LZ4 frame (LZ4 Frame Format 1.6). Checksums are not looked at: the broker did when it took the batch in.
 * @throws UnpackFault
 */
export function unpackLz4(packed: Buffer, maxBytes: number): Buffer {
  if (packed.length < 7 || packed.readUInt32LE(0) !== MAGIC) throw damaged('is no LZ4 frame');
  const flags = packed.readUInt8(4);
  if (flags & DICTIONARY) throw damaged('needs a dictionary');
  const sink = new Sink(packed.length * 3, maxBytes);
  // Flags, block size, and a byte of the header's checksum behind what the flags announce.
  let at = 4 + 2 + (flags & CONTENT_SIZE ? 8 : 0) + 1;
  for (;;) {
    if (at + 4 > packed.length) throw damaged('ends before its end mark');
    const size = packed.readUInt32LE(at);
    if (size === 0) return sink.taken();
    const end = at + 4 + (size & ~STORED);
    if (end > packed.length) throw damaged('ends inside a block');
    const block = packed.subarray(at + 4, end);
    if (size & STORED) sink.append(block);
    else unpackBlock(block, sink);
    at = end + (flags & BLOCK_CHECKSUM ? 4 : 0);
  }
}

/** One block: runs of literal bytes, each but the last followed by a repetition of earlier ones. */
function unpackBlock(block: Buffer, sink: Sink): void {
  let at = 0;
  const next = (): number => {
    const byte = block[at++];
    if (byte === undefined) throw damaged('ends inside a block');
    return byte;
  };
  /** Four bits of a length; where all are set, bytes are added up to the first that is not 255. */
  const lengthFrom = (bits: number): number => {
    let length = bits;
    if (bits === 15) {
      for (;;) {
        const more = next();
        length += more;
        if (more !== 255) break;
      }
    }
    return length;
  };
  while (at < block.length) {
    const token = next();
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length) throw damaged('ends inside literal bytes');
    sink.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    const distance = next() | (next() << 8);
    sink.repeat(distance, lengthFrom(token & 15) + LEAST_MATCH);
  }
}
