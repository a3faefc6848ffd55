import { isAscii } from 'node:buffer';
import { BSON } from 'mongodb';
import type { StoredEvent } from '../../schemas/storedEvent.ts';

/** BSON element types that a stored event is made of. */
const DOUBLE = 0x01;
const STRING = 0x02;
const DATE = 0x09;
const NULL = 0x0a;
const INT32 = 0x10;
const INT64 = 0x12;
const TWO_TO_32 = 2 ** 32;
/** From this length on it pays to look first whether a text is plain ASCII. */
const LONG_TEXT = 48;

/** Fields in the order in which they are stored; others, or another order, are read more slowly. */
const USUAL_ORDER: readonly (keyof StoredEvent)[] = [
  '_id',
  'type',
  'sourceClass',
  'time',
  'firm',
  'period',
  'correlationId',
  'topic',
  'partition',
  'offset',
  'seq',
  'contentHash',
  'hash',
  'recordedAt',
  'body',
];

/**
 * Reads a stored event from its BSON. A stored event is flat, so this costs far less than the general reader; a
 * document with any other kind of element is left to that one.
 */
export function storedEventFrom(bytes: Uint8Array): StoredEvent {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Record<string, unknown> = {};
  const end = int32(buffer, 0) - 1;
  let at = 4;
  for (let index = 0; at < end; index++) {
    const type = buffer[at];
    const usual = USUAL_ORDER[index];
    const isUsual = usual !== undefined && isNameAt(buffer, at + 1, usual);
    const nameEnd = isUsual ? at + 1 + usual.length : buffer.indexOf(0, at + 1);
    const name = isUsual ? usual : buffer.toString('utf8', at + 1, nameEnd);
    at = nameEnd + 1;
    switch (type) {
      case STRING: {
        const length = int32(buffer, at);
        fields[name] = textBetween(buffer, at + 4, at + 3 + length);
        at += 4 + length;
        break;
      }
      case INT32:
        fields[name] = int32(buffer, at);
        at += 4;
        break;
      case INT64:
        fields[name] = int64(buffer, at);
        at += 8;
        break;
      case DOUBLE:
        fields[name] = buffer.readDoubleLE(at);
        at += 8;
        break;
      case DATE:
        fields[name] = new Date(int64(buffer, at));
        at += 8;
        break;
      case NULL:
        fields[name] = null;
        break;
      default:
        return BSON.deserialize(bytes) as unknown as StoredEvent;
    }
  }
  return fields as unknown as StoredEvent;
}

/** Whether a zero-ended name stands at `at`; `name` is ASCII. */
function isNameAt(buffer: Buffer, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++)
    if (buffer[at + index] !== name.charCodeAt(index)) return false;
  return buffer[at + name.length] === 0;
}

function textBetween(buffer: Buffer, start: number, end: number): string {
  const isPlain = end - start >= LONG_TEXT && isAscii(buffer.subarray(start, end));
  return buffer.toString(isPlain ? 'latin1' : 'utf8', start, end);
}

const byte = (buffer: Buffer, at: number): number => buffer[at] ?? 0;

const int32 = (buffer: Buffer, at: number): number =>
  byte(buffer, at) |
  (byte(buffer, at + 1) << 8) |
  (byte(buffer, at + 2) << 16) |
  (byte(buffer, at + 3) << 24);

const int64 = (buffer: Buffer, at: number): number =>
  int32(buffer, at + 4) * TWO_TO_32 + (int32(buffer, at) >>> 0);
