/** What readers of BSON bytes share that are written for one shape of document, where the general reader costs too much. */
export const BSON_TYPE = {
  DOUBLE: 0x01,
  STRING: 0x02,
  DOCUMENT: 0x03,
  ARRAY: 0x04,
  BOOLEAN: 0x08,
  DATE: 0x09,
  NULL: 0x0a,
  INT32: 0x10,
  INT64: 0x12,
} as const;

const TWO_TO_32 = 2 ** 32;

export const byteAt = (buffer: Buffer, at: number): number => buffer[at] ?? 0;

export const int32At = (buffer: Buffer, at: number): number =>
  byteAt(buffer, at) |
  (byteAt(buffer, at + 1) << 8) |
  (byteAt(buffer, at + 2) << 16) |
  (byteAt(buffer, at + 3) << 24);

/** Exact up to 2^53, as numbers are. */
export const int64At = (buffer: Buffer, at: number): number =>
  int32At(buffer, at + 4) * TWO_TO_32 + (int32At(buffer, at) >>> 0);

/** Whether the zero-ended name at `at` is this one; `name` is ASCII. */
export function isNameAt(buffer: Buffer, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++)
    if (buffer[at + index] !== name.charCodeAt(index)) return false;
  return buffer[at + name.length] === 0;
}
