import { REFUSED_HEADER } from './garbage.ts';

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** The same with every byte of it. */
export interface WholeRecord extends TopicRecord {
  readonly bytes: {
    readonly key: Buffer | null;
    /** In their order; a name that comes twice stands there twice. */
    readonly headers: readonly (readonly [name: string, value: Buffer])[];
    readonly value: Buffer | null;
  };
}

/** An event read out of a record, by this file's own few lines rather than the product's. */
export interface SentEvent {
  readonly identity: string;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Two copies with the same text say the same. */
  readonly content: string;
}

export const coordinatesOf = ({ topic, partition, offset }: TopicRecord): string =>
  `${topic}/${partition}/${offset}`;

/** The event of a record; null for what the stream itself marked as garbage. */
export function eventOf(record: TopicRecord): SentEvent | null {
  if (record.headers[REFUSED_HEADER] !== undefined) return null;
  const parsed = JSON.parse(record.value) as Record<string, unknown>;
  const { headers } = record;
  const event: Record<string, unknown> =
    headers.ce_id === undefined
      ? parsed
      : {
          ...Object.fromEntries(
            Object.entries(headers).flatMap(([name, value]) =>
              name.startsWith('ce_') ? [[name.slice(3), value]] : [],
            ),
          ),
          datacontenttype: headers['content-type'],
          data: parsed,
        };
  const source = String(event.source);
  const id = String(event.id);
  return {
    identity: `${source} ${id}`,
    source,
    id,
    type: String(event.type),
    timeMs: Date.parse(String(event.time)),
    data: event.data as Record<string, unknown>,
    content: inOrder(event),
  };
}

/** A value as text, keys in order: equal values give equal texts. */
export function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${inOrder(inner)}`).join(',')}}`;
}
