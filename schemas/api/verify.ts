import { z } from 'zod';

const Chain = z.object({
  topic: z.string(),
  partition: z.number().int(),
  length: z.number().int(),
  head: z.string(),
});

/** File written by `cli anchors export`. */
export const Anchors = z.object({ anchors: z.array(Chain) });
export type Anchors = z.infer<typeof Anchors>;

/** Output of `cli verify --json`. */
export const VerifyResult = z.object({
  ok: z.boolean(),
  events: z.number().int(),
  partitions: z.array(Chain),
  firstFault: z
    .object({
      kind: z.enum(['altered', 'missing', 'inserted', 'chain-broken', 'rewritten']),
      topic: z.string(),
      partition: z.number().int(),
      offset: z.number().int().nullable(),
      source: z.string().nullable(),
      id: z.string().nullable(),
      detail: z.string(),
    })
    .nullable(),
  readModels: z.object({
    equal: z.boolean(),
    differences: z.array(z.object({ collection: z.string(), id: z.string(), detail: z.string() })),
  }),
});
export type VerifyResult = z.infer<typeof VerifyResult>;
