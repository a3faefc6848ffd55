import { ChainlightError } from '../../../schemas/errors.ts';
import { type Frame, frameOf } from '../domain/frame.ts';
import { readBytes } from './csvColumns.ts';
import { readTable } from './tableCsv.ts';

/** A sampling frame from a CSV file; ids from `idColumn`, or else from a column `id`, or else from the first one. Throws BAD_INPUT. */
export function readFrameCsv(file: string, idColumn?: string): Frame {
  const { columns, rows } = readTable(readBytes(file));
  const id = idColumn ?? (columns.includes('id') ? 'id' : columns[0]);
  if (id === undefined || !columns.includes(id)) {
    throw new ChainlightError(
      'BAD_INPUT',
      `There is no column "${id}"; the frame has ${columns.map((name) => `"${name}"`).join(', ')}.`,
      { column: id },
    );
  }
  return frameOf(
    columns,
    rows.map((cells) => ({ id: cells[id] ?? '', cells })),
  );
}
