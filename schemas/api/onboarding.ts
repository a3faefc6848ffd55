import { z } from 'zod';
import { OutcomeDisplacement } from '../events/acts.ts';
import { Instant, Uscc } from '../ids.ts';
import { FailureReason, OnboardingStatus, Stage } from '../onboarding.ts';
import { OfferedRemedy } from '../remedy.ts';
import { Displacement } from './claims.ts';

const Count = z.number().int().min(0);
const Share = z.number().min(0).max(1);

const Attempt = z.object({
  at: Instant,
  /** A person by name and role, or the source of the event. */
  actor: z.string(),
  outcome: z.enum(['done', 'failed', 'declined', 'returned', 'skipped']),
  reason: FailureReason.nullable(),
  comment: z.string().nullable(),
});

const Step = z.object({
  step: z.string(),
  stage: Stage,
  state: z.enum(['TO_DO', 'IN_PROGRESS', 'WAITING_ON', 'DONE', 'FAILED', 'SKIPPED']),
  waitingOn: z.string().nullable(),
  deadline: Instant.nullable(),
  /** Who has to look at documents that were handed in; null where none waits to be looked at. */
  reviewer: z.string().nullable(),
  attempts: z.array(Attempt),
  /** Documents handed in for it. */
  evidence: z.array(z.object({ at: Instant, actor: z.string(), sha256: z.string(), fileName: z.string() })),
});

const Outcome = z.object({
  windowMonths: Count,
  at: Instant,
  verdict: z.enum(['gain', 'no-gain', 'not-measurable']),
  kpi: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  change: z.number().nullable(),
  reason: z.string().nullable(),
  isSuperficial: z.boolean(),
  /** What had become of stock in the firm’s chains by then, as far as the reader may see it; absent where no change was measured. */
  displacement: z.array(OutcomeDisplacement).optional(),
});

const StallReason = z.object({
  rule: z.enum([
    'TIME_IN_STAGE',
    'MISSED_REMINDERS',
    'REPEATED_FAILURE',
    'DATA_LOST_ON_THE_WAY',
    'NO_DATA_AT_PLATFORM',
  ]),
  stage: Stage,
  days: Count.nullable(),
  usualDays: Count.nullable(),
  comparedWith: z.enum(['chain', 'all']).nullable(),
  sample: Count.nullable(),
  text: z.string(),
});

const TakenRemedy = z.object({
  remedy: z.string(),
  step: z.string(),
  at: Instant,
  reason: FailureReason.nullable(),
  outcome: z.enum(['worked', 'did-not-work', 'open']),
});

/** Where a supplier’s onboardings stand. */
export const SupplierOnboardings = z.object({
  uscc: Uscc,
  onboardings: z.array(
    z.object({
      workflowId: z.string(),
      programme: z.string(),
      programmeVersion: z.string(),
      platform: z.string(),
      status: OnboardingStatus,
      followUp: z.enum(['NOT_STARTED', 'RUNNING', 'DONE']),
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
          step: z.string().nullable(),
          remedy: z.string().nullable(),
          /** Whether a correction took it back: it stays on record and counts for nothing. */
          isTakenBack: z.boolean(),
        }),
      ),
      /** What was measured 3, 6 and 12 months (or as the programme says) after LIVE. */
      outcomes: z.array(Outcome),
      /** Why it is expected to stall, by rules that can be checked; empty where it gets on. */
      stall: z.array(StallReason),
      /** What may help with the steps that failed. */
      remedies: z.array(OfferedRemedy),
      /** What was tried, and whether the step was done afterwards. */
      taken: z.array(TakenRemedy),
      findings: z.array(z.object({ code: z.string(), eventId: z.string(), type: z.string(), at: Instant })),
    }),
  ),
});
export type SupplierOnboardings = z.infer<typeof SupplierOnboardings>;
/** Output of `cli onboarding show`: what was measured after LIVE never stands without what became of stock in the firm’s chains. */
export const OnboardingsInChains = SupplierOnboardings.extend({ displacement: z.array(Displacement) });
export type OnboardingsInChains = z.infer<typeof OnboardingsInChains>;

const FunnelStages = z.array(
  z.object({
    stage: Stage,
    entered: Count,
    done: Count,
    /** Onboardings that ended at this stage without being accepted. */
    failed: Count,
    /** Open, and past a deadline. */
    stalled: Count,
    /** Open, and expected to stall by one of the rules. */
    predictedToStall: Count,
    /** Kaplan–Meier median of the days from entering the stage to its being done. */
    medianDays: z.number().min(0).nullable(),
    /** Open now: still under observation. */
    atRisk: Count,
    /** How many were still in the stage so many days after entering it: what the curves behind median and incidences rest on. */
    numbersAtRisk: z.array(z.object({ days: Count, atRisk: Count })),
    /** P(stage given failed): its share of all that ended without being accepted; null where none did. */
    shareOfFailures: Share.nullable(),
    /** P(failed given stage): of those that entered it, how many ended there without being accepted; null where none entered. */
    failureShare: Share.nullable(),
  }),
);
const FunnelFailures = z.array(
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
);

export const FUNNEL_DIMENSIONS = ['city', 'chain', 'industry', 'provider'] as const;
export type FunnelDimension = (typeof FUNNEL_DIMENSIONS)[number];

/** Output of `cli funnel`. */
export const Funnel = z.object({
  asOf: Instant.nullable(),
  stages: FunnelStages,
  failures: FunnelFailures,
  countedBy: z.literal('onboarding'),
  /** With --by: the same for each city, chain (leader), industry or provider; '' where it is not known. */
  groups: z
    .array(
      z.object({
        key: z.string(),
        /** What the key is called, where that is known. */
        name: z.string().nullable().optional(),
        onboardings: Count,
        firms: Count,
        stages: FunnelStages,
        failures: FunnelFailures,
        /** Over HTTP: why a group has neither stages nor endings. */
        withheld: z.literal('FEWER_THAN_FIVE').optional(),
      }),
    )
    .optional(),
});
export type Funnel = z.infer<typeof Funnel>;
export type FunnelGroup = NonNullable<Funnel['groups']>[number];
