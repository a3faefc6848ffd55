import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';

/** An accepted event with its data read in the newest version of its type, as the reducers take it. */
export interface Fact {
  /** `<source> <id>` */
  readonly identity: string;
  readonly type: string;
  readonly sourceClass: StoredEvent['sourceClass'];
  /** Business time, milliseconds since 1970. */
  readonly timeMs: number;
  readonly firm: string | null;
  readonly period: string;
  readonly correlationId: string;
  /** First 128 bits of the SHA-256 of the content, hex. */
  readonly hash: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How much of a content hash goes into a set hash: 32 hex digits, 128 bits. */
export const SET_HASH_DIGITS = 32;

export function factOf(event: StoredEvent): Fact {
  return {
    identity: event._id,
    sourceClass: event.sourceClass,
    timeMs: event.time.getTime(),
    firm: event.firm,
    period: event.period,
    correlationId: event.correlationId,
    hash: event.contentHash.slice(0, SET_HASH_DIGITS),
    ...newestForm(event),
  };
}

/** The order in which statements stand: by business time, then by identity. */
export function compareFacts(
  a: { timeMs: number; identity: string },
  b: { timeMs: number; identity: string },
): number {
  return a.timeMs - b.timeMs || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
}

export const EMPTY_SET_HASH = '0'.repeat(SET_HASH_DIGITS);

/** Hash of a set as the XOR of its members' hashes: the order does not matter, and a member can be taken out again. */
export function xorHashes(a: string, b: string): string {
  if (a === EMPTY_SET_HASH) return b;
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(16).padStart(SET_HASH_DIGITS, '0');
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const whole = (value: unknown): number | null => (typeof value === 'number' ? value : null);
