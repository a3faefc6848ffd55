import { readFileSync } from 'node:fs';
import { ChainlightError } from '../../../schemas/errors.ts';
import { ByteDictionary } from './byteDictionary.ts';
import { parseDecimal } from './parseDecimal.ts';

export type ColumnRequest = { readonly name: string; readonly kind: 'text' | 'number' };

/** Cells of the requested columns, in the order of the request; an empty number is NaN. */
export type ReadColumn =
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly codes: Int32Array;
      readonly values: readonly string[];
    }
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array };

export interface ReadCsv {
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
/** The header is row 1. */
const FIRST_DATA_ROW = 2;

interface Sink {
  readonly name: string;
  readonly codes: Int32Array | null;
  readonly numbers: Float64Array | null;
  readonly dictionary: ByteDictionary | null;
}

const bad = (message: string, details: Record<string, unknown> = {}) =>
  new ChainlightError('BAD_INPUT', message, details);

/** The file's bytes. Throws BAD_INPUT where it cannot be read. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw bad(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, { file });
  }
}

/**
 * Reads columns of a comma-separated UTF-8 file with a header (RFC 4180: quotes, CRLF; a byte-order mark and empty lines
 * are passed over) straight from its bytes into typed arrays: a panel of millions of rows never becomes strings.
 * Throws BAD_INPUT on an unknown column, a row of another width, and text where a number belongs.
 */
export function readCsvColumns(bytes: Buffer, requests: readonly ColumnRequest[]): ReadCsv {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const { header, next } = readHeader(bytes, start);
  const capacity = countLines(bytes, next);
  const sinks = requests.map((request): Sink & { index: number } => {
    const index = header.indexOf(request.name);
    if (index === -1) {
      throw bad(
        `There is no column "${request.name}"; the file has ${header.map((name) => `"${name}"`).join(', ')}.`,
        {
          column: request.name,
          columns: header,
        },
      );
    }
    const isText = request.kind === 'text';
    return {
      name: request.name,
      index,
      codes: isText ? new Int32Array(capacity) : null,
      numbers: isText ? null : new Float64Array(capacity),
      dictionary: isText ? new ByteDictionary(bytes) : null,
    };
  });
  const sinksOf = header.map((_, index) => sinks.filter((sink) => sink.index === index));
  const rows = readRows(bytes, next, sinksOf);
  return {
    rows,
    columns: sinks.map((sink): ReadColumn => {
      if (sink.numbers !== null)
        return { kind: 'number', name: sink.name, values: sink.numbers.subarray(0, rows) };
      return {
        kind: 'text',
        name: sink.name,
        codes: (sink.codes ?? new Int32Array()).subarray(0, rows),
        values: sink.dictionary?.values() ?? [],
      };
    }),
  };
}

function readHeader(bytes: Buffer, start: number): { header: string[]; next: number } {
  const header: string[] = [];
  let at = start;
  const length = bytes.length;
  if (at >= length) throw bad('The file is empty.');
  for (;;) {
    const end = cellEnd(bytes, at, 1);
    header.push(trimmedText(bytes, at, end));
    at = end + 1;
    if (end >= length || bytes[end] !== COMMA) break;
  }
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined) throw bad(`The header has two columns "${repeated}".`, { column: repeated });
  return { header, next: at };
}

function countLines(bytes: Buffer, from: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function readRows(bytes: Buffer, from: number, sinksOf: readonly (readonly Sink[])[]): number {
  const width = sinksOf.length;
  const length = bytes.length;
  let at = from;
  let row = 0;
  while (at < length) {
    if (isBlankLine(bytes, at)) {
      at = bytes.indexOf(NEWLINE, at) + 1 || length;
      continue;
    }
    for (let column = 0; ; column++) {
      const end = cellEnd(bytes, at, row + FIRST_DATA_ROW);
      const sinks = sinksOf[column];
      if (sinks !== undefined) for (const sink of sinks) store(bytes, at, end, row, sink);
      const isLast = end >= length || bytes[end] === NEWLINE;
      at = end + 1;
      if (isLast) {
        if (column + 1 !== width)
          throw bad(`Row ${row + FIRST_DATA_ROW} has ${column + 1} cells; the header has ${width}.`, {
            row: row + FIRST_DATA_ROW,
          });
        break;
      }
    }
    row++;
  }
  return row;
}

function isBlankLine(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === NEWLINE || (bytes[at] === RETURN && (bytes[at + 1] === NEWLINE || at + 1 === bytes.length))
  );
}

/** Where the cell that begins at `at` ends: the next comma, line end or end of file outside quotes. */
function cellEnd(bytes: Buffer, at: number, row: number): number {
  const length = bytes.length;
  let end = at;
  while (bytes[end] === SPACE || bytes[end] === TAB) end++;
  if (bytes[end] === QUOTE) {
    end++;
    for (;;) {
      if (end >= length) throw bad(`Row ${row} has a quote that is never closed.`, { row });
      if (bytes[end] === QUOTE) {
        if (bytes[end + 1] !== QUOTE) break;
        end++;
      }
      end++;
    }
    end++;
    while (bytes[end] === SPACE || bytes[end] === TAB || bytes[end] === RETURN) end++;
    if (end < length && bytes[end] !== COMMA && bytes[end] !== NEWLINE)
      throw bad(`Row ${row} has text after a closing quote.`, { row });
    return end;
  }
  while (end < length && bytes[end] !== COMMA && bytes[end] !== NEWLINE) end++;
  return end;
}

function store(bytes: Buffer, start: number, end: number, row: number, sink: Sink): void {
  let from = start;
  let to = end;
  if (bytes[to - 1] === RETURN && to > from) to--;
  while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from++;
  while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
  if (to - from >= 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
    from++;
    to--;
  }
  if (sink.numbers !== null) {
    const value = from === to ? Number.NaN : parseDecimal(bytes, from, to);
    if (value === undefined) {
      const found = bytes.toString('utf8', from, Math.min(to, from + 40));
      throw bad(`Column "${sink.name}", row ${row + FIRST_DATA_ROW}: "${found}" is not a number.`, {
        column: sink.name,
        row: row + FIRST_DATA_ROW,
        found,
      });
    }
    sink.numbers[row] = value;
  } else if (sink.codes !== null && sink.dictionary !== null) {
    sink.codes[row] = sink.dictionary.codeOf(from, to);
  }
}

function trimmedText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end).trim();
  return text.startsWith('"') && text.endsWith('"') && text.length >= 2
    ? text.slice(1, -1).replaceAll('""', '"')
    : text;
}
