/** The part of JSON Schema (2020-12) that the event schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly multipleOf?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly [keyword: string]: unknown;
}

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Keywords that are compared by what they mean, or mean nothing to an event. Any other one must stay as it is. */
const COMPARED: ReadonlySet<string> = new Set([
  ...LOWER_BOUNDS,
  ...UPPER_BOUNDS,
  ...[
    'type',
    'const',
    'enum',
    'anyOf',
    'oneOf',
    'default',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'propertyNames',
  ],
  ...['description', 'title', '$schema', '$id'],
]);
/** Leaving these out takes everything that was taken before. */
const LOOSENED_WHEN_GONE: ReadonlySet<string> = new Set([
  'pattern',
  'format',
  'multipleOf',
  'uniqueItems',
  'allOf',
  'not',
]);
const UNITS =
  /\b(fen|jiao|yuan|cents?|seconds?|minutes?|hours?|milliseconds?|days?|months?|years?|watt-hours?|kilowatt-hours?|kwh|units?|persons?|percent|basis points|share)\b/gi;

/**
 * What in `after` would make an event fail, or mean something else, that was right under `before`: a field that is gone, needed
 * now, or narrower than it was; a changed default or unit. What only adds (optional fields, further values) is no such change.
 * @returns one sentence each, naming the field; empty when every earlier event stays as right as it was
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  const [earlier, later] = [alternativesOf(before), alternativesOf(after)];
  const [first] = earlier;
  const [only] = later;
  if (first !== undefined && only !== undefined && earlier.length === 1 && later.length === 1)
    return changesOf(first, only, path);
  return earlier
    .filter((one) => later.every((other) => changesOf(one, other, path).length > 0))
    .map((one) => `${path || 'the event'}: what was ${describe(one)} is no longer taken as it was`);
}

function changesOf(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const name = path || 'the event';
  const changes: string[] = [];
  if (after.type !== undefined && after.type !== before.type && !isWidened(before.type, after.type))
    changes.push(`${name}: type ${before.type ?? 'any'} became ${after.type}`);
  changes.push(...valueChanges(before, after, name));
  for (const keyword of Object.keys({ ...before, ...after })) {
    const isGone = after[keyword] === undefined && LOOSENED_WHEN_GONE.has(keyword);
    if (!COMPARED.has(keyword) && !isGone && text(before[keyword]) !== text(after[keyword]))
      changes.push(`${name}: ${keyword} ${text(before[keyword])} became ${text(after[keyword])}`);
  }
  changes.push(...boundChanges(before, after, name));
  // A default stands in what is stored and hashed: the same record sent again would be another one.
  if (text(before.default) !== text(after.default))
    changes.push(`${name}: default ${text(before.default)} became ${text(after.default)}`);
  if (unitsOf(before) !== unitsOf(after))
    changes.push(`${name}: unit ${unitsOf(before) || 'none'} became ${unitsOf(after) || 'none'}`);
  changes.push(...fieldChanges(before, after, path));
  if (after.propertyNames !== undefined)
    changes.push(
      ...breakingChanges(before.propertyNames ?? {}, after.propertyNames, `${name}: name of a field`),
    );
  if (after.items !== undefined)
    changes.push(...breakingChanges(before.items ?? {}, after.items, `${path}[]`));
  return changes;
}

function valueChanges(before: JsonSchema, after: JsonSchema, name: string): string[] {
  const allowed = valuesOf(after);
  if (allowed === null) return [];
  const earlier = valuesOf(before);
  if (earlier === null) return [`${name}: only ${[...allowed].join(', ')} are allowed now`];
  const gone = [...earlier].filter((value) => !allowed.has(value));
  return gone.length === 0 ? [] : [`${name}: ${gone.join(', ')} is no longer allowed`];
}

function boundChanges(before: JsonSchema, after: JsonSchema, name: string): string[] {
  const isNarrower = (keyword: string, sign: 1 | -1): boolean => {
    const [earlier, later] = [before[keyword], after[keyword]];
    if (typeof later !== 'number') return false;
    return typeof earlier !== 'number' || sign * later > sign * earlier;
  };
  return [
    ...LOWER_BOUNDS.filter((keyword) => isNarrower(keyword, 1)),
    ...UPPER_BOUNDS.filter((keyword) => isNarrower(keyword, -1)),
  ].map((keyword) => `${name}: ${keyword} ${text(before[keyword])} became ${text(after[keyword])}`);
}

function fieldChanges(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const at = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const changes: string[] = [];
  for (const [field, schema] of Object.entries(before.properties ?? {})) {
    const later = after.properties?.[field];
    if (later === undefined) changes.push(`${at(field)}: is gone`);
    else changes.push(...breakingChanges(schema, later, at(field)));
  }
  for (const [field, schema] of Object.entries(after.properties ?? {}))
    if (before.properties?.[field] === undefined && schema.default !== undefined)
      changes.push(`${at(field)}: is new and has a default, which changes every event without it`);
  for (const field of after.required ?? [])
    if (!before.required?.includes(field)) changes.push(`${at(field)}: is needed now`);
  const [earlier, later] = [before.additionalProperties ?? {}, after.additionalProperties ?? {}];
  const isClosed = later === false && earlier !== false;
  if (isClosed) changes.push(`${path || 'the event'}: unknown fields are no longer kept`);
  if (typeof earlier === 'object' && typeof later === 'object' && Object.keys(later).length > 0)
    changes.push(...breakingChanges(earlier, later, at('*')));
  return changes;
}

function alternativesOf(schema: JsonSchema): readonly JsonSchema[] {
  const listed = schema.anyOf ?? schema.oneOf;
  if (listed !== undefined) return listed.flatMap(alternativesOf);
  return Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type })) : [schema];
}

const isWidened = (before: JsonSchema['type'], after: JsonSchema['type']): boolean =>
  before === 'integer' && after === 'number';

function valuesOf(schema: JsonSchema): Set<string> | null {
  if (schema.const !== undefined) return new Set([text(schema.const)]);
  return schema.enum === undefined ? null : new Set(schema.enum.map(text));
}

const unitsOf = ({ description }: JsonSchema): string =>
  (description?.match(UNITS) ?? []).map((unit) => unit.toLowerCase()).join(' ');

const describe = (schema: JsonSchema): string =>
  schema.const !== undefined || schema.enum !== undefined
    ? [...(valuesOf(schema) ?? [])].join(' or ')
    : String(schema.type ?? 'any');

const text = (value: unknown): string => (value === undefined ? 'none' : (JSON.stringify(value) ?? 'none'));

export interface AuthorityRow {
  readonly type: string;
  readonly sourceClass: string;
  readonly topic: string;
}

/** Rows of the authority table that are gone: somebody who might state something may no longer. */
export function withdrawnAuthority(
  before: readonly AuthorityRow[],
  after: readonly AuthorityRow[],
): string[] {
  const keyOf = ({ type, sourceClass, topic }: AuthorityRow): string => `${sourceClass} ${type} ${topic}`;
  const remaining = new Set(after.map(keyOf));
  return before
    .filter((row) => !remaining.has(keyOf(row)))
    .map(({ type, sourceClass, topic }) => `a ${sourceClass} source may no longer state ${type} on ${topic}`);
}

/**
 * Compares all published schema files with what they are now (both: file name → parsed JSON).
 * @returns every breaking change, with the file it is in
 */
export function comparePublished(
  published: ReadonlyMap<string, unknown>,
  current: ReadonlyMap<string, unknown>,
): string[] {
  return [...published].flatMap(([file, before]) => {
    const after = current.get(file);
    if (after === undefined) return [`${file}: a published schema cannot be taken back`];
    const changes =
      file === AUTHORITY_FILE
        ? withdrawnAuthority(before as AuthorityRow[], after as AuthorityRow[])
        : breakingChanges(before as JsonSchema, after as JsonSchema);
    return changes.map((change) => `${file}: ${change}`);
  });
}

export const AUTHORITY_FILE = 'authority.json';
