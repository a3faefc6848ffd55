/** Reading of lists as spreadsheets write them (RFC 4180), and as people paste them: with tabs or Chinese commas. */

/**
 * The text of a file. Excel on Chinese Windows writes plain CSV in GBK, of which GB18030 is the whole, and “Unicode text” in UTF-16
 * with its mark.
 * @returns null where it is a text in none of them: a guess would put other names in the place of those in the file
 */
export function decodeText(bytes: Uint8Array): string | null {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  for (const encoding of isUtf16 ? ['utf-16le'] : ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? null : text;
    } catch {
      // Not in this encoding.
    }
  }
  return null;
}

export interface CsvRecord {
  /** Counted from 1, blank ones too, as a spreadsheet counts its rows. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Whether its quotes match; where they do not, nobody can tell where a cell ends. */
  readonly isSound: boolean;
}

/** A cell in quotes, with what stands before a separator or the end of the line. */
const QUOTED = /[^\S\t\r\n]*"([^"]*(?:""[^"]*)*)"[^\S\t\r\n]*(?=[,，\t\r\n]|$)/y;
const PLAIN = /[^,，\t\r\n]*/y;
const PLAIN_UNTIL: Readonly<Record<string, RegExp>> = {
  ',': /[^,\r\n]*/y,
  '，': /[^，\r\n]*/y,
  '\t': /[^\t\r\n]*/y,
};
const LINE_END = /\r\n|\r|\n|$/y;

/** The records of a text. Each separates its cells as it does the first two, so that a name may hold the other separators. */
export function readRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const { cells, isSound, end } = readRecord(text, at);
    records.push({ row: records.length + 1, cells, isSound });
    at = end;
  }
  return records;
}

function readRecord(text: string, from: number): Omit<CsvRecord, 'row'> & { readonly end: number } {
  const cells: string[] = [];
  let separator: string | null = null;
  let isSound = true;
  let at = from;
  for (;;) {
    const quoted = matchAt(QUOTED, text, at);
    const found = quoted ?? matchAt((separator === null ? null : PLAIN_UNTIL[separator]) ?? PLAIN, text, at);
    const cell = (quoted?.[1]?.replaceAll('""', '"') ?? found?.[0] ?? '').trim();
    if (quoted === null && cell.startsWith('"')) isSound = false;
    cells.push(cell);
    at += found?.[0].length ?? 0;
    const lineEnd = matchAt(LINE_END, text, at);
    if (lineEnd !== null) return { cells, isSound, end: at + lineEnd[0].length };
    const next = text.charAt(at);
    // Behind a cell in quotes another separator than the record's own may stand.
    if (separator !== null && next !== separator) isSound = false;
    separator ??= next;
    at += 1;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
