// The product's programs as one bundle: loading their TypeScript file by file takes longer than most commands work, and most of a service's start.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCES = ['bin', 'schemas', 'services', 'workflows'];
/** What no program loads: the console's pages are bundled by themselves. */
const NOT_LOADED = new Set(['node_modules', 'dist', 'src']);
/** Where programs begin, apart from the `main.ts` of each service. */
const OTHER_ENTRIES = new Set(['services/stack/start.ts', 'services/stack/demo.ts']);
/** Libraries of very many small files; all others are loaded as they are. */
const INLINED =
  /^(zod|file-type|strtok3|token-types|@tokenizer|@borewit|uint8array-extras|commander|chinese-days|safe-stable-stringify|mongodb|bson|mongodb-connection-string-url|whatwg-url|tr46|webidl-conversions|@mongodb-js|sparse-bitfield|memory-pager)(\/|$)/;
/** The libraries that are inlined ask for Node's modules, and for what they can do without, in the way of CommonJS. */
const REQUIRE =
  'import{createRequire as requireFrom}from"node:module";var require=requireFrom(import.meta.url);';
const KEEP_OLD_MS = 24 * 60 * 60_000;

/** @param {string} entry path from the root of the checkout */
export const isProgram = (entry) =>
  OTHER_ENTRIES.has(entry) || (entry.startsWith('services/') && entry.endsWith('/main.ts'));

/**
 * The program that begins in `entry`, from the bundle of all of them; one that is no part of the product, a test's, has a bundle to
 * itself. Built anew when a source file, a library or Node changed.
 * @param {string} root folder of the checkout
 * @param {string} entry path from there
 * @returns {Promise<string>} its address, to be imported
 */
export async function bundled(root, entry) {
  const folder = join(root, '.chainlight', 'programs');
  const isOurs = isProgram(entry);
  const { files, fingerprint } = sourcesOf(root, isOurs ? SOURCES : [...SOURCES, dirname(entry)]);
  const built = join(folder, fingerprint);
  if (!existsSync(built)) await build(root, isOurs ? files.filter(isProgram) : [entry], folder, built);
  return pathToFileURL(join(built, entry.replace(/\.ts$/, '.js'))).href;
}

function sourcesOf(root, sources) {
  const hash = createHash('sha256')
    .update(process.version)
    .update(readFileSync(join(root, 'package-lock.json')));
  const files = [];
  const visit = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!NOT_LOADED.has(entry.name)) visit(path);
      } else if (/\.(ts|mjs|json)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(join(root, path));
        hash.update(`${path} ${size} ${mtimeMs}\n`);
        files.push(path);
      }
    }
  };
  for (const source of sources) visit(source);
  return { files, fingerprint: hash.digest('hex').slice(0, 16) };
}

async function build(root, entries, folder, built) {
  const { build: bundle } = await import('esbuild');
  const unfinished = `${built}.${process.pid}`;
  await bundle({
    entryPoints: entries.map((entry) => join(root, entry)),
    outbase: root,
    outdir: unfinished,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: REQUIRE },
    logLevel: 'error',
    plugins: [onlyWhatIsUsed, librariesApart, addressesKept],
  });
  try {
    renameSync(unfinished, built);
  } catch (error) {
    // Another program was first with the same bundle.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(built)) throw error;
  }
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (path !== built && Date.now() - statSync(path).mtimeMs > KEEP_OLD_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Our modules do nothing when loaded, save the entries; so a program loads no module that it has no use for. */
const DOES_SOMETHING = /\/main\.ts$/;
const onlyWhatIsUsed = {
  name: 'only what is used',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir, kind }) =>
      kind === 'import-statement'
        ? { path: join(resolveDir, path), sideEffects: DOES_SOMETHING.test(path) }
        : undefined,
    ),
};

const librariesApart = {
  name: 'libraries apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || INLINED.test(path) ? undefined : { path, external: true, sideEffects: false },
    ),
};

/** Files that are looked for beside a source file are still there, not beside the bundle. */
const addressesKept = {
  name: 'addresses kept',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
      resolveDir: dirname(path),
    })),
};
