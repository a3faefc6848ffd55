import { accept, type IncomingRecord, type Result, refuse } from './record.ts';

export const MAX_PAYLOAD_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const JSON_MEDIA_TYPE = /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i;
const STRUCTURED_MEDIA_TYPE = /^application\/cloudevents\+json\s*(;|$)/i;
const HEADER_PREFIX = 'ce_';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type JsonObject = { [key: string]: unknown };

/**
 * Reads a record as a CloudEvent by the Kafka binding: binary mode (attributes in `ce_*` headers, data in the value) or
 * structured mode (the whole event as JSON in the value). A record with neither a `ce_*` header nor a content type is
 * read as structured. Only the form is judged here, not the meaning.
 */
export function decode(record: IncomingRecord): Result<JsonObject> {
  const known = identityFromHeaders(record.headers);
  if (record.value === null || record.value.length === 0) {
    return refuse('BAD_ENVELOPE', 'the record has no value', known);
  }
  if (record.value.length > MAX_PAYLOAD_BYTES) {
    return refuse(
      'PAYLOAD_TOO_LARGE',
      `the value has ${record.value.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed`,
      known,
    );
  }
  let text: string;
  try {
    text = utf8.decode(record.value);
  } catch {
    return refuse('NOT_UTF8', 'the value contains bytes that are not UTF-8', known);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse(
      'NOT_JSON',
      `the value is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`,
      known,
    );
  }
  if (!isObject(parsed))
    return refuse('BAD_ENVELOPE', `the value must be a JSON object, not ${kindOf(parsed)}`, known);
  const fault = findUnsafe(parsed);
  if (fault === 'too-deep')
    return refuse('NESTED_TOO_DEEP', `the value is nested deeper than ${MAX_DEPTH} levels`, known);
  if (fault === 'proto-key')
    return refuse('BAD_ENVELOPE', 'the key "__proto__" is not allowed anywhere', known);

  const contentType = record.headers['content-type'];
  const isBinary =
    record.headers[`${HEADER_PREFIX}specversion`] !== undefined &&
    !STRUCTURED_MEDIA_TYPE.test(contentType ?? '');
  if (!isBinary) return accept(parsed);
  if (contentType !== undefined && !JSON_MEDIA_TYPE.test(contentType)) {
    return refuse('BAD_ENVELOPE', `content-type ${contentType} is not JSON`, known);
  }
  const event: JsonObject = {};
  for (const [name, value] of Object.entries(record.headers)) {
    if (name.startsWith(HEADER_PREFIX) && name !== 'ce___proto__')
      event[name.slice(HEADER_PREFIX.length)] = value;
  }
  if (contentType !== undefined) event.datacontenttype = contentType;
  event.data = parsed;
  return accept(event);
}

function identityFromHeaders(headers: Readonly<Record<string, string>>): {
  source?: string;
  id?: string;
  type?: string;
} {
  return { source: headers.ce_source, id: headers.ce_id, type: headers.ce_type };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** Walks without recursion, so that hostile nesting cannot exhaust the stack. */
function findUnsafe(root: JsonObject): 'too-deep' | 'proto-key' | null {
  let level: unknown[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return 'too-deep';
    const next: unknown[] = [];
    for (const node of level) {
      if (Array.isArray(node)) {
        for (const child of node) if (typeof child === 'object' && child !== null) next.push(child);
      } else if (isObject(node)) {
        for (const key in node) {
          if (key === '__proto__') return 'proto-key';
          const child = node[key];
          if (typeof child === 'object' && child !== null) next.push(child);
        }
      }
    }
    level = next;
  }
  return null;
}
