import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Collection, Db } from 'mongodb';
import { type KeptBytes, keepBytes, readKept } from '../../runtime/keptBytes.ts';
import { type Frame, frameHash } from '../domain/frame.ts';

interface KeptFrame {
  /** Hash of the frame. */
  readonly _id: string;
  readonly content: KeptBytes;
}

const framesOf = (db: Db): Collection<KeptFrame> => db.collection<KeptFrame>('audit_frames');

/** Keeps the list that a sample was drawn from, under its hash. */
export async function keepFrame(db: Db, frame: Frame): Promise<void> {
  const _id = frameHash(frame);
  const packed = await promisify(gzip)(Buffer.from(JSON.stringify(frame)));
  const content = await keepBytes(db, `audit-frame/${_id}`, packed);
  await framesOf(db).updateOne(
    { _id },
    { $setOnInsert: { content } },
    { upsert: true, writeConcern: { w: 'majority' } },
  );
}

/** The frame of that hash; null where it was not kept, or is no longer what it was. */
export async function readFrame(db: Db, hash: string): Promise<Frame | null> {
  const kept = await framesOf(db).findOne({ _id: hash });
  if (kept === null) return null;
  const content = await promisify(gunzip)(await readKept(db, kept.content));
  const frame = JSON.parse(content.toString('utf8')) as Frame;
  return frameHash(frame) === hash ? frame : null;
}
