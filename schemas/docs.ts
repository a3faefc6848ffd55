import { z } from 'zod';
import { AUTHORITY } from './authority.ts';
import { ERRORS } from './errors.ts';
import { EVENT_TYPES } from './events/index.ts';

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** docs/errors.md: every code of the catalogue, what it means and what to do. */
export function errorsMarkdown(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { title, status, retryable, remedy }]) =>
      `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${remedy} |`,
  );
  return [
    '# Error codes',
    '',
    'One catalogue (`schemas/errors.ts`) for dead letters, HTTP problem documents, Temporal failures and the command line.',
    'Written by `npm run schemas`; a test keeps it current.',
    '',
    '| code | HTTP | what it means | may succeed unchanged later | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** docs/events.md: the authority table, and the fields of every event type. */
export function eventsMarkdown(): string {
  return [
    '# Events',
    '',
    'CloudEvents 1.0 on Kafka, in binary or structured mode. Identity is (source, id): the same identity with the same content',
    'is a duplicate, with other content a conflict. `partitionkey` (and the Kafka key) is the USCC of the firm the event is',
    'about. `time` is when the fact was stated in its system of origin. Money is whole fen, months are Asia/Shanghai, instants',
    'carry an offset. Unknown optional fields are kept. Written by `npm run schemas`; a test keeps it current. The same as',
    'JSON Schema, one file a type: `schemas/json/`.',
    '',
    '## Who may state what, and where',
    '',
    'Everything that is not a row of this table is refused as `NOT_AUTHORISED`. A source that names a firm speaks for that firm only.',
    '',
    '| event type | source class | topic |',
    '| --- | --- | --- |',
    ...AUTHORITY.map((row) => `| \`${row.type}\` | ${row.sourceClass} | \`${row.topic}\` |`),
    '',
    '## Types',
    ...[...EVENT_TYPES.values()].flatMap((definition) => [
      '',
      `### ${definition.type}`,
      '',
      definition.description,
      ...(definition.upcasts === undefined
        ? []
        : [`Follows \`${definition.upcasts.from}\`, which is still taken and is read as this version.`]),
      '',
      '| field of `data` | type | |',
      '| --- | --- | --- |',
      ...fieldRows(z.toJSONSchema(definition.data, { io: 'input' }) as JsonSchema),
    ]),
    '',
  ].join('\n');
}

function fieldRows(schema: JsonSchema): string[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const notes = [required.has(name) ? '' : 'optional', field.description ?? ''].filter(Boolean).join('; ');
    return `| \`${name}\` | ${typeOf(field)} | ${notes} |`;
  });
}

function typeOf(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(' \\| ');
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  return field.type ?? 'any';
}
