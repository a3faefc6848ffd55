import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0d, 0x20]);

/** Whether a line holds nothing, or nothing but blanks, tabs and carriage returns: no record, whoever reads it. */
export const isBlankLine = (line: Buffer): boolean => line.every((byte) => BLANKS.has(byte));

/**
 * The lines of a byte stream without their line feed, as bytes. A line of more than `maxBytes` comes as 'too-long' and is
 * not kept in memory. What follows the last line feed is a line when it is not empty.
 */
export async function* linesOf(input: Readable, maxBytes: number): AsyncGenerator<Buffer | 'too-long'> {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (): Buffer | 'too-long' => {
    const line = size > maxBytes ? 'too-long' : Buffer.concat(parts, size);
    parts = [];
    size = 0;
    return line;
  };
  const keep = (part: Buffer): void => {
    size += part.length;
    if (size > maxBytes) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  for await (const chunk of input) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      keep(bytes.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(bytes.subarray(start));
  }
  if (size > 0) yield take();
}
