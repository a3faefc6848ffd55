import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { tooLarge, UnpackFault } from './sink.ts';
import { unpackSnappy } from './snappy.ts';
import { unpackZstd } from './zstd.ts';

export const PACKINGS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Packing = (typeof PACKINGS)[number];

const gunzip = promisify(unzip);

/**
 * Unpacks the records of a batch, to no more than `maxBytes`.
 * @throws UnpackFault and nothing else, whatever the bytes are
 */
export async function unpack(packing: Packing, packed: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await unpackAs(packing, packed, maxBytes);
  } catch (error) {
    if (error instanceof UnpackFault) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new UnpackFault('damaged', (error as Error).message, error);
  }
}

function unpackAs(packing: Packing, packed: Buffer, maxBytes: number): Buffer | Promise<Buffer> {
  switch (packing) {
    case 'gzip':
      return gunzip(packed, { maxOutputLength: maxBytes });
    case 'snappy':
      return unpackSnappy(packed, maxBytes);
    case 'lz4':
      return unpackLz4(packed, maxBytes);
    case 'zstd':
      return unpackZstd(packed, maxBytes);
    default: {
      const unknown: never = packing;
      return unknown;
    }
  }
}
