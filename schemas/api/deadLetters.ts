import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { Reason } from '../events/acts.ts';
import { Instant, PersonName, Uscc } from '../ids.ts';

export const DEAD_LETTER_STATES = ['open', 'redriven', 'discarded'] as const;

export const DeadLetterItem = z.object({
  /** `<topic>/<partition>/<offset>` of the refused record. */
  id: z.string(),
  reason: z.string(),
  explanation: z.string(),
  /** The same in Chinese, where it is known for this one; the code says the rest. */
  explanationZh: z.string().optional(),
  topic: z.string(),
  partition: z.number().int().min(0),
  offset: z.number().int().min(0),
  receivedAt: Instant,
  state: z.enum(DEAD_LETTER_STATES),
});
export type DeadLetterItem = z.infer<typeof DeadLetterItem>;

const filters = {
  reason: z.enum(ERROR_CODES, 'is no reason code; docs/errors.md lists them').optional(),
  leader: Uscc.optional(),
  since: z.union([Instant, z.iso.date()]).optional(),
};

export const DeadLetterQuery = z.strictObject({
  ...filters,
  state: z.enum(DEAD_LETTER_STATES).optional(),
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

const Coordinates = z.object({
  topic: z.string(),
  partition: z.number().int().min(0),
  offset: z.number().int().min(0),
});

/** What was done about a dead letter: who, when, and where it went or why it was given up. */
export const DeadLetterActRecord = z.object({
  actor: z.string(),
  at: Instant,
  /** Source and id of the event that records it, with a blank between. */
  event: z.string(),
  redrivenTo: Coordinates.nullable(),
  why: z.string().nullable(),
});

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
  /** The dead letter whose redriving brought this record. */
  redriveOf: z.string().nullable(),
  act: DeadLetterActRecord.nullable(),
  originalBytes: z.number().int().min(0),
  /** The record as it came: text where it is UTF-8, or else base64. Cut after 64 KiB. Null without a value. */
  original: z
    .object({ encoding: z.enum(['utf-8', 'base64']), text: z.string(), truncated: z.boolean() })
    .nullable(),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** What the command line prints of one. */
export const DeadLetterShown = DeadLetterDetail.extend({
  /** Where the original's bytes were written to, where that was asked for. */
  originalFile: z.string().optional(),
});

/** Which dead letters an act concerns: those named, or all open ones that the filters choose. */
const selection = {
  ids: z.array(z.string().min(1).max(300)).max(10_000).default([]),
  ...filters,
  by: PersonName,
};
type Selection = { ids: string[]; reason?: string; leader?: string; since?: string };
const isSelective = ({ ids, reason, leader, since }: Selection): boolean =>
  ids.length > 0 !== [reason, leader, since].some((filter) => filter !== undefined);
const SELECTION_HINT = 'name dead letters by id, or choose them by reason, leader or time: one of the two';

export const RedriveCommand = z
  .strictObject({ ...selection, dryRun: z.boolean().default(false) })
  .refine(isSelective, { path: ['ids'], message: SELECTION_HINT });
export type RedriveCommand = z.infer<typeof RedriveCommand>;

export const DiscardCommand = z
  .strictObject({ ...selection, why: Reason })
  .refine(isSelective, { path: ['ids'], message: SELECTION_HINT });
export type DiscardCommand = z.infer<typeof DiscardCommand>;

const Skipped = z.array(z.object({ id: z.string(), because: z.string() }));

/** `confirmed` is false when ingest had not stored the act within the wait; `state` follows when it has. */
export const RedriveResult = z.object({
  dryRun: z.boolean(),
  /** Dead letters that were chosen. */
  matched: z.number().int().min(0),
  redriven: z.array(
    z.object({
      id: z.string(),
      to: Coordinates.nullable(),
      event: z.string().nullable(),
      confirmed: z.boolean(),
    }),
  ),
  skipped: Skipped,
});
export type RedriveResult = z.infer<typeof RedriveResult>;

export const DiscardResult = z.object({
  matched: z.number().int().min(0),
  discarded: z.array(z.object({ id: z.string(), event: z.string(), confirmed: z.boolean() })),
  skipped: Skipped,
});
export type DiscardResult = z.infer<typeof DiscardResult>;
