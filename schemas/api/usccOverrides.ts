import { z } from 'zod';
import { Reason } from '../events/acts.ts';
import { RegistryEvidence } from '../events/usccOverrides.ts';
import { DeviatingUscc, Instant } from '../ids.ts';

export const RecordOverride = z.strictObject({
  uscc: DeviatingUscc,
  evidence: RegistryEvidence,
  reason: Reason,
});
export type RecordOverride = z.infer<typeof RecordOverride>;

export const RevokeOverride = z.strictObject({ uscc: DeviatingUscc, reason: Reason });
export type RevokeOverride = z.infer<typeof RevokeOverride>;

/** What was last said of a code: `standing` lets it in, `revoked` no longer. */
export const UsccOverride = z.object({
  uscc: z.string(),
  state: z.enum(['standing', 'revoked']),
  /** What the override rests on; of a revoked one, what it rested on is in its event. */
  evidence: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  at: Instant,
  /** Identity of the event. */
  event: z.string(),
});
export type UsccOverride = z.infer<typeof UsccOverride>;

/** Output of `cli overrides list --json`, newest first. */
export const UsccOverrideList = z.object({ items: z.array(UsccOverride) });
export type UsccOverrideList = z.infer<typeof UsccOverrideList>;
