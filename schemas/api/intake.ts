import { z } from 'zod';

/** What became of one event of a request. Ingest says whether an accepted one is new, a duplicate or a conflict. */
export const IntakeReceipt = z.object({
  /** Place in the batch, from 0. */
  index: z.number().int().min(0),
  source: z.string().nullable(),
  id: z.string().nullable(),
  outcome: z.enum(['written', 'refused']),
  /** Where it stands in Kafka. */
  topic: z.string().optional(),
  /** Why it was refused: code of the catalogue, and in words. */
  code: z.string().optional(),
  explanation: z.string().optional(),
  explanationZh: z.string().optional(),
  remedy: z.string().optional(),
});
export type IntakeReceipt = z.infer<typeof IntakeReceipt>;

/** 202: everything written. 207: something refused. 4xx: nothing written. */
export const IntakeAnswer = z.object({
  written: z.number().int().min(0),
  refused: z.number().int().min(0),
  /** Refusals always; receipts of written events only where the request asks for them (`?receipts=all`). */
  receipts: z.array(IntakeReceipt),
});
export type IntakeAnswer = z.infer<typeof IntakeAnswer>;
export const IntakeOptions = z.strictObject({ receipts: z.enum(['refused', 'all']).default('refused') });
