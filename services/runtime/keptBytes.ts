import { createHash } from 'node:crypto';
import { Binary, type Db, GridFSBucket, type ObjectId } from 'mongodb';
import { ChainlightError } from '../../schemas/errors.ts';
import { isUnavailable } from './mongo.ts';

/** Bytes in a document, or the id of the GridFS file that holds them. */
export type KeptBytes = Binary | { readonly file: string };

/** What is larger goes into a file: documents end at 16 MiB, and lists of them should stay light. */
export const INLINE_BYTES = 1024 * 1024;
export const FILES_BUCKET = 'originals';
const CHUNK_BYTES = 255 * 1024;

interface FileChunk {
  readonly _id: ObjectId;
  readonly files_id: string;
  readonly n: number;
  readonly data: Binary;
}

interface FileEntry {
  readonly _id: string;
  readonly length: number;
  readonly chunkSize: number;
  readonly uploadDate: Date;
  readonly filename: string;
  readonly metadata: { readonly sha256: string };
}

/**
 * Keeps bytes under an id; large ones as a GridFS file. Bytes under one id are always the same (a Kafka record does not
 * change), so whoever is interrupted, or writes them at the same time as another process, leaves the same file behind.
 * That is why the chunks are upserted here: the driver's own upload fails on an id that exists.
 */
export async function keepBytes(db: Db, id: string, bytes: Buffer): Promise<KeptBytes> {
  if (bytes.length <= INLINE_BYTES) return new Binary(bytes);
  const files = db.collection<FileEntry>(`${FILES_BUCKET}.files`);
  if ((await files.countDocuments({ _id: id }, { limit: 1 })) > 0) return { file: id };
  const chunks = db.collection<FileChunk>(`${FILES_BUCKET}.chunks`);
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
  const writes = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, n) => {
    const data = new Binary(bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES));
    return { updateOne: { filter: { files_id: id, n }, update: { $setOnInsert: { data } }, upsert: true } };
  });
  await chunks.bulkWrite(writes, { ordered: false });
  await files.updateOne(
    { _id: id },
    {
      $setOnInsert: {
        length: bytes.length,
        chunkSize: CHUNK_BYTES,
        uploadDate: new Date(),
        filename: id,
        metadata: { sha256: createHash('sha256').update(bytes).digest('hex') },
      },
    },
    { upsert: true },
  );
  return { file: id };
}

/**
 * Reads kept bytes back.
 * @throws ChainlightError KEPT_BYTES_ALTERED when a file is gone or is not what was kept
 */
export async function readKept(db: Db, kept: KeptBytes): Promise<Buffer> {
  if (kept instanceof Binary) return Buffer.from(kept.buffer);
  const bucket = new GridFSBucket(db, { bucketName: FILES_BUCKET });
  const files = db.collection<FileEntry>(`${FILES_BUCKET}.files`);
  const stated = await files.findOne({ _id: { $eq: kept.file } });
  const parts: Buffer[] = [];
  try {
    // The bucket's types know ids that the driver made; ours are record coordinates.
    for await (const part of bucket.openDownloadStream(kept.file as unknown as ObjectId))
      parts.push(part as Buffer);
  } catch (cause) {
    if (isUnavailable(cause)) throw cause;
    throw alteredBytes(kept.file, 'is gone or lacks a piece', cause);
  }
  const bytes = Buffer.concat(parts);
  if (stated?.metadata?.sha256 !== createHash('sha256').update(bytes).digest('hex'))
    throw alteredBytes(kept.file, 'is not what was kept');
  return bytes;
}

/** What was kept under an id is not that any more. */
export function alteredBytes(id: string, what: string, cause?: unknown): ChainlightError {
  return new ChainlightError('KEPT_BYTES_ALTERED', `the original of ${id} ${what}`, { id }, { cause });
}
