import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageNotice, withUsage } from '../support/commandLine.ts';

/** `npm run bench -- NAME [options]`: runs one benchmark; the last line of standard output is its JSON. Exit code 1 where that says `ok: false`. */
interface Bench {
  run(args: readonly string[]): Promise<unknown>;
}

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
const [name, ...args] = process.argv.slice(2);
await withUsage(async () => {
  if (name === undefined || !names.includes(name))
    throw new UsageNotice(
      `usage: npm run bench -- ${names.join(' | ')} [options]`,
      name === '--help' ? 0 : 2,
    );
  const bench = (await import(pathToFileURL(join(folder, `${name}.bench.ts`)).href)) as Bench;
  const result = await bench.run(args);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const isMissed = typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
  process.exit(isMissed ? 1 : 0);
});
