/** What an onboarding takes hold of, in the order in which it does. */
export const TAKEN_STEPS = ['subsidy', 'provider', 'tenant', 'credential', 'devices'] as const;
export type TakenStep = (typeof TAKEN_STEPS)[number];
