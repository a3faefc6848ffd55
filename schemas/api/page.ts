import { z } from 'zod';
import { Instant } from '../ids.ts';
import { FAILURE_GROUPS, Stage } from '../onboarding.ts';
import { OnboardingCounts, Verdicts } from './status.ts';

/**
 * The bureau's first page as data. It carries no time of its own making: the same read models give the same page, which
 * is how a live connection knows whether there is anything new.
 */

const Count = z.number().int().min(0);
const Ratio = z.number().meta({ description: 'A ratio; 0.15 is 15 %' });

/** How a reader gets behind a figure. */
export const Explanation = z.object({
  figureId: z.string(),
  /** A command of the command line that shows what the figure rests on. */
  command: z.string(),
  /** The same over HTTP, where there is such an address. */
  url: z.string().nullable(),
});
export type Explanation = z.infer<typeof Explanation>;

/** Why a part of the page has nothing to show. */
export const EMPTY_REASONS = ['NOT_COMPUTED_YET', 'NOTHING_REPORTED', 'NOT_READABLE'] as const;
const Empty = z.object({ state: z.literal('empty'), reason: z.enum(EMPTY_REASONS) });

const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion('state', [z.object({ state: z.literal('ready'), ...shape }), Empty]);

export const CityTarget = z.object({
  code: z.string(),
  name: z.string(),
  regionClass: z.string(),
  /** Null where neither the city's plan nor its region class has one. */
  target: Count.nullable(),
  done: Count,
  /** done ÷ target; null without a target. */
  share: Ratio.nullable(),
  status: z.enum(['critical', 'lagging', 'on-track', 'reached', 'no-target']),
  forecast: z.object({ low: z.number(), mid: z.number(), high: z.number() }).nullable(),
  explain: Explanation,
});
export type CityTarget = z.infer<typeof CityTarget>;

export const TargetSection = section({
  asOf: Instant,
  /** Of the cities that have a target, as done is; null where none has. */
  target: Count.nullable(),
  done: Count,
  share: Ratio.nullable(),
  critical: Count,
  lagging: Count,
  /** Furthest behind first. */
  cities: z.array(CityTarget),
});
export type TargetSection = z.infer<typeof TargetSection>;

export const FunnelStage = z.object({
  stage: Stage,
  phase: z.enum(['early', 'mid', 'late']),
  /** Onboardings that came to this stage. */
  entered: Count,
  /** Of these, the ones that got past it. */
  done: Count,
  /** Of these, the ones that wait here now. */
  open: Count,
  /** Of these, the ones that ended here without acceptance, by status. */
  failed: Count,
  withdrawn: Count,
  declined: Count,
  expired: Count,
  explain: Explanation,
});
export type FunnelStage = z.infer<typeof FunnelStage>;

export const FailureCount = z.object({
  stage: Stage,
  group: z.enum([...FAILURE_GROUPS, 'UNSTATED']),
  cause: z.string().nullable(),
  count: Count,
  /** Of all that ended without acceptance. */
  share: Ratio,
  explain: Explanation,
});
export type FailureCount = z.infer<typeof FailureCount>;

export const FunnelSection = section({
  counts: OnboardingCounts,
  stages: z.array(FunnelStage),
  failures: z.array(FailureCount),
});
export type FunnelSection = z.infer<typeof FunnelSection>;

/** Inventory turns a year before and after, of one part of a chain. A missing figure is null, with its reason. */
export const BeforeAfter = z.object({
  /** others: suppliers whose change no frozen baseline measures. */
  part: z.enum(['leader', 'suppliers', 'others', 'chain']),
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** after ÷ before − 1. */
  change: Ratio.nullable(),
  firms: Count.nullable(),
  reason: z.string().nullable(),
  explain: Explanation,
});
export type BeforeAfter = z.infer<typeof BeforeAfter>;

export const ChainSection = section({
  asOf: Instant,
  chains: z.array(z.object({ leaderUscc: z.string(), name: z.string(), parts: z.array(BeforeAfter) })),
});
export type ChainSection = z.infer<typeof ChainSection>;

export const ClaimRow = z.object({
  id: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  claimed: z.number().nullable(),
  measured: z.number().nullable(),
  unit: z.string(),
  verdict: z.enum(['confirmed', 'partly', 'contradicted', 'not_testable']),
  reason: z.string(),
  /** The same in Chinese. */
  reasonZh: z.string(),
  explain: Explanation,
});
export type ClaimRow = z.infer<typeof ClaimRow>;

export const ClaimSection = section({ asOf: Instant, claims: z.array(ClaimRow) });
export type ClaimSection = z.infer<typeof ClaimSection>;

export const PageModel = z.object({
  version: z.literal(1),
  /** True once any registered leader or published plan says that it belongs to a simulation. */
  simulated: z.boolean(),
  businessTime: z.object({ at: Instant.nullable(), caughtUp: z.boolean(), explain: Explanation }),
  streams: z.object({ records: Count, ...Verdicts.shape, explain: Explanation }),
  targets: TargetSection,
  funnel: FunnelSection,
  chains: ChainSection,
  claims: ClaimSection,
});
export type PageModel = z.infer<typeof PageModel>;
