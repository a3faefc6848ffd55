import { ChainlightError } from '../../../schemas/errors.ts';
import type { Edge } from '../domain/exposure.ts';
import { readBytes } from './csvColumns.ts';
import { readRecords } from './tableCsv.ts';

/**
 * Edges from the first two columns of a CSV file. The first row is a header unless both of its cells are known unit ids.
 * Throws BAD_INPUT.
 */
export function readEdgesCsv(file: string, unitIds: readonly string[]): Edge[] {
  const records = readRecords(readBytes(file));
  const known = new Set(unitIds);
  return records.flatMap((cells, index): Edge[] => {
    const [left, right] = cells;
    if (left === undefined || right === undefined) {
      throw new ChainlightError('BAD_INPUT', `${file} must have two columns of unit ids.`, { file });
    }
    const isHeader = index === 0 && !(known.has(left) && known.has(right));
    return isHeader ? [] : [[left, right]];
  });
}
