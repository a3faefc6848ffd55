import { isAscii } from 'node:buffer';
import { BSON } from 'mongodb';
import type { StoredEvent } from '../../schemas/storedEvent.ts';
import { BSON_TYPE, int32At, int64At, isNameAt } from './bsonBytes.ts';

const { DOUBLE, STRING, DATE, NULL, INT32, INT64 } = BSON_TYPE;
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
  const end = int32At(buffer, 0) - 1;
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
        const length = int32At(buffer, at);
        fields[name] = textBetween(buffer, at + 4, at + 3 + length);
        at += 4 + length;
        break;
      }
      case INT32:
        fields[name] = int32At(buffer, at);
        at += 4;
        break;
      case INT64:
        fields[name] = int64At(buffer, at);
        at += 8;
        break;
      case DOUBLE:
        fields[name] = buffer.readDoubleLE(at);
        at += 8;
        break;
      case DATE:
        fields[name] = new Date(int64At(buffer, at));
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

function textBetween(buffer: Buffer, start: number, end: number): string {
  const isPlain = end - start >= LONG_TEXT && isAscii(buffer.subarray(start, end));
  return buffer.toString(isPlain ? 'latin1' : 'utf8', start, end);
}
