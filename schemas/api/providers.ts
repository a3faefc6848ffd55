import { z } from 'zod';
import { Instant, Uscc } from '../ids.ts';

const Count = z.number().int().min(0);
const score = {
  /** Onboardings that it was or is part of. */
  engaged: Count,
  open: Count,
  /** Accepted. */
  done: Count,
  failed: Count,
  /** group/cause → onboardings that ended for it. */
  failedByReason: z.record(z.string(), Count),
  /** Kaplan–Meier median of the days from plan to going live; null where half never did. */
  medianDaysToLive: z.number().nullable(),
  /** Nearest-rank median of the prices in the plans; null without any. */
  medianPriceFen: z.number().int().nullable(),
  /** Firms that followed one of its customers as a sample (看样学样). */
  replicatedElsewhere: Count,
};

/** Output of `cli providers`. */
export const ProviderScorecard = z.object({
  asOf: Instant.nullable(),
  providers: z.array(
    z.object({
      uscc: Uscc,
      ...score,
      solutions: z.array(z.object({ solution: z.string(), ...score })),
    }),
  ),
  countedBy: z.literal('onboarding'),
});
export type ProviderScorecard = z.infer<typeof ProviderScorecard>;
