/** Search attributes by which live runs of onboardings are listed in Temporal, each by what it says; every one is a Keyword. */
export const SEARCH_ATTRIBUTES = {
  supplier: 'ChainlightSupplier',
  leader: 'ChainlightLeader',
  programme: 'ChainlightProgramme',
  status: 'ChainlightStatus',
  stage: 'ChainlightStage',
  stallRisk: 'ChainlightStallRisk',
} as const;

/** Why an open onboarding may stall, as far as it can tell from itself alone. */
export const STALL_RISKS = ['MISSED_REMINDERS', 'REPEATED_FAILURE'] as const;
export type StallRisk = (typeof STALL_RISKS)[number];

/** So many of each make an onboarding one that may stall; the first reminder goes to the supplier alone, from the second on others know. */
export const STALL_LIMITS = { reminders: 2, failedAttempts: 2 } as const;
