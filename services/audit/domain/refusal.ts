import type { EstimateResult, RandomisationTest, Refusal, RefusalCode } from '../../../schemas/api/audit.ts';
import type { BuiltPanel } from './buildPanel.ts';
import { type CellOptions, periodsBefore, referenceOf } from './cells.ts';
import type { GroupTimeEstimates } from './groupTime.ts';
import { sizeOf } from './panel.ts';

export const FEWEST_PRE_PERIODS = 2;
export const FEWEST_UNITS = 5;
export const MOST_BASELINES_MISSING = 0.2;
export const MOST_MEASURED_OTHERWISE = 0.2;
export const PLACEBO_LEVEL = 0.05;

export interface RefusalFacts {
  readonly built: BuiltPanel;
  readonly groupTimes: GroupTimeEstimates;
  readonly pretrend: EstimateResult['pretrend'];
  readonly randomisation: RandomisationTest | null;
  readonly options: CellOptions;
}

type Rule = (facts: RefusalFacts) => Refusal | null;

const refuse = (code: RefusalCode, reason: string, remedy: string): Refusal => ({ code, reason, remedy });

const noTreated: Rule = ({ built: { panel, dropped, unbalanced } }) =>
  panel.cohorts.length > 0
    ? null
    : refuse(
        'NO_TREATED',
        panel.units === 0 && dropped.alwaysTreated === 0
          ? `No unit is left: ${dropped.emptyOutcome + dropped.emptyCovariate} rows lack the outcome or a covariate, ${unbalanced.droppedUnits} units were dropped as incomplete.`
          : `No unit becomes treated inside the panel (${dropped.alwaysTreated} units are treated from its start).`,
        'Extend the panel back to before the first treatment.',
      );

const noControls: Rule = ({ built: { panel }, groupTimes }) => {
  if (panel.cohorts.length === 0 || groupTimes.cells.some((cell) => cell.nControl > 0)) return null;
  const remedy =
    panel.cohorts.length > 1
      ? 'Use not-yet-treated controls, or add units never treated.'
      : 'Add units never treated, or treated later.';
  return refuse(
    'NO_CONTROLS',
    'No unit can serve as a control: none is never treated in the way asked for.',
    remedy,
  );
};

const nothingEstimated: Rule = ({ built: { panel }, groupTimes }) =>
  groupTimes.simple !== null ||
  panel.cohorts.length === 0 ||
  !groupTimes.cells.some((cell) => cell.nControl > 0)
    ? null
    : refuse(
        'NOTHING_ESTIMATED',
        'No post-treatment cell can be estimated; each cell says why.',
        'Add outcomes in the base period and after treatment for treated and control units.',
      );

const tooFewPrePeriods: Rule = ({ built: { panel }, options }) => {
  if (panel.cohorts.length === 0) return null;
  const most = Math.max(...panel.cohorts.map((cohort) => periodsBefore(panel, cohort, options)));
  if (most >= FEWEST_PRE_PERIODS) return null;
  return refuse(
    'TOO_FEW_PRE_PERIODS',
    `Every cohort has outcomes in fewer than ${FEWEST_PRE_PERIODS} periods before treatment (the most is ${most}): parallel trends cannot be tested at all.`,
    'Add earlier periods, for instance a ledger backfill of the months before the contract.',
  );
};

const tooFewUnits: Rule = ({ built: { panel }, groupTimes, options }) => {
  if (panel.cohorts.length === 0) return null;
  const used = panel.cohorts.filter(
    (range) => groupTimes.simple === null || groupTimes.estimatedCohorts.has(range.cohort),
  );
  const treated = used.reduce((sum, range) => sum + sizeOf(range), 0);
  if (treated < FEWEST_UNITS) {
    return refuse(
      'TOO_FEW_TREATED',
      `${treated} treated units enter the estimate; fewer than ${FEWEST_UNITS} carry no inference.`,
      'Wait for more units to be treated, or pool chains.',
    );
  }
  const controls =
    options.control === 'never' ? sizeOf(panel.never) : controlsEverUsed(groupTimes, panel.units);
  if (controls < FEWEST_UNITS) {
    return refuse(
      'TOO_FEW_CONTROLS',
      `${controls} control units enter the estimate; fewer than ${FEWEST_UNITS} carry no inference.`,
      'Add untreated units of the same kind.',
    );
  }
  return null;
};

/** The largest number of controls of any post-treatment cell. */
const controlsEverUsed = (groupTimes: GroupTimeEstimates, units: number): number =>
  Math.min(
    units,
    Math.max(0, ...groupTimes.cells.filter((cell) => cell.kind === 'post').map((cell) => cell.nControl)),
  );

const baselinesMissing: Rule = ({ built: { panel }, options }) => {
  let treated = 0;
  let missing = 0;
  for (const cohort of panel.cohorts) {
    const base = referenceOf(panel, cohort, options);
    for (let unit = cohort.start; unit < cohort.end; unit++) {
      treated++;
      if (Number.isNaN(panel.outcome[base * panel.units + unit]!)) missing++;
    }
  }
  if (treated === 0 || missing <= MOST_BASELINES_MISSING * treated) return null;
  return refuse(
    'BASELINES_MISSING',
    `${missing} of ${treated} treated units have no outcome in the base period, more than ${MOST_BASELINES_MISSING * 100} %.`,
    'Add their outcomes of the period before treatment.',
  );
};

const definitionChanged: Rule = ({ built: { measurement } }) =>
  measurement.definitions.length < 2
    ? null
    : refuse(
        'DEFINITION_CHANGED',
        `The outcome is defined in ${measurement.definitions.length} ways inside the window: ${measurement.definitions.join(', ')}.`,
        'Recompute all periods under one definition.',
      );

const measurementChanged: Rule = ({ built: { measurement } }) => {
  const { changed, differs } = measurement;
  const remedy =
    'Add a period measured both ways for these units, which bounds the shift, or measure all alike.';
  if (changed !== null && changed.share > MOST_MEASURED_OTHERWISE) {
    return refuse(
      'MEASUREMENT_CHANGED',
      `${changed.units} treated units (${percent(changed.share)}) are measured by another source or grade after treatment than before.`,
      remedy,
    );
  }
  if (differs !== null && differs > MOST_MEASURED_OTHERWISE) {
    return refuse(
      'MEASUREMENT_CHANGED',
      `Treated and control units are measured by different sources or grades (${percent(differs)} of them).`,
      remedy,
    );
  }
  return null;
};

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Randomisation that can never reach the level, whatever the data say. @param floor the smallest p it can give */
export const tooFewReassignments = (floor: number): Refusal =>
  refuse(
    'TOO_FEW_CLUSTERS',
    `So few clusters can be dealt out in only so many ways that p cannot fall below ${floor.toFixed(3)}.`,
    'Add clusters (leaders), treated or not.',
  );

/** With one cluster the clustered error is zero by its formula, and says nothing. */
const oneCluster: Rule = ({ built: { panel } }) =>
  panel.cluster === null || panel.clusters > 1
    ? null
    : refuse(
        'TOO_FEW_CLUSTERS',
        `${panel.clusters === 1 ? 'All units are in one cluster' : 'There is no cluster'}: a clustered error cannot be estimated.`,
        'Cluster by a column with more values, or by the unit.',
      );

const tooFewClusters: Rule = ({ randomisation }) =>
  randomisation === null || randomisation.floor <= PLACEBO_LEVEL
    ? null
    : tooFewReassignments(randomisation.floor);

const placeboRejected: Rule = ({ pretrend: { calibrated } }) =>
  calibrated.p === null || calibrated.p > PLACEBO_LEVEL
    ? null
    : refuse(
        'PLACEBO_REJECTED',
        `Treated and control units already diverged before treatment (${calibrated.method}, p = ${calibrated.p.toFixed(3)}).`,
        'Find controls or covariates under which the earlier paths agree.',
      );

const RULES: readonly Rule[] = [
  noTreated,
  noControls,
  tooFewPrePeriods,
  tooFewUnits,
  baselinesMissing,
  definitionChanged,
  measurementChanged,
  nothingEstimated,
  oneCluster,
  tooFewClusters,
  placeboRejected,
];

/** Every rule that refuses, the weightiest first. */
export function refusalsOf(facts: RefusalFacts): Refusal[] {
  return RULES.flatMap((rule) => rule(facts) ?? []);
}
