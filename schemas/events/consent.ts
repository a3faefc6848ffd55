import { z } from 'zod';
import { BusinessDate, PersonName, Uscc } from '../ids.ts';
import { define, open } from './define.ts';

/** What a supplier may show a leader in absolute figures; without it a leader sees stages, delivery and relative changes. */
export const CONSENT_SCOPES = ['cost', 'revenue', 'stock'] as const;
export const ConsentScope = z.enum(CONSENT_SCOPES);
export type ConsentScope = z.infer<typeof ConsentScope>;

export const bySupplier = {
  statedBy: ['system'],
  speaker: {},
  factDates: [],
  about: 'supplierUscc',
} as const;
/** The person who decided, as the issuer names them. */
export const decidedBy = z.object({ subject: z.string().min(1).max(255), name: PersonName });

export const consentGranted = define('consent.granted.v1', {
  ...bySupplier,
  description: 'A supplier agreed to show a leader absolute figures of the named scopes.',
  data: open({
    supplierUscc: Uscc,
    leaderUscc: Uscc,
    scopes: z.array(ConsentScope).min(1).max(CONSENT_SCOPES.length),
    decidedBy,
  }),
});

export const consentWithdrawn = define('consent.withdrawn.v1', {
  ...bySupplier,
  description: 'A supplier took back its agreement for the named scopes; what a leader sees ends at once.',
  data: open({
    supplierUscc: Uscc,
    leaderUscc: Uscc,
    scopes: z.array(ConsentScope).min(1).max(CONSENT_SCOPES.length),
    decidedBy,
  }),
});

export const delegationGranted = define('delegation.granted.v1', {
  ...bySupplier,
  description: 'A supplier lets a service provider act on its behalf, for good or until the end of a day.',
  data: open({
    supplierUscc: Uscc,
    providerUscc: Uscc,
    /** Last day of the delegation in Asia/Shanghai; absent: until it is withdrawn. */
    validUntil: BusinessDate.optional(),
    decidedBy,
  }),
});

export const delegationWithdrawn = define('delegation.withdrawn.v1', {
  ...bySupplier,
  description: 'A supplier ended what it had delegated to a service provider.',
  data: open({ supplierUscc: Uscc, providerUscc: Uscc, decidedBy }),
});
