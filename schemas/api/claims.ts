import { z } from 'zod';
import { Instant, Uscc } from '../ids.ts';

/** Output of `cli claims`. */
const Verdict = z.enum(['confirmed', 'partly', 'contradicted', 'not_testable']);

/** How inventory turned at a leader, at its suppliers with a frozen baseline, at those without one, and at all together. */
export const Displacement = z.object({
  leaderUscc: Uscc,
  name: z.string(),
  /** after ÷ before − 1; null where there is no figure. */
  leader: z.number().nullable(),
  suppliers: z.number().nullable(),
  others: z.number().nullable(),
  chain: z.number().nullable(),
  /** Suppliers that report no stock before and after: what moved to them is not seen. */
  unmeasured: z.number().int().min(0),
  figureId: z.string(),
});
export type Displacement = z.infer<typeof Displacement>;

export const ClaimState = z.object({
  id: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  who: z.string(),
  claimed: z.number(),
  unit: z.string(),
  tolerance: z.number().min(0),
  measured: z.number().nullable(),
  verdict: Verdict,
  reason: z.string(),
  /** The same in Chinese. */
  reasonZh: z.string(),
  figureId: z.string().nullable(),
  /** Every way to read the text, judged by itself. */
  readings: z.array(
    z.object({
      name: z.string(),
      claimed: z.number(),
      measured: z.number().nullable(),
      /** What the measured value is a quotient of; null where it is none, as a count or a change net of controls. */
      numerator: z.number().nullable(),
      denominator: z.number().nullable(),
      verdict: Verdict,
    }),
  ),
  /** Stated as an aim rather than a result. */
  isAim: z.boolean(),
  source: z.string(),
  grade: z.enum(['a', 'b', 'c', 'd', 'e']),
  entityCount: z.number().int().min(0),
  /** Of a claim about a gain: what became of stock in the chains of these firms meanwhile. */
  displacement: z.array(Displacement),
});
export type ClaimState = z.infer<typeof ClaimState>;

export const Claims = z.object({ asOf: Instant, claims: z.array(ClaimState) });
export type Claims = z.infer<typeof Claims>;
