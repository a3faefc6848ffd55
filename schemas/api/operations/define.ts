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
  /** Whether a repetition under the header Idempotency-Key gets the first answer. */
  readonly idempotent?: boolean;
  /** Whether the answer carries an ETag and 304 is given for a known one. */
  readonly etag?: boolean;
  /** Status → schema of the answer; null for one without JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Media type of an answer that is not JSON. */
  readonly answerType?: string;
}

export const operation = <const Op extends Operation>(definition: Op): Op => definition;
