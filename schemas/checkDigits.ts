import type { z } from 'zod';
import { judgeUscc, Uscc } from './ids.ts';

/** A code whose check digit is wrong, and where it stands. */
export interface WrongCheckDigit {
  /** Names and positions, joined by dots. */
  readonly field: string;
  readonly uscc: string;
}

/** Adds what is wrong in a value; the value fits the schema that it was compiled from. */
type Search = (value: unknown, field: string, found: WrongCheckDigit[]) => void;

/** What a zod schema says of itself, as far as it is read here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
}

const searches = new WeakMap<z.ZodType, Search | null>();
const NONE: readonly WrongCheckDigit[] = [];

/**
 * The codes in a value whose check digit is wrong.
 * @param schema what has accepted the value: it says which of the texts are codes
 */
export function wrongCheckDigits(schema: z.ZodType, value: unknown): readonly WrongCheckDigit[] {
  const search = searchOf(schema);
  if (search === null) return NONE;
  const found: WrongCheckDigit[] = [];
  search(value, '', found);
  return found;
}

/** @returns null where the schema has no place for a code */
function searchOf(schema: z.ZodType): Search | null {
  const known = searches.get(schema);
  if (known !== undefined) return known;
  const search = compile(schema);
  searches.set(schema, search);
  return search;
}

function compile(schema: z.ZodType): Search | null {
  if (schema === Uscc)
    return (value, field, found) => {
      if (judgeUscc(value as string) !== 'valid') found.push({ field, uscc: value as string });
    };
  const { type, innerType, element, valueType, shape, options } = schema._zod.def as unknown as Definition;
  switch (type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return inPresent(innerType);
    case 'array':
      return inEntries(element);
    case 'record':
      return inEntries(valueType);
    case 'object':
      return inFields(shape ?? {});
    case 'union':
      return inOptions(options ?? []);
    default:
      return null;
  }
}

const within = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

function inPresent(inner: z.ZodType | undefined): Search | null {
  const search = inner && searchOf(inner);
  if (!search) return null;
  return (value, field, found) => {
    if (value !== undefined && value !== null) search(value, field, found);
  };
}

function inEntries(entry: z.ZodType | undefined): Search | null {
  const search = entry && searchOf(entry);
  if (!search) return null;
  return (value, field, found) => {
    for (const [name, one] of Object.entries(value as object)) search(one, within(field, name), found);
  };
}

function inFields(shape: Readonly<Record<string, z.ZodType>>): Search | null {
  const fields = Object.entries(shape).flatMap(([name, schema]): [string, Search][] => {
    const search = searchOf(schema);
    return search === null ? [] : [[name, search]];
  });
  if (fields.length === 0) return null;
  return (value, field, found) => {
    for (const [name, search] of fields)
      search((value as Readonly<Record<string, unknown>>)[name], within(field, name), found);
  };
}

/** The first option that accepts the value says what it is. */
function inOptions(options: readonly z.ZodType[]): Search | null {
  if (options.every((option) => searchOf(option) === null)) return null;
  return (value, field, found) => {
    const taken = options.find((option) => option.safeParse(value).success);
    if (taken !== undefined) searchOf(taken)?.(value, field, found);
  };
}
