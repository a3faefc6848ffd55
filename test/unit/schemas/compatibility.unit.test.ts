import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { breakingChanges, comparePublished, type JsonSchema } from '../../../schemas/compatibility.ts';
import { jsonSchemaFiles } from '../../../schemas/jsonSchema.ts';
import { projectRoot } from '../../../services/runtime/config.ts';

const toJson = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

const shape = {
  amountFen: z.number().int().min(0).max(1_000).describe('Money in whole fen'),
  status: z.enum(['open', 'closed']),
  code: z.string().min(2).max(18),
  period: z.string().regex(/^\d{4}-\d{2}$/),
  note: z.string().optional(),
  currency: z.string().default('CNY'),
  rate: z.number().nullable(),
  lines: z.array(z.object({ quantityUnits: z.number().int() })).max(100),
};
const { note: _note, amountFen: _amountFen, ...others } = shape;
const counts = z.record(z.string().regex(/^\w+$/), z.number()).optional();
const before = toJson(z.looseObject({ ...shape, counts }));

describe('the published schemas', () => {
  const folder = join(projectRoot, 'schemas', 'published');
  const published = new Map<string, unknown>(
    readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  );
  const current = new Map<string, unknown>(
    [...jsonSchemaFiles()].map(([name, text]) => [name, JSON.parse(text)]),
  );

  it('are all there, and not broken by what the schemas are now', () => {
    expect([...published.keys()].sort()).toEqual([...current.keys()].sort());
    expect(comparePublished(published, current)).toEqual([]);
  });

  it('cannot be taken back, nor can what somebody may state', () => {
    const [first] = published.keys();
    const fewer = new Map([...current].filter(([name]) => name !== first));
    expect(comparePublished(published, fewer)).toEqual([`${first}: a published schema cannot be taken back`]);
    const rows = current.get('authority.json') as unknown[];
    const [promised] = published.get('authority.json') as unknown[];
    const others = rows.filter((row) => JSON.stringify(row) !== JSON.stringify(promised));
    expect(others).toHaveLength(rows.length - 1);
    const withdrawn = new Map([...current, ['authority.json', others]]);
    expect(comparePublished(published, withdrawn)).toEqual([
      expect.stringMatching(/^authority\.json: a \w+ source may no longer state /),
    ]);
  });
});

describe('a change of a published schema', () => {
  const breaking: [string, Record<string, z.ZodType>, RegExp][] = [
    ['a removed field', { ...others, amountFen: shape.amountFen }, /^note: is gone$/],
    ['a renamed unit', { ...others, note: shape.note, amountYuan: shape.amountFen }, /^amountFen: is gone$/],
    [
      'a unit that changed under the same name',
      { ...shape, amountFen: z.number().int().min(0).max(1_000).describe('Money in whole yuan') },
      /^amountFen: unit fen became yuan$/,
    ],
    ['a newly required field', { ...shape, added: z.string() }, /^added: is needed now$/],
    ['an optional field that became required', { ...shape, note: z.string() }, /^note: is needed now$/],
    ['another type', { ...shape, status: z.number() }, /^status: type string became number$/],
    ['a number that became an integer', { ...shape, rate: z.number().int().nullable() }, /^rate: /],
    [
      'a value that is gone',
      { ...shape, status: z.enum(['open']) },
      /^status: "closed" is no longer allowed$/,
    ],
    ['a list of values where any was allowed', { ...shape, code: z.enum(['ab']) }, /^code: only "ab" /],
    [
      'a higher minimum',
      { ...shape, amountFen: z.number().int().min(1).max(1_000).describe('Money in whole fen') },
      /^amountFen: minimum 0 became 1$/,
    ],
    [
      'a lower maximum',
      { ...shape, amountFen: z.number().int().min(0).max(999).describe('Money in whole fen') },
      /^amountFen: maximum 1000 became 999$/,
    ],
    ['a shorter text', { ...shape, code: z.string().min(2).max(10) }, /^code: maxLength 18 became 10$/],
    ['a longer text', { ...shape, code: z.string().min(3).max(18) }, /^code: minLength 2 became 3$/],
    ['another pattern', { ...shape, period: z.string().regex(/^\d{6}$/) }, /^period: pattern /],
    [
      'null that is no longer taken',
      { ...shape, rate: z.number() },
      /^rate: what was null is no longer taken/,
    ],
    [
      'another default',
      { ...shape, currency: z.string().default('USD') },
      /^currency: default "CNY" became "USD"$/,
    ],
    [
      'a default where there was none',
      { ...shape, note: z.string().default('none') },
      /^note: default none became "none"$/,
    ],
    [
      'a new field with a default',
      { ...shape, added: z.string().default('none') },
      /^added: is new and has a default/,
    ],
    [
      'another rule for the names of fields',
      { ...shape, counts: z.record(z.string().regex(/^[a-z]+$/), z.number()).optional() },
      /^counts: name of a field: pattern /,
    ],
    [
      'an end of repeats',
      { ...shape, lines: shape.lines.meta({ uniqueItems: true }) },
      /^lines: uniqueItems none became true$/,
    ],
    ['a shorter list', { ...shape, lines: shape.lines.max(10) }, /^lines: maxItems 100 became 10$/],
    [
      'a field inside a list',
      { ...shape, lines: z.array(z.object({ quantity: z.number().int().optional() })).max(100) },
      /^lines\[\]\.quantityUnits: is gone$/,
    ],
  ];
  it.each(breaking)('that is %s is named', (_, after, expected) => {
    expect(breakingChanges(before, toJson(z.looseObject({ counts, ...after })))).toContainEqual(
      expect.stringMatching(expected),
    );
  });

  it('that closes it to unknown fields is named', () => {
    expect(breakingChanges(before, toJson(z.strictObject({ ...shape, counts })))).toEqual([
      'the event: unknown fields are no longer kept',
    ]);
  });

  const harmless: [string, Record<string, z.ZodType>][] = [
    ['nothing', { ...shape, counts }],
    ['a new optional field', { ...shape, added: z.string().optional() }],
    ['a further value', { ...shape, status: z.enum(['open', 'closed', 'archived']) }],
    ['a wider range', { ...shape, amountFen: z.number().int().max(9_999).describe('Money in whole fen') }],
    ['any name where some were allowed', { ...shape, counts: z.record(z.string(), z.number()).optional() }],
    ['null beside what was taken', { ...shape, code: z.string().min(2).max(18).nullable() }],
    ['a required field that became optional', { ...shape, code: shape.code.optional() }],
    [
      'an integer that may be any number',
      { ...shape, amountFen: z.number().min(0).max(1_000).describe('Money in whole fen') },
    ],
  ];
  it.each(harmless)('that is %s is let through', (_, after) => {
    expect(breakingChanges(before, toJson(z.looseObject({ counts, ...after })))).toEqual([]);
  });
});
