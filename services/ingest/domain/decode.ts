import { MAX_PAYLOAD_BYTES } from '../../../schemas/envelope.ts';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { type Bilingual, bilingual } from '../../../schemas/wording.ts';
import { accept, type IncomingRecord, type Result, refuse, type UnreadableRecords } from './record.ts';

/** CloudEvents asks for no more of any transport. */
export const MAX_ATTRIBUTES_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const JSON_MEDIA_TYPE = /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i;
const STRUCTURED_MEDIA_TYPE = /^application\/cloudevents\+json\s*(;|$)/i;
const HEADER_PREFIX = 'ce_';
/** An escape in JSON text that may be half of a surrogate pair; bytes that are UTF-8 cannot hold one otherwise. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type JsonObject = { [key: string]: unknown };

/**
 * Reads a record as a CloudEvent by the Kafka binding: binary mode (attributes in `ce_*` headers, data in the value) or
 * structured mode (the whole event as JSON in the value). A record with neither a `ce_*` header nor a content type is
 * read as structured. Only the form is judged here, not the meaning.
 */
export function decode(record: IncomingRecord): Result<JsonObject> {
  if (record.unreadable !== undefined) return refuse('RECORDS_COMPRESSED', reasonOf(record.unreadable));
  const known = identityFromHeaders(record.headers);
  const headerFault = faultOfHeaders(record);
  if (headerFault !== null) return refuse(...headerFault, known);
  if (record.value === null || record.value.length === 0) {
    return refuse('BAD_ENVELOPE', bilingual('the record has no value', '记录没有内容'), known);
  }
  if (record.value.length > MAX_PAYLOAD_BYTES) {
    return refuse(
      'PAYLOAD_TOO_LARGE',
      bilingual(
        `the value has ${record.value.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed`,
        `内容有 ${record.value.length} 字节，最多 ${MAX_PAYLOAD_BYTES} 字节`,
      ),
      known,
    );
  }
  let text: string;
  try {
    text = utf8.decode(record.value);
  } catch {
    return refuse(
      'NOT_UTF8',
      bilingual('the value contains bytes that are not UTF-8', '内容中有不是 UTF-8 的字节'),
      known,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const [, at] = / position (\d+)/.exec(message) ?? [];
    const where = at === undefined ? '' : `，第 ${Number(at) + 1} 个字符处读不下去`;
    return refuse('NOT_JSON', bilingual(`the value is not JSON: ${message}`, `内容不是 JSON${where}`), known);
  }
  if (!isObject(parsed))
    return refuse(
      'BAD_ENVELOPE',
      bilingual(`the value must be a JSON object, not ${kindOf(parsed)}`, '内容须为一个 JSON 对象'),
      known,
    );
  const fault = findUnsafe(parsed, SURROGATE_ESCAPE.test(text));
  if (fault !== null) return refuse(...UNSAFE[fault], known);

  const contentType = record.headers['content-type'];
  const isBinary =
    record.headers[`${HEADER_PREFIX}specversion`] !== undefined &&
    !STRUCTURED_MEDIA_TYPE.test(contentType ?? '');
  if (!isBinary) return accept(parsed);
  if (contentType !== undefined && !JSON_MEDIA_TYPE.test(contentType)) {
    return refuse(
      'BAD_ENVELOPE',
      bilingual(`content-type ${contentType} is not JSON`, `content-type ${contentType} 不是 JSON`),
      known,
    );
  }
  const event: JsonObject = {};
  for (const [name, value] of Object.entries(record.headers)) {
    if (name.startsWith(HEADER_PREFIX)) event[name.slice(HEADER_PREFIX.length)] = value;
  }
  if (contentType !== undefined) event.datacontenttype = contentType;
  event.data = parsed;
  return accept(event);
}

function reasonOf({ fault, packing, records, firstOffset, lastOffset }: UnreadableRecords): Bilingual {
  const batch = `the batch of ${records} records at offsets ${firstOffset} to ${lastOffset} (packed: ${packing})`;
  const batchZh = `位移 ${firstOffset} 至 ${lastOffset} 的一批 ${records} 条记录（压缩：${packing}）`;
  switch (fault) {
    case 'too-large':
      return bilingual(
        `${batch} unpacks to more than is taken in of one batch`,
        `${batchZh}解压后超过一批的上限`,
      );
    case 'too-many':
      return bilingual(
        `${batch} holds more records than are taken in of one batch`,
        `${batchZh}条数超过一批的上限`,
      );
    case 'damaged':
      return bilingual(`${batch} cannot be unpacked`, `${batchZh}无法解压`);
    default: {
      const unknown: never = fault;
      return unknown;
    }
  }
}

function faultOfHeaders({ headers, headerFault }: IncomingRecord): readonly [ErrorCode, Bilingual] | null {
  if (headerFault?.kind === 'not-utf8')
    return [
      'NOT_UTF8',
      bilingual(
        `the header ${headerFault.name} contains bytes that are not UTF-8`,
        `消息头 ${headerFault.name} 中有不是 UTF-8 的字节`,
      ),
    ];
  if (headerFault?.kind === 'repeated')
    return [
      'BAD_ENVELOPE',
      bilingual(
        `the header ${headerFault.name} stands there more than once`,
        `消息头 ${headerFault.name} 出现了不止一次`,
      ),
    ];
  if (headers.ce_specversion === undefined) return null;
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (name === `${HEADER_PREFIX}__proto__`) return UNSAFE['proto-key'];
    if (name.startsWith(HEADER_PREFIX)) bytes += name.length + value.length;
  }
  return bytes <= MAX_ATTRIBUTES_BYTES
    ? null
    : [
        'PAYLOAD_TOO_LARGE',
        bilingual(
          `the ce_ headers have ${bytes} characters; ${MAX_ATTRIBUTES_BYTES} are allowed`,
          `ce_ 消息头共 ${bytes} 个字符，最多 ${MAX_ATTRIBUTES_BYTES} 个`,
        ),
      ];
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

type Unsafe = 'too-deep' | 'proto-key' | 'infinite' | 'half-character';
const UNSAFE: Readonly<Record<Unsafe, readonly [ErrorCode, Bilingual]>> = {
  'too-deep': [
    'NESTED_TOO_DEEP',
    bilingual(`the value is nested deeper than ${MAX_DEPTH} levels`, `内容嵌套超过 ${MAX_DEPTH} 层`),
  ],
  'proto-key': [
    'BAD_ENVELOPE',
    bilingual('the key "__proto__" is not allowed anywhere', '任何位置都不允许出现键 "__proto__"'),
  ],
  infinite: [
    'INVALID_DATA',
    bilingual('a number is too large to be read: it would become infinite', '有数字过大，无法读取'),
  ],
  'half-character': [
    'NOT_UTF8',
    bilingual(
      'a text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character',
      '文本中有半个代理对（\\ud800 至 \\udfff），不是字符',
    ),
  ],
};

/**
 * Walks without recursion, so that hostile nesting cannot exhaust the stack.
 * @param readsTexts whether texts may hold half characters and have to be looked at
 */
function findUnsafe(root: JsonObject, readsTexts: boolean): Unsafe | null {
  let level: unknown[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return 'too-deep';
    const next: unknown[] = [];
    for (const node of level) {
      if (Array.isArray(node)) {
        for (const child of node) {
          if (typeof child === 'object' && child !== null) next.push(child);
          else if (typeof child === 'number' && !Number.isFinite(child)) return 'infinite';
          else if (readsTexts && typeof child === 'string' && !child.isWellFormed()) return 'half-character';
        }
      } else if (isObject(node)) {
        for (const key in node) {
          if (key === '__proto__') return 'proto-key';
          if (readsTexts && !key.isWellFormed()) return 'half-character';
          const child = node[key];
          if (typeof child === 'object' && child !== null) next.push(child);
          else if (typeof child === 'number' && !Number.isFinite(child)) return 'infinite';
          else if (readsTexts && typeof child === 'string' && !child.isWellFormed()) return 'half-character';
        }
      }
    }
    level = next;
  }
  return null;
}
