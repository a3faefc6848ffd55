import type { EventType } from './events/index.ts';
import type { SourceClass } from './sources.ts';

/**
 * An accepted event as it stands in the append-only collection `events`. `body` is the whole CloudEvent as canonical
 * JSON (RFC 8785): what was hashed is what is stored, and no key of a payload can ever act as an operator.
 * The other fields are read out of `body` for the indexes; `cli verify` compares them with it.
 */
export interface StoredEvent {
  /** `identityOf(source, id)` */
  readonly _id: string;
  readonly type: EventType;
  readonly sourceClass: SourceClass;
  /** Business time: when the fact was stated in its system of origin. */
  readonly time: Date;
  /** USCC of the firm the event is about; null for a region's. */
  readonly firm: string | null;
  /** Month the fact belongs to (Asia/Shanghai): `data.period`, or else the month of `time`. */
  readonly period: string;
  readonly correlationId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Position in the partition's chain of verdicts: dense, rising; followers read in this order. */
  readonly seq: number;
  /** SHA-256 of `body`, hex. */
  readonly contentHash: string;
  /** Head of the partition's hash chain after this event, hex. */
  readonly hash: string;
  /** Recording time. */
  readonly recordedAt: Date;
  readonly body: string;
}
