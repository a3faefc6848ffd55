import type { ErrorCode } from '../../../schemas/errors.ts';
import type { EventType } from '../../../schemas/events/index.ts';
import { isoOf } from './calendar.ts';

export type Mode = 'binary' | 'structured';

/** A fact as some system states it, before it is put into a record. */
export interface Fact {
  readonly topic: string;
  /** Partition key: USCC of the firm, or the region's code. */
  readonly key: string;
  readonly source: string;
  readonly id: string;
  readonly type: EventType;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly mode: Mode;
  /** How it travels. `prompt`: within hours and within its month; `steady`: in hours, seldom days; `none`: at once. */
  readonly delivery: 'prompt' | 'steady' | 'none' | { readonly arrivesAtMs: number };
}

export type Expectation = 'accepted' | 'duplicates' | 'conflicts' | ErrorCode;

/** A Kafka record with what ingest is to make of it in the end (a parked record ends as accepted). */
export interface ScenarioRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expect: Expectation;
}

type Attributes = Readonly<Record<string, unknown>>;

const attributesOf = (fact: Fact): Attributes => ({
  specversion: '1.0',
  id: fact.id,
  source: fact.source,
  type: fact.type,
  time: isoOf(fact.timeMs),
  partitionkey: fact.key,
  dataschema: `urn:chainlight:schema:${fact.type}`,
});

/** Puts a fact into a record, in binary or structured mode. */
export function recordOf(fact: Fact, expect: Expectation = 'accepted'): ScenarioRecord {
  const { topic, key, mode, data } = fact;
  return { topic, key, expect, ...encode(attributesOf(fact), data, mode) };
}

/** Value and headers of an event, whatever its attributes and data are worth. */
export function encode(
  attributes: Attributes,
  data: unknown,
  mode: Mode,
): Pick<ScenarioRecord, 'value' | 'headers'> {
  if (mode === 'structured')
    return {
      value: JSON.stringify({ ...attributes, datacontenttype: 'application/json', data }),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    };
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)]),
  );
  return { value: JSON.stringify(data), headers: { ...headers, 'content-type': 'application/json' } };
}
