import type { z } from 'zod';
import { isUscc, StockFen, Uscc } from './ids.ts';

/** Says yes only where the schema would accept the value and leave it as it is; no means: ask the schema itself. */
export type Acceptance = (value: unknown) => boolean;

/** Schemas whose rule is a function, with the same rule for a value. */
const BY_HAND = new Map<unknown, Acceptance>([
  [Uscc, (value) => typeof value === 'string' && isUscc(value)],
  [StockFen, (value) => Number.isSafeInteger(value) && (value as number) >= 0],
]);

/** What a zod schema says of itself, as far as it is read here. */
interface Definition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[];
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly format?: string;
  readonly coerce?: boolean;
}

interface CheckDefinition {
  readonly check: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
  readonly inclusive?: boolean;
}

/**
 * Compiles the common case of a schema: valid as it came, nothing to fill in. It costs a fraction of a full parse, makes no
 * copy, and knows no error messages.
 * @returns null where the schema has a rule that is not read here; then the schema itself has to judge
 */
export function compileAcceptance(schema: z.ZodType): Acceptance | null {
  const byHand = BY_HAND.get(schema);
  if (byHand !== undefined) return byHand;
  const definition = definitionOf(schema);
  if (definition.coerce === true) return null;
  switch (definition.type) {
    case 'string':
      return withChecks(definition, (value) => typeof value === 'string', stringCheck);
    case 'number':
      return withChecks(definition, Number.isFinite, numberCheck);
    case 'boolean':
      return hasChecks(definition) ? null : (value) => typeof value === 'boolean';
    case 'unknown':
      return hasChecks(definition) ? null : () => true;
    case 'literal':
    case 'enum': {
      const allowed = new Set<unknown>(definition.values ?? Object.values(definition.entries ?? {}));
      return hasChecks(definition) ? null : (value) => allowed.has(value);
    }
    case 'optional':
      return wrapping(definition, (inner) => (value) => value === undefined || inner(value));
    case 'nullable':
      return wrapping(definition, (inner) => (value) => value === null || inner(value));
    case 'default':
      // A missing value would be filled in: that is the schema's to do.
      return wrapping(definition, (inner) => (value) => value !== undefined && inner(value));
    case 'array':
      return arrayAcceptance(definition);
    case 'object':
      return objectAcceptance(definition);
    case 'record':
      return recordAcceptance(definition);
    default:
      return null;
  }
}

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;
const hasChecks = (definition: Definition): boolean => (definition.checks ?? []).length > 0;
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function wrapping(definition: Definition, wrap: (inner: Acceptance) => Acceptance): Acceptance | null {
  if (definition.innerType === undefined || hasChecks(definition)) return null;
  const inner = compileAcceptance(definition.innerType);
  return inner === null ? null : wrap(inner);
}

type CheckReader = (check: CheckDefinition) => Acceptance | null;

function withChecks(definition: Definition, base: Acceptance, read: CheckReader): Acceptance | null {
  // A schema made by one call (z.iso.date()) carries its own check in its definition.
  const own = definition as unknown as CheckDefinition;
  const checks = (definition.checks ?? []).map((check) => check._zod.def);
  const rules = [...(own.check === undefined ? [] : [own]), ...checks].map(read);
  if (rules.includes(null)) return null;
  return (value) => {
    if (!base(value)) return false;
    for (const rule of rules as Acceptance[]) if (!rule(value)) return false;
    return true;
  };
}

function stringCheck({ check, format, pattern, minimum, maximum }: CheckDefinition): Acceptance | null {
  if (check === 'min_length' && minimum !== undefined) return (value) => (value as string).length >= minimum;
  if (check === 'max_length' && maximum !== undefined) return (value) => (value as string).length <= maximum;
  const isPattern = format === 'regex' || format === 'date' || format === 'datetime';
  if (check !== 'string_format' || !isPattern || pattern === undefined || pattern.flags.includes('g'))
    return null;
  return (value) => pattern.test(value as string);
}

function numberCheck({ check, format, value: bound, inclusive }: CheckDefinition): Acceptance | null {
  if (check === 'number_format' && format === 'safeint') return Number.isSafeInteger;
  if (bound === undefined) return null;
  if (check === 'greater_than')
    return inclusive ? (value) => (value as number) >= bound : (value) => (value as number) > bound;
  if (check === 'less_than')
    return inclusive ? (value) => (value as number) <= bound : (value) => (value as number) < bound;
  return null;
}

function arrayAcceptance(definition: Definition): Acceptance | null {
  const element = definition.element === undefined ? null : compileAcceptance(definition.element);
  if (element === null) return null;
  return withChecks(
    definition,
    (value) => Array.isArray(value) && value.every(element),
    ({ check, minimum, maximum }) => {
      if (check === 'min_length' && minimum !== undefined)
        return (value) => (value as unknown[]).length >= minimum;
      if (check === 'max_length' && maximum !== undefined)
        return (value) => (value as unknown[]).length <= maximum;
      return null;
    },
  );
}

/** Only objects that keep the fields they do not know; others would have to be copied. */
function objectAcceptance(definition: Definition): Acceptance | null {
  const { shape, catchall } = definition;
  if (shape === undefined || hasChecks(definition)) return null;
  if (catchall === undefined || definitionOf(catchall).type !== 'unknown') return null;
  const fields: [string, Acceptance][] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const field = compileAcceptance(schema);
    if (field === null) return null;
    fields.push([name, field]);
  }
  return (value) => {
    if (!isPlain(value)) return false;
    for (const [name, field] of fields) if (!field(value[name])) return false;
    return true;
  };
}

function recordAcceptance(definition: Definition): Acceptance | null {
  const { keyType, valueType } = definition;
  if (keyType === undefined || valueType === undefined || hasChecks(definition)) return null;
  if (definitionOf(keyType).type !== 'string' || hasChecks(definitionOf(keyType))) return null;
  const accepts = compileAcceptance(valueType);
  if (accepts === null) return null;
  if (definitionOf(valueType).type === 'unknown') return isPlain;
  return (value) => isPlain(value) && Object.values(value).every(accepts);
}
