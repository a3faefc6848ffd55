import { ChainlightError } from '../../../schemas/errors.ts';
import type { Edge } from '../domain/exposure.ts';
import { readBytes } from './csvColumns.ts';
import { parseDecimal } from './parseDecimal.ts';
import { readRecords } from './tableCsv.ts';

const bad = (message: string, details: Record<string, unknown>) =>
  new ChainlightError('BAD_INPUT', message, details);

/**
 * Edges from the first two columns of a CSV file, with the volume of trade from a named column where one is asked for (an empty cell: not
 * known). The first row is a header unless both of its cells are known unit ids. Throws BAD_INPUT, naming row and column.
 */
export function readEdgesCsv(file: string, unitIds: readonly string[], volume?: string): Edge[] {
  const records = readRecords(readBytes(file));
  const known = new Set(unitIds);
  const [first = []] = records;
  const hasHeader = volume !== undefined || !first.slice(0, 2).every((cell) => known.has(cell));
  const volumeAt = volume === undefined ? -1 : first.indexOf(volume);
  if (volume !== undefined && volumeAt === -1)
    throw bad(
      `There is no column "${volume}" in ${file}; it has ${first.map((name) => `"${name}"`).join(', ')}.`,
      { file, column: volume },
    );
  return records.flatMap((cells, index): Edge[] => {
    const [left, right] = cells;
    if (left === undefined || right === undefined)
      throw bad(`${file} must have two columns of unit ids.`, { file });
    if (index === 0 && hasHeader) return [];
    if (left === '' || right === '')
      throw bad(`${file}, row ${index + 1}: a unit id is empty.`, { file, row: index + 1 });
    if (volume === undefined) return [[left, right]];
    return [[left, right, volumeOf(cells[volumeAt] ?? '', { file, row: index + 1, column: volume })]];
  });
}

function volumeOf(text: string, at: { file: string; row: number; column: string }): number | null {
  if (text === '') return null;
  const bytes = Buffer.from(text);
  const value = parseDecimal(bytes, 0, bytes.length);
  if (value === undefined || value < 0)
    throw bad(`Column "${at.column}", row ${at.row} of ${at.file}: "${text}" is not a volume of trade.`, at);
  return value;
}
