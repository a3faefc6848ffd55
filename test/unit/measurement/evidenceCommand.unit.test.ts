import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, it } from 'vitest';
import { register } from '../../../services/cli/commands/evidence.ts';
import { EVIDENCE_MAX_BYTES, mediaTypeOf } from '../../../services/measurement/adapters/evidenceFiles.ts';
import { FIRM } from './facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainlight-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a file of a byte too many is refused as such before it is read, and so is an empty one', async () => {
  const large = join(folder, 'large.pdf');
  writeFileSync(large, '');
  truncateSync(large, EVIDENCE_MAX_BYTES + 1);
  const program = new Command().exitOverride();
  register(program, { out: () => {}, err: () => {}, exitCode: 0 });
  const options = ['--supplier', FIRM, '--programme', 'p', '--kind', 'invoice', '--by', 'Li'];
  await expect(
    program.parseAsync(['node', 'cli', 'evidence', 'add', large, ...options]),
  ).rejects.toMatchObject({
    code: 'FILE_NOT_TAKEN',
    message: expect.stringContaining(`at most ${EVIDENCE_MAX_BYTES}`),
  });
  await expect(mediaTypeOf(new Uint8Array(), 'empty.pdf')).rejects.toMatchObject({
    code: 'FILE_NOT_TAKEN',
    message: 'empty.pdf is empty',
  });
});

/** A ZIP container with empty parts of these names, as a writer stores them. */
function zipOf(names: readonly string[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const bytes = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(bytes.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(bytes.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(head, bytes);
    directory.push(entry, bytes);
    offset += head.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...directory, end]);
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** "发票,金额" and "一,二" in GB18030. */
const GB18030_CSV = Buffer.from('b7a2c6b12cbdf0b6ee0ad2bb2cb6fe0a', 'hex');

it.each([
  ['OFD', zipOf(['OFD.xml', 'Doc_0/Document.xml']), 'application/ofd'],
  ['XLSX', zipOf(['[Content_Types].xml', 'xl/workbook.xml']), `${OFFICE}.spreadsheetml.sheet`],
  ['DOCX', zipOf(['[Content_Types].xml', 'word/document.xml']), `${OFFICE}.wordprocessingml.document`],
  ['XML', Buffer.from('<?xml version="1.0"?><invoice/>'), 'application/xml'],
  ['CSV', Buffer.from('number,amount\n1,2\n'), 'text/csv'],
  ['CSV in GB18030', GB18030_CSV, 'text/csv'],
  ['PDF', Buffer.from('%PDF-1.7\n'), 'application/pdf'],
])('%s is taken for what it contains, whatever its name says', async (_name, bytes, mediaType) => {
  for (const fileName of ['a.bin', 'a.csv', 'a.pdf'])
    expect(await mediaTypeOf(bytes, fileName)).toBe(mediaType);
});

it.each([
  ['a ZIP of anything', zipOf(['photos/1.png', 'run.exe']), 'application/zip'],
  ['half a workbook', zipOf(['xl/workbook.xml']), 'application/zip'],
  [
    'a text',
    Buffer.from('Dear all, this is a letter.\nIt goes on, and on, without columns.\n'),
    'of no known type',
  ],
  ['a page', Buffer.from('<html>a,b\nc,d</html>'), 'of no known type'],
  ['bytes', Buffer.from([0x61, 0x2c, 0x00, 0x0a, 0x62, 0x2c, 0x01]), 'of no known type'],
])('%s named as a table is refused', async (_name, bytes, said) => {
  for (const fileName of ['a.csv', 'a.xlsx'])
    await expect(mediaTypeOf(bytes, fileName)).rejects.toMatchObject({
      code: 'FILE_NOT_TAKEN',
      message: expect.stringContaining(said),
    });
});
