import { ChainlightError } from '../../../schemas/errors.ts';
import type { ResultRow } from '../domain/draw.ts';
import { readBytes } from './csvColumns.ts';
import { readTable } from './tableCsv.ts';

/** The header is row 1. */
const FIRST_DATA_ROW = 2;
const COLUMNS = ['uscc', 'result'];

/** Rows of a results file: JSON (an array of objects) by its first character, CSV otherwise. Throws BAD_INPUT. */
export function readResultRows(file: string): ResultRow[] {
  const bytes = readBytes(file);
  if (bytes.toString('utf8', 0, 100).trimStart().startsWith('['))
    return jsonRows(bytes, file).map((cells, index) => ({ row: index + 1, cells }));
  const { columns, rows } = readTable(bytes);
  const missing = COLUMNS.find((column) => !columns.includes(column));
  if (missing !== undefined)
    throw new ChainlightError('BAD_INPUT', `${file} has no column "${missing}".`, { column: missing });
  return (
    rows
      .map((cells, index) => ({ row: index + FIRST_DATA_ROW, cells }))
      // A form may be handed in with firms that are not done yet.
      .filter(({ cells }) => cells.result !== '' || (cells.comment ?? '') !== '')
  );
}

function jsonRows(bytes: Buffer, file: string): Readonly<Record<string, unknown>>[] {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>[];
  } catch {
    throw new ChainlightError('BAD_INPUT', `${file} is not JSON.`, { file });
  }
}
