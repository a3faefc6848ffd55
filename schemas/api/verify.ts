import { z } from 'zod';
import { AnchoredDay, Chain, ChainFault } from './anchors.ts';

/** Output of `cli verify --json`. */
export const VerifyResult = z.object({
  ok: z.boolean(),
  events: z.number().int(),
  partitions: z.array(Chain),
  /** Merkle root of each day of recording; the last may still be open. */
  days: z.array(AnchoredDay.omit({ partitions: true })),
  firstFault: ChainFault.nullable(),
  readModels: z.object({
    equal: z.boolean(),
    differences: z.array(z.object({ collection: z.string(), id: z.string(), detail: z.string() })),
  }),
});
export type VerifyResult = z.infer<typeof VerifyResult>;
