import { z } from 'zod';

/** Output of `cli programme check`. */
export const ProgrammeCheck = z.object({
  file: z.string(),
  ok: z.boolean(),
  version: z.string().nullable(),
  steps: z.number().int().min(0),
  problems: z.array(z.object({ at: z.string(), problem: z.string() })),
});
export type ProgrammeCheck = z.infer<typeof ProgrammeCheck>;
