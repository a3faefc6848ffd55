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
