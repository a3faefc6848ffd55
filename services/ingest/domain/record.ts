import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Bilingual } from '../../../schemas/wording.ts';

/** A Kafka record as it came: the bytes and where they stood. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  /** What is wrong with an attribute's header: not UTF-8, or not the only one of its name. */
  readonly headerFault?: { readonly name: string; readonly kind: 'not-utf8' | 'repeated' };
  /** The batch that this stands for, where its records could not be told apart; the value is the batch as the broker keeps it. */
  readonly unreadable?: UnreadableRecords;
  /** Key and headers as they came, for those who keep every byte; made from `key` and `headers` where absent. */
  readonly raw?: RawFrame;
}

/** Records that nobody can tell apart, and why not. */
export interface UnreadableRecords {
  readonly packing: string;
  readonly fault: 'too-large' | 'too-many' | 'damaged';
  readonly records: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** Key and headers of a record as the Kafka client gives them. */
export interface RawFrame {
  readonly key: Buffer | null;
  readonly headers: Readonly<Record<string, RawHeader | readonly RawHeader[] | undefined>>;
}
type RawHeader = Buffer | string | null;

/** Why a record is not accepted, in words for the one who sent it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly explanation: string;
  readonly explanationZh: string;
  /** What could be read of its identity before it was refused. */
  readonly source?: string;
  readonly id?: string;
  readonly type?: string;
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export const accept = <Value>(value: Value): Result<Value> => ({ ok: true, value });

/** What a refusal repeats of a hostile record stays small, and is text that any store can hold. */
const MAX_EXPLANATION = 1_000;
const MAX_KNOWN = 300;
const clip = (text: string, length: number): string => text.slice(0, length).toWellFormed();

export function refuse(
  code: ErrorCode,
  said: Bilingual,
  known: Pick<Refusal, 'source' | 'id' | 'type'> = {},
): Result<never> {
  return {
    ok: false,
    refusal: {
      code,
      explanation: clip(said.en, MAX_EXPLANATION),
      explanationZh: clip(said.zh, MAX_EXPLANATION),
      ...(known.source === undefined ? {} : { source: clip(known.source, MAX_KNOWN) }),
      ...(known.id === undefined ? {} : { id: clip(known.id, MAX_KNOWN) }),
      ...(known.type === undefined ? {} : { type: clip(known.type, MAX_KNOWN) }),
    },
  };
}
