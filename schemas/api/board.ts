import { z } from 'zod';
import { Instant, Uscc } from '../ids.ts';
import { FailureReason, OnboardingStatus, Stage } from '../onboarding.ts';
import { PageQuery, pageOf } from './paging.ts';

const Count = z.number().int().min(0);
const RegionText = z.string().regex(/^[1-8]\d{5}$/);

export const STALL_REASONS = ['PAST_DEADLINE', 'FAILED_BEFORE', 'DUE_SOON'] as const;
/** How likely an onboarding is to stay where it is, by plain rules, with what speaks for it. */
export const StallRisk = z.object({
  level: z.enum(['none', 'low', 'medium', 'high']),
  reasons: z.array(z.enum(STALL_REASONS)),
});
export type StallRisk = z.infer<typeof StallRisk>;

/** One onboarding as lists and boards show it. */
export const OnboardingRow = z.object({
  workflowId: z.string(),
  uscc: Uscc,
  name: z.string().nullable(),
  platform: z.string(),
  programme: z.string(),
  leaderUscc: z.string().nullable(),
  providerUscc: z.string().nullable(),
  cityCode: z.string().nullable(),
  districtCode: z.string().nullable(),
  zone: z.string().nullable(),
  status: OnboardingStatus,
  stage: Stage,
  phase: z.enum(['early', 'mid', 'late']),
  followUp: z.enum(['NOT_STARTED', 'RUNNING', 'DONE']),
  nominatedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
  nextDueAt: Instant.nullable(),
  failureReason: FailureReason.nullable(),
  baselineLevel: z.number().nullable(),
  level: z.number().nullable(),
  /** The open steps: who has to move, until when. */
  waiting: z.array(
    z.object({
      step: z.string(),
      waitingOn: z.string(),
      deadline: Instant.nullable(),
      /** Who has to look at documents that were handed in for it; null where none waits to be looked at. */
      reviewer: z.string().nullable(),
    }),
  ),
  risk: StallRisk,
  /** Help that the supplier asked for with a step that is still open. */
  help: z.array(
    z.object({
      step: z.string(),
      reason: FailureReason.nullable(),
      comment: z.string().nullable(),
      at: Instant,
    }),
  ),
});
export type OnboardingRow = z.infer<typeof OnboardingRow>;

/** Which onboardings; the sign-in narrows it further to what it may see. */
export const OnboardingFilter = z.strictObject({
  supplier: z.string().min(1).max(18).optional(),
  /** Part of the name, or the beginning of the code. */
  q: z.string().trim().min(1).max(60).optional(),
  leader: z.string().min(1).max(18).optional(),
  provider: z.string().min(1).max(18).optional(),
  platform: z.string().min(1).max(63).optional(),
  programme: z.string().min(1).max(63).optional(),
  city: RegionText.optional(),
  district: RegionText.optional(),
  zone: z.string().min(1).max(80).optional(),
  status: OnboardingStatus.optional(),
  stage: Stage.optional(),
  phase: z.enum(['early', 'mid', 'late']).optional(),
  /** GB/T 4754 code as the nomination states it. */
  industry: z.string().min(1).max(10).optional(),
  /** Group of the reason for which it ended. */
  reason: z.string().min(1).max(40).optional(),
  /** Only those in which somebody is waited for at this step. */
  waitingAt: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .optional(),
  /** Only those that wait past a deadline. */
  stalled: z.stringbool().optional(),
  /** Only those that asked for help and still wait for it. */
  needsHelp: z.stringbool().optional(),
});
export type OnboardingFilter = z.infer<typeof OnboardingFilter>;

export const ONBOARDING_SORTS = [
  'id',
  'name',
  'uscc',
  'city',
  'nominatedAt',
  'nextDueAt',
  'closedAt',
] as const;
export const OnboardingQuery = OnboardingFilter.extend({
  ...PageQuery.shape,
  sort: z.enum(ONBOARDING_SORTS).default('id'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type OnboardingQuery = z.infer<typeof OnboardingQuery>;

export const OnboardingPage = pageOf(OnboardingRow);
export type OnboardingPage = z.infer<typeof OnboardingPage>;

/** The board: every stage with its counts and its most urgent rows. */
export const Board = z.object({
  asOf: Instant.nullable(),
  total: Count,
  byStatus: z.record(z.string(), Count),
  stages: z.array(
    z.object({ stage: Stage, open: Count, stalled: Count, rows: z.array(OnboardingRow).max(20) }),
  ),
});
export type Board = z.infer<typeof Board>;
export const BoardQuery = OnboardingFilter.extend({
  rows: z.coerce.number().int().min(0).max(20).default(5),
});
export type BoardQuery = z.infer<typeof BoardQuery>;
