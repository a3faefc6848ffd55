import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsMarkdown, eventsMarkdown } from './docs.ts';
import { jsonSchemaFiles } from './jsonSchema.ts';

/** `npm run schemas`: writes everything that is generated from the schemas. */
const root = process.env.CHAINLIGHT_ROOT ?? process.cwd();
mkdirSync(join(root, 'schemas', 'json'), { recursive: true });
for (const [name, text] of jsonSchemaFiles()) writeFileSync(join(root, 'schemas', 'json', name), text);
writeFileSync(join(root, 'docs', 'errors.md'), errorsMarkdown());
writeFileSync(join(root, 'docs', 'events.md'), eventsMarkdown());
process.stderr.write('schemas/json, docs/errors.md and docs/events.md are written\n');
