import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsMarkdown, eventsMarkdown } from './docs.ts';
import { jsonSchemaFiles } from './jsonSchema.ts';
import { openApiDocument } from './openApi.ts';

/** `npm run schemas`: writes everything that is generated from the schemas. */
const root = process.env.CHAINLIGHT_ROOT ?? process.cwd();
mkdirSync(join(root, 'schemas', 'json'), { recursive: true });
for (const [name, text] of jsonSchemaFiles()) writeFileSync(join(root, 'schemas', 'json', name), text);
writeFileSync(join(root, 'docs', 'errors.md'), errorsMarkdown());
writeFileSync(join(root, 'docs', 'events.md'), eventsMarkdown());
writeFileSync(join(root, 'docs', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 1)}\n`);
process.stderr.write('schemas/json, docs/errors.md, docs/events.md and docs/openapi.json are written\n');
