/** Keys of an object as they came, and how they are written: sorted, quoted, each with its colon. */
interface KeyOrder {
  readonly keys: readonly string[];
  readonly sorted: readonly { readonly key: string; readonly written: string }[];
}

/** Key orders met last, by depth: events of one sender are alike, and sorting the same keys again and again is what costs. */
const lastOrders: (KeyOrder | undefined)[] = [];
/** Deeper objects are sorted anew; an event has two levels, seldom three. */
const KEPT_DEPTHS = 4;

/** What JSON has to escape, and halves of surrogate pairs, which only come as an escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
const NEEDS_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/**
 * Canonical JSON (RFC 8785): keys in order of their UTF-16 code units, no blanks, numbers and escapes as ECMAScript writes
 * them. For values as `JSON.parse` gives them; an undefined property is left out.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : String(value);
  if (Array.isArray(value)) return writeArray(value, depth);
  return writeObject(value as Readonly<Record<string, unknown>>, depth);
}

function writeArray(values: readonly unknown[], depth: number): string {
  let text = '';
  for (const value of values) text += (text === '' ? '' : ',') + write(value, depth + 1);
  return `[${text}]`;
}

function writeObject(object: Readonly<Record<string, unknown>>, depth: number): string {
  let text = '';
  for (const { key, written } of orderOf(object, depth)) {
    const value = object[key];
    if (value !== undefined) text += (text === '' ? '' : ',') + written + write(value, depth + 1);
  }
  return `{${text}}`;
}

function orderOf(object: object, depth: number): KeyOrder['sorted'] {
  const keys = Object.keys(object);
  const last = lastOrders[depth];
  if (last !== undefined && isSame(last.keys, keys)) return last.sorted;
  const sorted = [...keys].sort().map((key) => ({ key, written: `${quote(key)}:` }));
  if (depth < KEPT_DEPTHS) lastOrders[depth] = { keys, sorted };
  return sorted;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

const quote = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);
