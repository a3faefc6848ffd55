import { ACTS } from '../../schemas/topics.ts';
import { waitUntilStored } from './confirm.ts';
import { type Producer, send } from './kafka.ts';
import type { Db } from './mongo.ts';

/** An act of a person, or an outcome of the system, as an event on the topic of acts. */
export interface Act {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly partitionkey: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ActRecord {
  readonly source: string;
  readonly id: string;
  /** Whether ingest had stored it in time; it is not lost otherwise. */
  readonly confirmed: boolean;
}

const CONFIRM_TIMEOUT_MS = 15_000;

/** Sends an act and waits until ingest has stored it; read models show it only then. */
export async function recordAct(
  deps: { readonly db: Db; readonly producer: Producer; readonly confirmTimeoutMs?: number },
  act: Act,
): Promise<ActRecord> {
  const value = JSON.stringify({ specversion: '1.0', datacontenttype: 'application/json', ...act });
  const headers = { 'content-type': 'application/cloudevents+json' };
  await send(deps.producer, ACTS, [{ key: act.partitionkey, value, headers }]);
  const confirmed = await waitUntilStored(deps.db, act, deps.confirmTimeoutMs ?? CONFIRM_TIMEOUT_MS);
  return { source: act.source, id: act.id, confirmed };
}
