import type { z } from 'zod';

type Said = (issue: object) => unknown;
interface Definition {
  readonly error?: Said;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly error?: Said } } }[];
  readonly [part: string]: unknown;
}

/** The sentences that the rules of a schema say themselves, wherever in it they stand. */
export function rulesOf(schema: z.ZodType, seen = new Set<unknown>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const definition = schema._zod.def as unknown as Definition;
  const own = [definition.error, ...(definition.checks ?? []).map(({ _zod }) => _zod.def.error)];
  const inside = Object.values(definition)
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .flatMap((part) => (isSchema(part) ? [part] : Object.values(Object(part)).filter(isSchema)));
  return [
    ...own.flatMap((said) => {
      const text = said?.({});
      return typeof text === 'string' ? [text] : [];
    }),
    ...inside.flatMap((part) => rulesOf(part, seen)),
  ];
}

const isSchema = (part: unknown): part is z.ZodType =>
  typeof part === 'object' && part !== null && '_zod' in part && 'safeParse' in part;
