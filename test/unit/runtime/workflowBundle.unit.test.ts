import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../../services/runtime/config.ts';
import { bundleWorkflows } from '../../../services/runtime/workflowBundle.ts';

/** Within the checkout, where libraries are found. */
const scratch = join(projectRoot, '.chainlight');
mkdirSync(scratch, { recursive: true });
const folder = mkdtempSync(join(scratch, 'workflows-of-a-test-'));
const file = join(folder, 'index.ts');
const says = (text: string): void =>
  writeFileSync(file, `export const answer = async (): Promise<string> => '${text}';\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is kept as long as its sources, and made anew from changed ones', { timeout: 60_000 }, async () => {
  says('words-at-first');
  const made = await bundleWorkflows(file);
  expect(made.code.includes('words-at-first')).toBe(true);
  expect((await bundleWorkflows(file)).code === made.code).toBe(true);
  says('words-afterwards');
  const again = await bundleWorkflows(file);
  expect(again.code.includes('words-afterwards')).toBe(true);
  expect(again.code.includes('words-at-first')).toBe(false);
});
