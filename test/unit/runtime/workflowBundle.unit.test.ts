import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../../../services/runtime/workflowBundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
const file = join(folder, 'index.ts');
const says = (text: string): void =>
  writeFileSync(file, `export const answer = async (): Promise<string> => '${text}';\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is kept as long as its sources, and made anew from changed ones', { timeout: 60_000 }, async () => {
  says('first');
  const made = await bundleWorkflows(file);
  expect(made.code).toContain('first');
  expect((await bundleWorkflows(file)).code).toBe(made.code);
  says('second');
  const again = await bundleWorkflows(file);
  expect(again.code).toContain('second');
  expect(again.code).not.toContain('first');
});
