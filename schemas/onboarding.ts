import { z } from 'zod';

/** Stages of an onboarding in the order of the programme; prerequisites, not this order, say what may be done when. */
export const STAGES = [
  'NOMINATED',
  'REGISTERED',
  'IDENTITY_VERIFIED',
  'DIAGNOSED',
  'PLAN_FILED',
  'CONTRACTED',
  'IMPLEMENTING',
  'DATA_CONNECTED',
  'LIVE',
  'SELF_ASSESSED',
  'ONSITE_RATED',
  'FINANCE_AUDITED',
  'ACCEPTED',
] as const;
/** Who may be waited for. */
export const PARTIES = [
  'supplier',
  'leader',
  'provider',
  'platform',
  'rater',
  'financial-auditor',
  'bureau',
  'system',
] as const;
export type Party = (typeof PARTIES)[number];

export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

/** How an onboarding ended; the five are distinct and none is ever turned into another. */
export const TERMINAL_STATUSES = ['ACCEPTED', 'WITHDRAWN', 'DECLINED', 'FAILED', 'EXPIRED'] as const;
export const TerminalStatus = z.enum(TERMINAL_STATUSES);
export type TerminalStatus = z.infer<typeof TerminalStatus>;
export const OnboardingStatus = z.enum(['ACTIVE', ...TERMINAL_STATUSES]);
export type OnboardingStatus = z.infer<typeof OnboardingStatus>;

export type Phase = 'early' | 'mid' | 'late';

/** Early = up to PLAN_FILED; mid = CONTRACTED to DATA_CONNECTED; late = after. */
export function phaseOf(stage: Stage): Phase {
  const position = STAGES.indexOf(stage);
  if (position <= STAGES.indexOf('PLAN_FILED')) return 'early';
  return position <= STAGES.indexOf('DATA_CONNECTED') ? 'mid' : 'late';
}

/** Reasons why an onboarding stalls or fails, two levels: group and cause. */
export const FAILURE_REASONS = {
  UNWILLING: ['AWARENESS', 'NO_OWNER', 'EMPLOYEE_RESISTANCE'],
  DARE_NOT: ['PAYBACK_TOO_LONG', 'CASH', 'DATA_DISCLOSURE_FEAR'],
  UNABLE: ['NO_STAFF', 'LEGACY_EQUIPMENT', 'NO_ERP'],
  MISMATCH: ['SOLUTION_DOES_NOT_FIT'],
  PROVIDER: ['DEFAULT'],
  INTEGRATION: ['SCHEMA', 'MAPPING', 'NETWORK'],
  ELIGIBILITY: ['NOT_ELIGIBLE'],
  EVIDENCE: ['MISSING', 'REJECTED', 'MISMATCHED'],
  LEVEL_NOT_REACHED: ['BELOW_TARGET_LEVEL'],
  BUSINESS: ['CLOSED', 'MERGED'],
  PROGRAMME: ['QUOTA', 'MONEY', 'WINDOW_CLOSED'],
} as const satisfies Record<string, readonly string[]>;

export type FailureGroup = keyof typeof FAILURE_REASONS;
export const FAILURE_GROUPS = Object.keys(FAILURE_REASONS) as FailureGroup[];

export const FailureReason = z
  .object({
    group: z.enum(FAILURE_GROUPS as [FailureGroup, ...FailureGroup[]]),
    cause: z.string().min(1).max(60),
  })
  .refine((reason) => (FAILURE_REASONS[reason.group] as readonly string[]).includes(reason.cause), {
    path: ['cause'],
    message: 'is not a cause of this group',
  });
export type FailureReason = z.infer<typeof FailureReason>;

/** One onboarding per supplier × platform × programme; this is also the id of its Temporal workflow. */
export const workflowIdOf = (key: { supplierUscc: string; platform: string; programme: string }): string =>
  `onboarding/${key.programme}/${key.platform}/${key.supplierUscc}`;
