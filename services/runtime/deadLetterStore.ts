import { createHash } from 'node:crypto';
import { Binary, type Collection, type Db } from 'mongodb';
import type { ErrorCode } from '../../schemas/errors.ts';
import { alteredBytes, type KeptBytes, keepBytes, readKept } from './keptBytes.ts';

/** A record that was not accepted, with all that came: written once, with its verdict, and never changed. */
export interface DeadLetter {
  /** `<topic>/<partition>/<offset>` */
  readonly _id: string;
  readonly reason: ErrorCode;
  readonly explanation: string;
  /** The same in Chinese; letters of before it was kept have none. */
  readonly explanationZh?: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Key and headers, byte for byte (`frameBytes`). */
  readonly frame: KeptBytes;
  /** The value, byte for byte; null for a record without one. */
  readonly original: KeptBytes | null;
  readonly originalBytes: number;
  /** SHA-256 of the bytes of frame and value, one after the other; letters of before it was kept have none. */
  readonly bytesHash?: string;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly leader: string | null;
  readonly contentHash: string;
  /** For a conflict: hash of the content that was accepted under this identity. */
  readonly conflictsWith: string | null;
  /** Id of the dead letter whose redriving brought this record. */
  readonly redriveOf: string | null;
  readonly receivedAt: Date;
  /** Whether the dead-letter topic has it too. */
  readonly published: boolean;
}

/** Key and headers of a Kafka record as they came: names in their case, names that come twice, bytes of any kind. */
export interface RecordFrame {
  readonly key: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** What was done about a dead letter; made from the events that say so. A letter without one is open. */
export type DeadLetterAct = {
  /** Id of the letter. */
  readonly _id: string;
  readonly at: Date;
  readonly actor: string;
  /** Identity of the event that records the act. */
  readonly event: string;
} & (
  | {
      readonly state: 'redriven';
      readonly redrivenTo: { readonly topic: string; readonly partition: number; readonly offset: number };
    }
  | { readonly state: 'discarded'; readonly why: string }
);

/** On a record that was redriven: the id of the dead letter it was. */
export const REDRIVE_HEADER = 'chainlight-redrive';

export const deadLettersOf = (db: Db): Collection<DeadLetter> => db.collection<DeadLetter>('dead_letters');
export const deadLetterActsOf = (db: Db): Collection<DeadLetterAct> =>
  db.collection<DeadLetterAct>('dead_letter_acts');

/** Id of the dead letter of a record. */
export const coordinatesOf = (record: { topic: string; partition: number; offset: number }): string =>
  `${record.topic}/${record.partition}/${record.offset}`;

/** A frame as bytes: header names come from outside and must never be names of fields in the database. */
export function frameBytes({ key, headers }: RecordFrame): Buffer {
  const encoded = headers.map(([name, value]) => [name, value?.toString('base64') ?? null]);
  return Buffer.from(JSON.stringify([key?.toString('base64') ?? null, encoded]));
}

/** Reads back what `frameBytes` wrote. */
export function frameFrom(bytes: Buffer): RecordFrame {
  const [key, headers] = JSON.parse(bytes.toString()) as [string | null, [string, string | null][]];
  const decode = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));
  return { key: decode(key), headers: headers.map(([name, value]) => [name, decode(value)]) };
}

/**
 * Key, headers and value of a dead letter, wherever they are kept.
 * @throws ChainlightError KEPT_BYTES_ALTERED when they are not what was refused
 */
export async function readRecord(
  db: Db,
  letter: DeadLetter,
): Promise<RecordFrame & { readonly value: Buffer | null }> {
  const [frame, value] = [await readKept(db, letter.frame), letter.original];
  const bytes = value === null ? null : await readKept(db, value);
  if (letter.bytesHash !== undefined && letter.bytesHash !== hashOf(frame, bytes))
    throw alteredBytes(letter._id, 'is not what was refused');
  return { ...frameFrom(frame), value: bytes };
}

/** Puts a record's bytes where they are kept: small ones into the letter, large ones into a file of their own. */
export async function keepRecord(
  db: Db,
  id: string,
  frame: RecordFrame,
  value: Buffer | null,
): Promise<Pick<DeadLetter, 'frame' | 'original' | 'originalBytes' | 'bytesHash'>> {
  const framed = frameBytes(frame);
  return {
    frame: await keepBytes(db, `${id}#frame`, framed),
    original: value === null ? null : await keepBytes(db, id, value),
    originalBytes: value?.length ?? 0,
    bytesHash: hashOf(framed, value),
  };
}

const hashOf = (frame: Buffer, value: Buffer | null): string =>
  createHash('sha256')
    .update(frame)
    .update(value ?? Buffer.alloc(0))
    .digest('hex');

export const isInFile = (kept: KeptBytes | null): kept is { readonly file: string } =>
  kept !== null && !(kept instanceof Binary);
