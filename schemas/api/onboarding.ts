import { z } from 'zod';
import { Instant, Uscc } from '../ids.ts';
import { FailureReason, OnboardingStatus, Stage } from '../onboarding.ts';

const Count = z.number().int().min(0);
const Share = z.number().min(0).max(1);

const Attempt = z.object({
  at: Instant,
  /** A person by name and role, or the source of the event. */
  actor: z.string(),
  outcome: z.enum(['done', 'failed', 'declined']),
  reason: FailureReason.nullable(),
  comment: z.string().nullable(),
});

const Step = z.object({
  step: z.string(),
  stage: Stage,
  state: z.enum(['TO_DO', 'IN_PROGRESS', 'WAITING_ON', 'DONE', 'FAILED']),
  waitingOn: z.string().nullable(),
  deadline: Instant.nullable(),
  attempts: z.array(Attempt),
});

/** Output of `cli onboarding show`. */
export const SupplierOnboardings = z.object({
  uscc: Uscc,
  onboardings: z.array(
    z.object({
      workflowId: z.string(),
      programme: z.string(),
      programmeVersion: z.string(),
      platform: z.string(),
      status: OnboardingStatus,
      followUp: z.enum(['NOT_STARTED', 'RUNNING']),
      stage: Stage,
      failureReason: FailureReason.nullable(),
      nominatedAt: Instant.nullable(),
      closedAt: Instant.nullable(),
      /** What the system does next by itself, by business time. */
      nextDueAt: Instant.nullable(),
      steps: z.array(Step),
      history: z.array(
        z.object({
          at: Instant,
          event: z.string(),
          id: z.string(),
          actor: z.string(),
          reason: FailureReason.nullable(),
          comment: z.string().nullable(),
        }),
      ),
      findings: z.array(z.object({ code: z.string(), eventId: z.string(), type: z.string(), at: Instant })),
    }),
  ),
});
export type SupplierOnboardings = z.infer<typeof SupplierOnboardings>;

/** Output of `cli funnel`. */
export const Funnel = z.object({
  asOf: Instant.nullable(),
  stages: z.array(
    z.object({
      stage: Stage,
      entered: Count,
      done: Count,
      /** Onboardings that ended at this stage without being accepted. */
      failed: Count,
      /** Open, and past a deadline. */
      stalled: Count,
      /** Kaplan–Meier median of the days from entering the stage to its being done. */
      medianDays: z.number().min(0).nullable(),
      /** Open now. */
      atRisk: Count,
    }),
  ),
  failures: z.array(
    z.object({
      stage: Stage,
      /** group/cause; the status where no reason was stated. */
      reason: z.string(),
      count: Count,
      /** Of all onboardings that ended without being accepted. */
      shareOfFailures: Share,
      /** Aalen–Johansen, among those that entered the stage; null where the stage was never entered by the record. */
      cumulativeIncidence: Share.nullable(),
    }),
  ),
  countedBy: z.literal('onboarding'),
});
export type Funnel = z.infer<typeof Funnel>;
