import type { AttWithInterval, EstimateResult, EventTime } from '../../../schemas/api/audit.ts';
import { type Aggregate, meanOf, meanOfCohorts } from './aggregate.ts';
import { type BuiltPanel, buildPanel, type UnbalancedPolicy } from './buildPanel.ts';
import { type BasePeriod, type ControlGroup, planCells } from './cells.ts';
import { NORMAL_975 } from './distributions.ts';
import { estimateGroupTimes, type GroupTimeEstimates } from './groupTime.ts';
import type { LongPanel } from './longPanel.ts';
import { type Panel, sizeOf } from './panel.ts';
import { placeboTest } from './placeboTest.ts';
import { randomStream } from './random.ts';
import { randomisationTest } from './randomisationTest.ts';
import { refusalsOf } from './refusal.ts';
import { leaveOneOut, signSensitivity } from './sensitivity.ts';
import { roundingFloor, standardErrorOf, sumByCluster } from './standardError.ts';
import { twoWayFixedEffects } from './twfe.ts';
import { warningsOf } from './warnings.ts';
import { bandCriticalValue } from './wildBootstrap.ts';

export interface EstimateOptions {
  readonly control: ControlGroup;
  readonly base: BasePeriod;
  readonly anticipation: number;
  readonly unbalanced: UnbalancedPolicy;
  /** Draws of the multiplier bootstrap; 0 for none. */
  readonly bootstrap: number;
  readonly seed: number;
}

export const DEFAULT_OPTIONS: EstimateOptions = {
  control: 'never',
  base: 'varying',
  anticipation: 0,
  unbalanced: 'pairwise',
  bootstrap: 0,
  seed: 1,
};

/**
 * Staggered difference-in-differences after Callaway and Sant'Anna (2021). A refusal is part of the result: cells and
 * aggregates are given all the same. Throws BAD_INPUT where the rows do not make a panel.
 */
export function estimate(long: LongPanel, options: EstimateOptions): EstimateResult {
  return estimatePanel(buildPanel(long, options), options);
}

/** The same from a panel already built. */
export function estimatePanel(built: BuiltPanel, options: EstimateOptions): EstimateResult {
  const { panel } = built;
  const groupTimes = estimateGroupTimes(panel, planCells(panel, options));
  const interval = (aggregate: Aggregate | null) => withInterval(panel, aggregate);
  const events = [...groupTimes.byEvent];
  const afterwards = events.flatMap(([event, aggregate]) =>
    event >= 0 && aggregate !== 'reference' ? [aggregate] : [],
  );
  const cohorts = [...groupTimes.byCohort].map(([group, aggregate]) => ({
    cohortIndex: panel.cohorts.findIndex((range) => range.cohort === group),
    aggregate,
  }));
  const bands = simultaneousBands(panel, groupTimes, options);
  const pretrend = {
    wald: groupTimes.placebo.test(),
    calibrated: placeboTest(panel, options, options.seed),
  };
  const overall = interval(meanOf(afterwards, panel.units));
  const randomisation = randomisationTest(panel, options, options.seed);
  const [refusal, ...alsoRefused] = refusalsOf({ built, groupTimes, pretrend, randomisation, options });
  const warnings = warningsOf({ built, groupTimes, options });
  return {
    attgt: [...groupTimes.cells],
    simple: interval(groupTimes.simple),
    dynamic: { overall, egt: bands.egt },
    group: {
      overall: interval(meanOfCohorts(cohorts, panel)),
      groups: [...groupTimes.byCohort].map(([group, aggregate]) => ({ group, ...interval(aggregate) })),
    },
    calendar: {
      overall: interval(meanOf([...groupTimes.byTime.values()], panel.units)),
      times: [...groupTimes.byTime].map(([time, aggregate]) => ({ time, ...interval(aggregate) })),
    },
    twfe: twoWayFixedEffects(panel) ?? { att: null, se: null },
    pretrend,
    randomisation,
    sensitivity: signSensitivity(bands.egt, overall, options.anticipation),
    leaveOneOut: leaveOneOut(panel, options),
    bootstrap: bands.bootstrap,
    unbalanced: { ...built.unbalanced, incompleteUnits: built.incompleteUnits },
    dropped: built.dropped,
    sample: {
      units: panel.units,
      periods: panel.periods,
      treated: panel.cohorts.reduce((sum, range) => sum + sizeOf(range), 0),
      never: sizeOf(panel.never),
      clusters: panel.clusters,
    },
    warnings: warnings.map(({ en }) => en),
    warningsZh: warnings.map(({ zh }) => zh),
    refusal: refusal ?? null,
    alsoRefused,
  };
}

function withInterval(panel: Panel, aggregate: Aggregate | null): AttWithInterval {
  if (aggregate === null) return { att: null, se: null, low: null, high: null };
  const raw = standardErrorOf(sumByCluster(panel, aggregate.influence), panel.units);
  const se = raw < roundingFloor(panel) ? 0 : raw;
  return {
    att: aggregate.att,
    se,
    low: aggregate.att - NORMAL_975 * se,
    high: aggregate.att + NORMAL_975 * se,
  };
}

function simultaneousBands(
  panel: Panel,
  groupTimes: GroupTimeEstimates,
  options: EstimateOptions,
): { egt: EventTime[]; bootstrap: EstimateResult['bootstrap'] } {
  const egt: EventTime[] = [];
  const varying: Float64Array[] = [];
  const floor = roundingFloor(panel);
  for (const [e, aggregate] of groupTimes.byEvent) {
    if (aggregate === 'reference') {
      egt.push({ e, att: 0, se: null, low: null, high: null });
      continue;
    }
    const row = { e, ...withInterval(panel, aggregate) };
    egt.push(row);
    if (row.se !== null && row.se > floor) {
      varying.push(aggregate.influence);
    }
  }
  if (options.bootstrap === 0) return { egt, bootstrap: null };
  if (varying.length === 0)
    return { egt, bootstrap: { draws: options.bootstrap, seed: options.seed, criticalValue: null } };
  const random = randomStream(options.seed, 'bands');
  const criticalValue = Math.max(NORMAL_975, bandCriticalValue(panel, varying, options.bootstrap, random));
  for (const row of egt) {
    if (row.att === null || row.se === null) continue;
    row.bandLow = row.att - criticalValue * row.se;
    row.bandHigh = row.att + criticalValue * row.se;
  }
  return { egt, bootstrap: { draws: options.bootstrap, seed: options.seed, criticalValue } };
}
