import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureConsoleBuilt } from '../../../services/console/index.ts';

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

let folder: string;
let manifest: Record<string, Chunk>;

beforeAll(async () => {
  folder = await ensureConsoleBuilt();
  manifest = JSON.parse(await readFile(join(folder, '.vite', 'manifest.json'), 'utf8'));
}, 120_000);

/** Files that these modules load before anything can be shown: their own chunks and what those import. */
function filesOf(names: readonly string[]): Set<string> {
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const name of names) visit(name);
  return files;
}

async function gzippedBytes(names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    [...filesOf(names)]
      .filter((file) => file.endsWith('.js'))
      .map(async (file) => gzipSync(await readFile(join(folder, file))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('compressed script of a first load', () => {
  test.each([
    ['supplier', 'src/supplier/SupplierArea.tsx', 200_000],
    ['leader', 'src/leader/LeaderArea.tsx', 400_000],
    ['bureau', 'src/bureau/BureauArea.tsx', 400_000],
  ])('of a %s stays in bounds', async (_, area, limitBytes) => {
    const bytes = await gzippedBytes(['index.html', area]);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(limitBytes);
  });

  test('has no charts: they come when one is looked at', async () => {
    const charts = [...filesOf(['src/charts/BeforeAfterChart.tsx'])];
    for (const area of ['supplier/SupplierArea', 'leader/LeaderArea', 'bureau/BureauArea']) {
      const loaded = filesOf(['index.html', `src/${area}.tsx`]);
      expect(charts.some((file) => file.includes('echarts') && loaded.has(file))).toBe(false);
    }
  });
});

test('the page holds no inline script or style', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=/);
});
