import type { z } from 'zod';

export type Method = 'GET' | 'POST';

/** One operation of the HTTP interface. Routes, their checks and the OpenAPI document all come from it. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media types of the body; application/json unless said. */
  readonly bodyTypes?: readonly string[];
  /** Whether a repetition under the header Idempotency-Key gets the first answer; what writes does, unless said. */
  readonly idempotent?: boolean;
  /** Whether the answer carries an ETag and 304 is given for a known one; what reads JSON does, unless said. */
  readonly etag?: boolean;
  /**
   * The reading that this act rests on, and which field of the act gives each of its parameters: with the ETag of that answer in If-Match
   * the act is done only if it would be the same answer now.
   */
  readonly restsOn?: { readonly read: string; readonly from: Readonly<Record<string, string>> };
  /** Status → schema of the answer; null for one without JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Media type of an answer that is not JSON. */
  readonly answerType?: string;
}

export const isIdempotent = ({ idempotent, method }: Operation): boolean => idempotent ?? method !== 'GET';

export const hasETag = ({ etag, method, answerType, answers }: Operation): boolean =>
  etag ?? (method === 'GET' && answerType === undefined && answers[200] != null);

export const operation = <const Op extends Operation>(definition: Op): Op => definition;
