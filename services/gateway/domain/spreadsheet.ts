/** A list as a sheet: names of its columns and their cells. */
export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SheetCell[])[];
}
export type SheetCell = string | number | null;

/** Spreadsheets run what begins so as a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Excel reads a CSV as UTF-8 only with this before it. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A text that no spreadsheet takes for a formula. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

function csvCell(cell: SheetCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, UTF-8 with a byte order mark. Texts that begin like a formula get an apostrophe before them; numbers stay numbers. */
export const csvOf = ({ columns, rows }: Sheet): string =>
  `${BYTE_ORDER_MARK}${[columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
