import { createHash } from 'node:crypto';
import { ChainlightError } from '../../../schemas/errors.ts';

export interface FrameRow {
  readonly id: string;
  readonly cells: Readonly<Record<string, string>>;
}

/** The list that is drawn from, sorted by id, so that the order of a file changes nothing. */
export interface Frame {
  readonly columns: readonly string[];
  readonly rows: readonly FrameRow[];
}

/** Sorts the rows by id. Throws BAD_INPUT on an empty or repeated id. */
export function frameOf(columns: readonly string[], rows: readonly FrameRow[]): Frame {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  sorted.forEach((row, index) => {
    if (row.id === '') throw new ChainlightError('BAD_INPUT', 'A row of the frame has no id.');
    if (sorted[index - 1]?.id === row.id)
      throw new ChainlightError('BAD_INPUT', `The frame holds "${row.id}" more than once.`, { id: row.id });
  });
  return { columns, rows: sorted };
}

/** SHA-256 over the columns and the rows in order of id: whoever holds the frame can recompute it. */
export function frameHash(frame: Frame): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(frame.columns)}\n`);
  for (const row of frame.rows)
    hash.update(`${JSON.stringify(frame.columns.map((column) => row.cells[column] ?? ''))}\n`);
  return hash.digest('hex');
}
