/** Words that measurement's events and answers share. */

export const EVIDENCE_KINDS = ['contract', 'invoice', 'payment', 'other'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** upheld: the finding is right; dismissed: it is not; mended: the facts behind it have been put right. */
export const FINDING_OUTCOMES = ['upheld', 'dismissed', 'mended'] as const;
export type FindingOutcome = (typeof FINDING_OUTCOMES)[number];

export const FINDING_STATES = ['open', 'replied', 'appealed', 'closed'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** How an event can change a published figure: by what a firm reported, by which firms are taken together, by what counts towards a target. */
export const BEARINGS = ['report', 'membership', 'target'] as const;
export type Bearing = (typeof BEARINGS)[number];
/** What tells the events since a publication from those before it. */
export const CAUSES_BY = ['position', 'time'] as const;

/** critical: a count or a payment may be wrong; warning: a figure may be; info: something is missing. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why an accepted firm does not count for its city's target. */
export const NOT_COUNTABLE_REASONS = [
  'NOT_ON_LIST',
  'INDUSTRY_NOT_PILOT',
  'CONTRACT_MISSING',
  'CONTRACT_OUTSIDE_WINDOW',
  'NOT_LIVE',
  'PROJECT_OUTSIDE_WINDOW',
  'USE_NOT_SUSTAINED',
  'USE_STOPPED',
  'LEVEL_MISSING',
  'RATER_UNKNOWN',
  'RATER_NOT_INDEPENDENT',
  'LEVEL_NOT_REACHED',
  'EVIDENCE_MISSING',
  'EVIDENCE_MISMATCHED',
  'COUNTED_ELSEWHERE',
] as const;
export type NotCountableReason = (typeof NOT_COUNTABLE_REASONS)[number];
