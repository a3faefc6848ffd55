import writeXlsxFile from 'write-excel-file/node';
import type { Sheet } from '../domain/spreadsheet.ts';

const WIDEST = 60;
const NARROWEST = 10;

/** A workbook of one sheet; texts are texts, whatever they begin with: a cell of this library is a formula only where it says so. */
export function xlsxOf({ columns, rows }: Sheet, name: string): Promise<Buffer> {
  const head = columns.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  const body = rows.map((row) =>
    row.map((value) =>
      value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String },
    ),
  );
  const widths = columns.map((column, index) => ({
    width: Math.min(
      WIDEST,
      Math.max(
        NARROWEST,
        column.length * 2,
        ...rows.slice(0, 200).map((row) => String(row[index] ?? '').length + 2),
      ),
    ),
  }));
  return writeXlsxFile([head, ...body], { sheet: name, columns: widths, stickyRowsCount: 1 }).toBuffer();
}
