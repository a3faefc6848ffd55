import type { ErrorCode } from '../../../schemas/errors.ts';

/** A Kafka record as it came: the bytes and where they stood. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

/** Why a record is not accepted, in words for the one who sent it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly explanation: string;
  /** What could be read of its identity before it was refused. */
  readonly source?: string;
  readonly id?: string;
  readonly type?: string;
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export const accept = <Value>(value: Value): Result<Value> => ({ ok: true, value });

export function refuse(
  code: ErrorCode,
  explanation: string,
  known: Omit<Refusal, 'code' | 'explanation'> = {},
): Result<never> {
  return { ok: false, refusal: { code, explanation, ...known } };
}
