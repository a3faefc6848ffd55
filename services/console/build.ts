import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const root = dirname(fileURLToPath(import.meta.url));
/** Where the built console stands. */
export const consoleDist = join(root, 'dist');
const MADE_FROM = join(consoleDist, 'made-from.txt');

/** Builds the console if what stands there was not made from these sources. @returns the folder with the built files */
export async function ensureConsoleBuilt(progress: (line: string) => void = () => {}): Promise<string> {
  const wanted = await hashOfSources();
  if (existsSync(MADE_FROM) && (await readFile(MADE_FROM, 'utf8')) === wanted) return consoleDist;
  progress('console: building …');
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  // A process of its own: the build reads NODE_ENV, which may say something else here.
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--config', join(root, 'vite.config.ts'), '--logLevel', 'warn'],
    { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
  );
  await writeFile(MADE_FROM, wanted);
  return consoleDist;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const lock = join(root, '..', '..', 'package-lock.json');
  for (const path of [...(await filesUnder(root)), lock].sort()) {
    hash
      .update(relative(root, path))
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex');
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => name !== 'dist')
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesUnder(path) : [path];
      }),
  );
  return found.flat();
}
