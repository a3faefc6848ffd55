import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparePublished } from './compatibility.ts';
import { jsonSchemaFiles } from './jsonSchema.ts';

/**
 * `npm run schemas:publish`: makes today's schemas the ones that integrators may rely on. From then on `npm run check` fails on
 * any change that would break them.
 */
const folder = join(process.env.CHAINLIGHT_ROOT ?? process.cwd(), 'schemas', 'published');
mkdirSync(folder, { recursive: true });
const current = jsonSchemaFiles();
const parse = (texts: Iterable<[string, string]>): Map<string, unknown> =>
  new Map([...texts].map(([name, text]) => [name, JSON.parse(text)]));
const published = readdirSync(folder).map((name): [string, string] => [
  name,
  readFileSync(join(folder, name), 'utf8'),
]);
const broken = comparePublished(parse(published), parse(current));
if (broken.length > 0) {
  process.stderr.write(
    `nothing is published; these changes need a new version of the type (CONTRIBUTING.md):\n${broken.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exitCode = 1;
} else {
  for (const [name, text] of current) writeFileSync(join(folder, name), text);
  process.stderr.write(`${current.size} schemas are published in schemas/published\n`);
}
