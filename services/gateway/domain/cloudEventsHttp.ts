import { ChainlightError } from '../../../schemas/errors.ts';

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
      `send ${STRUCTURED}, ${BATCH}, or application/json with the attributes in ce-* headers`,
    );
  return [{ value: body, headers: attributes }];
}

const structured = (value: Buffer): HttpEvent => ({ value, headers: { 'content-type': STRUCTURED } });

function readBatch(body: Buffer): HttpEvent[] {
  let events: unknown;
  try {
    events = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ChainlightError('NOT_JSON', 'the batch is not JSON', {}, { cause });
  }
  if (!Array.isArray(events)) throw new ChainlightError('BAD_ENVELOPE', 'a batch is a JSON array of events');
  if (events.length > MAX_BATCH)
    throw new ChainlightError('BAD_INPUT', `a batch holds at most ${MAX_BATCH} events, not ${events.length}`);
  return events.map((event) => structured(Buffer.from(JSON.stringify(event))));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
