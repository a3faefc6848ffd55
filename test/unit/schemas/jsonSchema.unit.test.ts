import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACT_NAMES } from '../../../schemas/api/acts.ts';
import { errorsMarkdown, eventsMarkdown } from '../../../schemas/docs.ts';
import { jsonSchemaFiles } from '../../../schemas/jsonSchema.ts';
import { openApiDocument } from '../../../schemas/openApi.ts';
import { projectRoot } from '../../../services/runtime/config.ts';

describe('what `npm run schemas` writes is current', () => {
  const read = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

  it('schemas/json', () => {
    const files = jsonSchemaFiles();
    expect(readdirSync(join(projectRoot, 'schemas', 'json')).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(read('schemas', 'json', name), name).toBe(text);
  });

  it('docs/openapi.json', () => {
    expect(JSON.parse(read('docs', 'openapi.json'))).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('docs/errors.md and docs/events.md', () => {
    expect(read('docs', 'errors.md')).toBe(errorsMarkdown());
    expect(read('docs', 'events.md')).toBe(eventsMarkdown());
  });
});

describe('docs/api.md, written by hand,', () => {
  it('names every act', () => {
    const text = readFileSync(join(projectRoot, 'docs', 'api.md'), 'utf8');
    const listed = /The acts are\s([^;]*);/.exec(text)?.[1] ?? '';
    expect([...listed.matchAll(/`([a-z-]+)`/g)].map(([, act]) => act).sort()).toEqual([...ACT_NAMES].sort());
  });
});
