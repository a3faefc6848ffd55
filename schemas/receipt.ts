import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { Instant, Uscc } from './ids.ts';

const Count = z.number().int().min(0);

/** What became of one record that was not simply accepted. */
export const ReceiptItem = z.object({
  offset: Count,
  /** `accepted` only stands here for a record that was parked before. */
  verdict: z.enum(['accepted', 'duplicate', 'conflict', 'rejected', 'parked']),
  /** Whether the record was parked before and this is its final verdict. */
  released: z.boolean(),
  /** Null where nothing is wrong: duplicates, and parked records that were released. */
  code: z.enum(ERROR_CODES).nullable(),
  explanation: z.string(),
  /** The same in Chinese, where it is known for this one; the code says the rest. */
  explanationZh: z.string().optional(),
  /** What to do about it. */
  remedy: z.string().nullable(),
  source: z.string().nullable(),
  id: z.string().nullable(),
});
export type ReceiptItem = z.infer<typeof ReceiptItem>;

/**
 * What a leader's integrator is told about consecutive verdicts of one partition, on `erp.<leader>.receipts`. It is sent at least
 * once: `id` is the same every time. Each verdict stands in exactly one receipt; `firstSeq` follows the `lastSeq` before it.
 */
export const Receipt = z.object({
  /** `<topic>/<partition>/<firstSeq>` */
  id: z.string(),
  leader: Uscc,
  topic: z.string(),
  partition: Count,
  /** Places in the partition's chain of verdicts. */
  firstSeq: z.number().int().min(1),
  lastSeq: z.number().int().min(1),
  firstOffset: Count,
  lastOffset: Count,
  judgedAt: Instant,
  /** How many of these verdicts accepted an event. */
  accepted: Count,
  /** All other verdicts, and those that settle a record that was parked. */
  items: z.array(ReceiptItem),
});
export type Receipt = z.infer<typeof Receipt>;
