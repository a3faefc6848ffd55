import { parse } from 'csv-parse/sync';
import { fileTypeFromBuffer } from 'file-type';

/** Types that are taken, told from the content. */
const TAKEN: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/tiff',
  'application/xml',
  'text/csv',
]);

const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** Documents that are ZIP containers, by the parts that each must have. OFD is what Chinese e-invoices come in. */
const CONTAINERS: readonly (readonly [mediaType: string, parts: readonly string[]])[] = [
  ['application/ofd', ['OFD.xml']],
  [`${OFFICE}.spreadsheetml.sheet`, ['[Content_Types].xml', 'xl/workbook.xml']],
  [`${OFFICE}.wordprocessingml.document`, ['[Content_Types].xml', 'word/document.xml']],
];

/** The type of a file by its content, and whether such files are taken; null where it is of no known type. */
export async function sniff(bytes: Uint8Array): Promise<{ found: string | null; isTaken: boolean }> {
  const told = (await fileTypeFromBuffer(bytes))?.mime ?? (isCsv(bytes) ? 'text/csv' : null);
  if (!isZip(bytes)) return { found: told, isTaken: told !== null && TAKEN.has(told) };
  const names = zipNames(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const container = CONTAINERS.find(([, parts]) => parts.every((part) => names.has(part)));
  return { found: container?.[0] ?? 'application/zip', isTaken: container !== undefined };
}

const isZip = (bytes: Uint8Array): boolean =>
  [0x50, 0x4b, 0x03, 0x04].every((byte, index) => bytes[index] === byte);

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;

/** Names in the directory of a ZIP container (its end says where it begins); nothing is unpacked. */
function zipNames(bytes: Buffer): ReadonlySet<string> {
  const names = new Set<string>();
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  let end = bytes.length - END_BYTES;
  while (end >= first && bytes.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < first) return names;
  let at = bytes.readUInt32LE(end + 16);
  while (at + 46 <= end && bytes.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    names.add(bytes.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}

/** Looked at for whether the columns agree. */
const MAX_ROWS = 1_000;

/** A text in UTF-8 or GB18030 of at least two lines with equally many columns, two or more. */
function isCsv(bytes: Uint8Array): boolean {
  const text = ['utf-8', 'gb18030'].flatMap((encoding) => decoded(bytes, encoding) ?? [])[0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell that it is no text
  if (text === undefined || /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) return false;
  if (text.trimStart().startsWith('<')) return false;
  return [',', ';', '\t'].some((delimiter) => hasColumns(text, delimiter));
}

function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function hasColumns(text: string, delimiter: string): boolean {
  try {
    const rows: string[][] = parse(text, { delimiter, to: MAX_ROWS, skip_empty_lines: true });
    return rows.length > 1 && (rows[0]?.length ?? 0) > 1;
  } catch {
    return false;
  }
}
