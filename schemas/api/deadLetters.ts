import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { Instant } from '../ids.ts';

export const DEAD_LETTER_STATES = ['open', 'redriven', 'discarded'] as const;

export const DeadLetterItem = z.object({
  /** `<topic>/<partition>/<offset>` of the refused record. */
  id: z.string(),
  reason: z.string(),
  explanation: z.string(),
  topic: z.string(),
  partition: z.number().int().min(0),
  offset: z.number().int().min(0),
  receivedAt: Instant,
  state: z.enum(DEAD_LETTER_STATES),
});
export type DeadLetterItem = z.infer<typeof DeadLetterItem>;

export const DeadLetterQuery = z.strictObject({
  reason: z.enum(ERROR_CODES, 'is no reason code; docs/errors.md lists them').optional(),
  leader: z.string().min(1).max(18).optional(),
  since: z.union([Instant, z.iso.date()]).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});
export type DeadLetterQuery = z.infer<typeof DeadLetterQuery>;

/** `total` and `byReason` count all that match; `items` holds the newest of them, up to the limit. */
export const DeadLetterList = z.object({
  total: z.number().int().min(0),
  byReason: z.record(z.string(), z.number().int().min(1)),
  items: z.array(DeadLetterItem),
});
export type DeadLetterList = z.infer<typeof DeadLetterList>;

export const DeadLetterDetail = DeadLetterItem.extend({
  key: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  source: z.string().nullable(),
  eventId: z.string().nullable(),
  type: z.string().nullable(),
  leader: z.string().nullable(),
  contentHash: z.string(),
  /** Content hash of the accepted event that this record contradicts. */
  conflictsWith: z.string().nullable(),
  originalBytes: z.number().int().min(0),
  /** The record as it came: text where it is UTF-8, or else base64. Cut after 64 KiB. Null without a value. */
  original: z
    .object({ encoding: z.enum(['utf-8', 'base64']), text: z.string(), truncated: z.boolean() })
    .nullable(),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;
