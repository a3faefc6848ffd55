import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../services/cli/program.ts';
import { cliMarkdown } from '../../../services/cli/reference.ts';
import { projectRoot } from '../../../services/runtime/config.ts';

describe('docs/cli.md', () => {
  it('says what the program says; `npm run schemas` writes it anew', async () => {
    const program = await buildProgram({ out: () => {}, err: () => {}, exitCode: 0 });
    expect(readFileSync(join(projectRoot, 'docs', 'cli.md'), 'utf8')).toBe(cliMarkdown(program));
  }, 240_000);
});
