import { Decompress } from 'fzstd';
import { damaged, tooLarge } from './sink.ts';

const MAGIC = 0xfd2fb528;
const SINGLE_SEGMENT = 0x20;
const LEAST_WINDOW_LOG = 10;

/**
 * Unpacks Zstandard, piece by piece, until it is done or more than is allowed.
 * @throws UnpackFault
 */
export function unpackZstd(packed: Buffer, maxBytes: number): Buffer {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const stream = new Decompress((piece) => {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  });
  stream.push(withBoundWindow(packed, maxBytes), true);
  return Buffer.concat(pieces);
}

/**
 * A frame states how far back it may refer, and the decoder takes memory for that first: up to 128 MiB, of a few bytes. No
 * frame refers back further than to its beginning, so a window of what is allowed in all is enough.
 */
function withBoundWindow(packed: Buffer, maxBytes: number): Buffer {
  if (packed.length < 6 || packed.readUInt32LE(0) !== MAGIC) throw damaged('is no Zstandard frame');
  const flags = packed.readUInt8(4);
  if (flags & SINGLE_SEGMENT) {
    if (contentBytes(packed, flags) > maxBytes) throw tooLarge(maxBytes);
    return packed;
  }
  const most = Math.max(0, Math.ceil(Math.log2(maxBytes)) - LEAST_WINDOW_LOG);
  if (packed.readUInt8(5) >> 3 < most) return packed;
  const bound = Buffer.from(packed);
  bound.writeUInt8(most << 3, 5);
  return bound;
}

/** The size that a frame of one segment states: it stands behind the dictionary's id. */
function contentBytes(packed: Buffer, flags: number): number {
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const at = 5 + dictionaryBytes;
  const size = 1 << (flags >> 6);
  if (at + size > packed.length) throw damaged('ends inside its header');
  if (size === 8) return Number(packed.readBigUInt64LE(at));
  return packed.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}
