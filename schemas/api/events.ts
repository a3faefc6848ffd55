import { z } from 'zod';

export const EventIdentity = z.object({
  source: z.string().min(1).max(200),
  id: z.string().min(1).max(200),
});

/** One record and what became of it. */
export const EventRecord = z.object({
  /** The CloudEvent; null where the record could not be read as JSON. */
  event: z.record(z.string(), z.unknown()).nullable(),
  verdict: z.enum(['accepted', 'conflict', 'rejected', 'parked']),
  /** Code of the refusal; null for an accepted event. */
  reason: z.string().nullable(),
  topic: z.string(),
  partition: z.number().int().min(0),
  offset: z.number().int().min(0),
  /** SHA-256 of the canonical JSON, hex; null where there is none. */
  hash: z.string().nullable(),
  /** Head of the partition's hash chain after this event. */
  chainHash: z.string().nullable(),
  /** Recording time; null for a parked record, which has no final verdict yet. */
  recordedAt: z.string().nullable(),
  corrections: z.array(
    z.object({
      source: z.string(),
      id: z.string(),
      time: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type EventRecord = z.infer<typeof EventRecord>;
