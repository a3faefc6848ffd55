import { parse } from 'csv-parse/sync';
import { ChainlightError } from '../../../schemas/errors.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** A CSV file as rows of trimmed texts, the header included. Throws BAD_INPUT where it is not one. */
export function readRecords(bytes: Buffer): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw new ChainlightError('BAD_INPUT', error instanceof Error ? error.message : String(error));
  }
}

/** A CSV file with a header as records of trimmed texts. Throws BAD_INPUT where it is not one. */
export function readTable(bytes: Buffer): Table {
  const [columns, ...rest] = readRecords(bytes);
  if (columns === undefined) throw new ChainlightError('BAD_INPUT', 'The file is empty.');
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new ChainlightError('BAD_INPUT', `The header has two columns "${repeated}".`);
  return {
    columns,
    rows: rest.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']))),
  };
}
