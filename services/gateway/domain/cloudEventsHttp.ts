import { ChainlightError } from '../../../schemas/errors.ts';
import { bilingual } from '../../../schemas/wording.ts';

/** One event as it will stand in Kafka: bytes, and the headers of the Kafka binding. */
export interface HttpEvent {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export const STRUCTURED = 'application/cloudevents+json';
export const BATCH = 'application/cloudevents-batch+json';
/** So many events fit into one request. */
export const MAX_BATCH = 5_000;
const ATTRIBUTE = /^ce-([a-z0-9]{1,40})$/;

/**
 * Reads a request by the CloudEvents HTTP binding: structured, batch, or binary (attributes in `ce-*` headers, data in the body).
 * @throws ChainlightError NOT_JSON, BAD_ENVELOPE, BAD_INPUT for a request that is none of the three
 */
export function readHttpEvents(
  contentType: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): HttpEvent[] {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === BATCH) return readBatch(body);
  if (mediaType === STRUCTURED) return [structured(body)];
  const attributes: Record<string, string> = { 'content-type': contentType };
  for (const [name, value] of Object.entries(headers)) {
    const attribute = ATTRIBUTE.exec(name)?.[1];
    // Values are percent-encoded where HTTP allows no such character.
    if (attribute !== undefined && typeof value === 'string') attributes[`ce_${attribute}`] = decode(value);
  }
  if (attributes.ce_specversion === undefined)
    throw new ChainlightError(
      'BAD_ENVELOPE',
      bilingual(
        `send ${STRUCTURED}, ${BATCH}, or application/json with the attributes in ce-* headers`,
        `请用 ${STRUCTURED}、${BATCH}，或 application/json 并在 ce-* 消息头中给出属性`,
      ),
    );
  return [{ value: body, headers: attributes }];
}

const structured = (value: Buffer): HttpEvent => ({ value, headers: { 'content-type': STRUCTURED } });

function readBatch(body: Buffer): HttpEvent[] {
  let events: unknown;
  try {
    events = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ChainlightError(
      'NOT_JSON',
      bilingual('the batch is not JSON', '这一批不是 JSON'),
      {},
      { cause },
    );
  }
  if (!Array.isArray(events))
    throw new ChainlightError(
      'BAD_ENVELOPE',
      bilingual('a batch is a JSON array of events', '一批须为由事件组成的 JSON 列表'),
    );
  if (events.length > MAX_BATCH)
    throw new ChainlightError(
      'BAD_INPUT',
      bilingual(
        `a batch holds at most ${MAX_BATCH} events, not ${events.length}`,
        `一批最多 ${MAX_BATCH} 条，收到 ${events.length} 条`,
      ),
    );
  return elementsOf(body).map(structured);
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = 0x20;

/**
 * The bytes of each element of a JSON array, as they were sent: reading and writing them anew would change long numbers and drop a key
 * that stands there twice, and the record would no longer be what its sender signed for.
 * @param array valid JSON text of an array
 */
function elementsOf(array: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  let [depth, start] = [0, 0];
  const cut = (end: number): void => {
    if (!isBlank(array, start, end)) elements.push(array.subarray(start, end));
    start = end + 1;
  };
  for (let at = 0; at < array.length; at++) {
    switch (array[at]) {
      case QUOTE:
        at = endOfText(array, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth++;
        if (depth === 1) start = at + 1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        if (depth === 0) cut(at);
        break;
      case COMMA:
        if (depth === 1) cut(at);
        break;
    }
  }
  return elements;
}

/** @returns where the closing quote of the text stands that begins at `start` */
function endOfText(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isBlank(json: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((json[at] ?? 0) > SPACE) return false;
  return true;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
