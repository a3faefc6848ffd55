import { z } from 'zod';

/** The answer of `cli emit`. `sent` counts the lines that the broker took; what became of them, ingest tells. */
export const EmitResult = z.object({
  topic: z.string(),
  sent: z.number().int().min(0),
  refusedByBroker: z.array(z.object({ line: z.number().int().min(1), reason: z.string() })),
  blankLines: z.number().int().min(0),
});
export type EmitResult = z.infer<typeof EmitResult>;
