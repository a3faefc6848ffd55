import { inflateRawSync } from 'node:zlib';

const CENTRAL_ENTRY = 0x02014b50;
const END_OF_CENTRAL = 0x06054b50;
const STORED = 0;

/** The files of a ZIP archive by name, as its central directory lists them. */
function filesOf(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_CENTRAL) throw new Error('this is no ZIP archive');
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    if (zip.readUInt32LE(at) !== CENTRAL_ENTRY) throw new Error('the directory of the archive is broken');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + (nameBytes ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(begin, begin + zip.readUInt32LE(at + 20));
    const content = zip.readUInt16LE(at + 10) === STORED ? packed : inflateRawSync(packed);
    files.set(name, content.toString('utf8'));
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return files;
}

const plain = (xml: string): string =>
  xml
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '&',
    );

/** The cells of a workbook's first sheet as a spreadsheet program reads them; `hasFormula` where any cell would be computed. */
export function readWorkbook(bytes: Buffer): { rows: (string | number | null)[][]; hasFormula: boolean } {
  const files = filesOf(bytes);
  const sheet = files.get('xl/worksheets/sheet1.xml');
  if (sheet === undefined) throw new Error(`there is no sheet among ${[...files.keys()].join(', ')}`);
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map(
    ([, text]) => plain(text ?? ''),
  );
  const rows = [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) => {
    const cells: (string | number | null)[] = [];
    for (const [, attributes = '', content = ''] of (row ?? '').matchAll(
      /<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs,
    )) {
      const column = /\br="([A-Z]+)/.exec(attributes)?.[1] ?? '';
      const index = [...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const value = plain(/<v>(.*?)<\/v>/s.exec(content)?.[1] ?? content);
      const type = /\bt="(\w+)"/.exec(attributes)?.[1] ?? 'n';
      while (cells.length < index) cells.push(null);
      cells.push(
        content === ''
          ? null
          : type === 's'
            ? (shared[Number(value)] ?? '')
            : type === 'n'
              ? Number(value)
              : value,
      );
    }
    return cells;
  });
  return { rows, hasFormula: /<f\b/.test(sheet) };
}
