import { z } from 'zod';
import { ConsentScope } from '../events/consent.ts';
import { BusinessDate, Instant, Uscc } from '../ids.ts';

/** A supplier agrees (or no longer agrees) to show a leader absolute figures. */
export const ConsentChange = z.strictObject({
  supplier: Uscc,
  leader: Uscc,
  scopes: z.array(ConsentScope).min(1).max(3),
});
export type ConsentChange = z.infer<typeof ConsentChange>;

export const DelegationChange = z.strictObject({ supplier: Uscc, provider: Uscc });
export const DelegationGrant = DelegationChange.extend({
  /** Last day in Asia/Shanghai; absent: until it is withdrawn. */
  validUntil: BusinessDate.optional(),
});
export type DelegationChange = z.infer<typeof DelegationChange>;

/** What a supplier has agreed to, as the events have it. */
export const ConsentState = z.object({
  supplierUscc: z.string(),
  /** The leader that sees figures, or the provider that acts. */
  granteeUscc: z.string(),
  kind: z.enum(['consent', 'delegation']),
  scopes: z.array(ConsentScope),
  changedAt: Instant,
  /** Last day of a delegation that ends by itself. */
  validUntil: z.string().nullable(),
});
export type ConsentState = z.infer<typeof ConsentState>;
export const ConsentList = z.object({ items: z.array(ConsentState) });
