import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileAcceptance } from '../../../schemas/acceptance.ts';
import { Envelope } from '../../../schemas/envelope.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { cloudEvent, inventoryClosed, orderPlaced, testUscc } from '../../support/events.ts';

/** Values that are right in some field, and values that are nearly right. */
const pool = fc.oneof(
  fc.constantFrom<unknown>(
    testUscc(1),
    testUscc(2),
    `${testUscc(1).slice(0, 17)}0`,
    '2024-02-29',
    '2023-02-29',
    '2024-03',
    '2024-13',
    '2024-03-31T10:00:00+08:00',
    '2024-03-31T10:00:00',
    '510100',
    '3670',
    'CNY',
    'own',
    'manual',
    'approved',
    'application/json',
    '1.0',
    'a'.repeat(64),
    '',
    'x'.repeat(301),
    null,
    true,
    0,
    -0,
    -1,
    1.5,
    2,
    2_024,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    [],
    [{}],
    ['a'],
    {},
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

type Fields = Record<string, unknown>;
const shapeOf = (schema: z.ZodType): string[] =>
  Object.keys((schema._zod.def as unknown as { shape?: Fields }).shape ?? {});

/** Objects of the schema's fields, filled from the pool: field by field until the schema is content, then disturbed. */
function candidates(schema: z.ZodType): fc.Arbitrary<Fields> {
  const names = shapeOf(schema);
  return fc.record(Object.fromEntries([...names, 'more'].map((name) => [name, pool])), { requiredKeys: [] });
}

const known = [
  ['the envelope', Envelope] as const,
  ...[...EVENT_TYPES.values()].map((definition) => [definition.type, definition.data] as const),
].flatMap(([name, schema]) => {
  const accepts = compileAcceptance(schema);
  return accepts === null ? [] : [{ name, schema, accepts }];
});

/** Puts a value that the schema takes into each field, as far as the pool has one. */
function mend(schema: z.ZodType, object: Fields, values: readonly unknown[]): Fields {
  let mended = object;
  for (const name of shapeOf(schema)) {
    const complains = (candidate: Fields): boolean =>
      schema.safeParse(candidate).error?.issues.some((issue) => issue.path[0] === name) === true;
    if (!complains(mended)) continue;
    const fitting = values.find((value) => !complains({ ...mended, [name]: value }));
    if (fitting !== undefined) mended = { ...mended, [name]: fitting };
  }
  return mended;
}

describe('quick acceptance', () => {
  it.each(known)('never takes what the schema refuses or changes: $name', ({ schema, accepts }) => {
    fc.assert(
      fc.property(
        candidates(schema),
        fc.array(pool, { minLength: 20, maxLength: 40 }),
        pool,
        fc.nat(),
        (object, values, disturbance, at) => {
          const mended = mend(schema, object, values);
          const names = shapeOf(schema);
          const disturbed = { ...mended, [names[at % names.length] ?? 'x']: disturbance };
          for (const candidate of [object, mended, disturbed]) {
            if (!accepts(candidate)) continue;
            const parsed = schema.safeParse(candidate);
            expect(parsed.success).toBe(true);
            expect(parsed.data).toEqual(candidate);
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  it('takes the events that make up a stream, and leaves a default to the schema', () => {
    for (const event of [inventoryClosed('i'), orderPlaced('o')]) {
      const data = event.data as Fields;
      const accepts = compileAcceptance(EVENT_TYPES.get(String(event.type))?.data ?? z.never());
      expect(accepts?.(data)).toBe(true);
      expect(accepts?.({ ...data, currency: undefined })).toBe(false);
      expect(accepts?.({ ...data, amountFen: 1.5, openingStockFen: 1.5 })).toBe(false);
      expect(compileAcceptance(Envelope)?.(cloudEvent(event))).toBe(true);
    }
  });

  it.each([
    ['a refinement', z.looseObject({ a: z.string() }).refine(() => false)],
    ['a transformation', z.looseObject({ a: z.string().transform((text) => text.trim()) })],
    ['coercion', z.looseObject({ a: z.coerce.number() })],
    ['fields that would be dropped', z.object({ a: z.string() })],
    ['a text that is changed', z.looseObject({ a: z.string().trim() })],
    ['a union', z.looseObject({ a: z.union([z.string(), z.number()]) })],
  ])('leaves %s to the schema', (_, schema) => {
    expect(compileAcceptance(schema)).toBeNull();
  });
});
