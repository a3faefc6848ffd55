import { z } from 'zod';

/**
 * What the audit commands print with --json. A missing number is null; `reason` says why where it is not plain from the
 * context. All standard errors are on the scale of the estimates.
 */

const figure = z.number().nullable();

export const attAndSe = z.object({ att: figure, se: figure });

/** `low` and `high` are the pointwise 95 % interval from the normal distribution. */
export const attWithInterval = attAndSe.extend({ low: figure, high: figure });

export const groupTimeCell = attAndSe.extend({
  group: z.number().int(),
  time: z.number().int(),
  nTreated: z.number().int().nonnegative(),
  nControl: z.number().int().nonnegative(),
  kind: z.enum(['pre', 'reference', 'anticipation', 'post']),
  reason: z.string().optional(),
});

export const eventTime = attWithInterval.extend({
  e: z.number().int(),
  /** Simultaneous 95 % band over all event times, with --bootstrap. */
  bandLow: figure.optional(),
  bandHigh: figure.optional(),
});

export const waldTest = z.object({ statistic: z.number(), df: z.number().int().positive(), p: z.number() });

export const calibratedPlacebo = z.object({
  method: z.enum(['wild cluster bootstrap', 'randomisation']),
  /** Number of placebo distances tested, and the distances in periods. */
  leads: z.number().int().nonnegative(),
  distances: z.array(z.number().int().positive()),
  p: figure,
  /** Divergence per period that the test finds with 80 % power. */
  detectableSlope: figure,
  draws: z.number().int().nonnegative(),
  reason: z.string().optional(),
});

export const pretrend = z.object({ wald: waldTest.nullable(), calibrated: calibratedPlacebo });

/** Few clusters: treatment dates dealt out anew, |t| compared. `floor` is the smallest p that so few ways can give. */
export const randomisationTest = z.object({
  exchanged: z.enum(['between clusters', 'within clusters']),
  permutations: z.number().int().positive(),
  exhaustive: z.boolean(),
  floor: z.number(),
  p: z.number(),
});

/** Largest violation of parallel trends, relative to the largest one seen before treatment, that keeps the sign. */
export const sensitivity = z.object({
  method: z.literal('relative magnitudes'),
  largestBefore: z.number(),
  breakdown: z.number(),
});

export const leaveOneOut = z.array(attAndSe.extend({ cluster: z.string() }));

export const refusalCode = z.enum([
  'NO_TREATED',
  'NO_CONTROLS',
  'TOO_FEW_PRE_PERIODS',
  'TOO_FEW_TREATED',
  'TOO_FEW_CONTROLS',
  'TOO_FEW_CLUSTERS',
  'BASELINES_MISSING',
  'DEFINITION_CHANGED',
  'MEASUREMENT_CHANGED',
  'PLACEBO_REJECTED',
  'NOTHING_ESTIMATED',
]);

export const refusal = z.object({
  code: refusalCode,
  reason: z.string(),
  /** What data would lift the refusal. */
  remedy: z.string(),
  /** The same in Chinese; runs of before it was kept have none. */
  reasonZh: z.string().optional(),
  remedyZh: z.string().optional(),
});

export const estimateResult = z.object({
  attgt: z.array(groupTimeCell),
  simple: attWithInterval,
  dynamic: z.object({ overall: attWithInterval, egt: z.array(eventTime) }),
  group: z.object({
    overall: attWithInterval,
    groups: z.array(attWithInterval.extend({ group: z.number().int() })),
  }),
  calendar: z.object({
    overall: attWithInterval,
    times: z.array(attWithInterval.extend({ time: z.number().int() })),
  }),
  twfe: attAndSe,
  pretrend,
  randomisation: randomisationTest.nullable(),
  sensitivity: sensitivity.nullable(),
  leaveOneOut: leaveOneOut.nullable(),
  bootstrap: z.object({ draws: z.number().int(), seed: z.number().int(), criticalValue: figure }).nullable(),
  unbalanced: z.object({
    policy: z.enum(['pairwise', 'balanced']),
    droppedUnits: z.number().int().nonnegative(),
    droppedRows: z.number().int().nonnegative(),
    incompleteUnits: z.number().int().nonnegative(),
  }),
  dropped: z.object({
    alwaysTreated: z.number().int().nonnegative(),
    emptyOutcome: z.number().int().nonnegative(),
    emptyCovariate: z.number().int().nonnegative(),
  }),
  sample: z.object({
    units: z.number().int(),
    periods: z.number().int(),
    treated: z.number().int(),
    never: z.number().int(),
    clusters: z.number().int(),
  }),
  warnings: z.array(z.string()),
  /** The warnings in Chinese, in the same order. */
  warningsZh: z.array(z.string()).optional(),
  refusal: refusal.nullable(),
  /** Further rules that would refuse as well. */
  alsoRefused: z.array(refusal),
});

export type WaldTest = z.infer<typeof waldTest>;
export type AttAndSe = z.infer<typeof attAndSe>;
export type AttWithInterval = z.infer<typeof attWithInterval>;
export type GroupTimeCell = z.infer<typeof groupTimeCell>;
export type EventTime = z.infer<typeof eventTime>;
export type RandomisationTest = z.infer<typeof randomisationTest>;
export type Sensitivity = z.infer<typeof sensitivity>;
export type LeaveOneOut = z.infer<typeof leaveOneOut>;
export type CalibratedPlacebo = z.infer<typeof calibratedPlacebo>;
export type Refusal = z.infer<typeof refusal>;
export type RefusalCode = z.infer<typeof refusalCode>;
export type EstimateResult = z.infer<typeof estimateResult>;

export const spilloverBreakdown = attAndSe.extend({
  label: z.string(),
  units: z.number().int().nonnegative(),
  reason: z.string().optional(),
});

export const spilloverResult = z.object({
  /** Treated units against clean controls. */
  direct: estimateResult,
  /** Never-treated units by the start of their exposure, against clean controls. */
  spillover: estimateResult.extend({
    egt: z.array(eventTime),
    byNeighbours: z.array(spilloverBreakdown),
    /** By the share of a unit's volume that it has with treated partners, where edges carry volumes. */
    byVolumeShare: z.array(spilloverBreakdown).nullable(),
    byTier: z.array(spilloverBreakdown).nullable(),
  }),
  nCleanControl: z.number().int().nonnegative(),
  nExposed: z.number().int().nonnegative(),
  ignoredEdges: z.number().int().nonnegative(),
  dropped: z.object({
    alwaysTreated: z.number().int().nonnegative(),
    alwaysExposed: z.number().int().nonnegative(),
    emptyOutcome: z.number().int().nonnegative(),
  }),
  warnings: z.array(z.string()),
  warningsZh: z.array(z.string()).optional(),
  refusal: refusal.extend({ part: z.enum(['spillover', 'direct']) }).nullable(),
});

export const sampleResult = z.object({
  /** SHA-256 of the frame's rows in order of id. */
  frameHash: z.string().regex(/^[0-9a-f]{64}$/),
  seed: z.number().int(),
  n: z.number().int().nonnegative(),
  population: z.number().int().nonnegative(),
  /** Drawn at random, beside those that must be included. */
  drawn: z.array(z.string()),
  mustInclude: z.array(z.string()),
  strata: z.array(
    z.object({
      stratum: z.record(z.string(), z.string()),
      population: z.number().int(),
      drawn: z.number().int(),
    }),
  ),
});

export const sampleSizeResult = z.object({
  population: z.number().int(),
  purpose: z.enum(['discovery', 'estimation']),
  n: z.number().int(),
});

export type SpilloverBreakdown = z.infer<typeof spilloverBreakdown>;
export type SpilloverResult = z.infer<typeof spilloverResult>;
export type SampleResult = z.infer<typeof sampleResult>;
export type SampleSizeResult = z.infer<typeof sampleSizeResult>;
