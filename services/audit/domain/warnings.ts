import type { BuiltPanel } from './buildPanel.ts';
import { type CellOptions, periodsBefore } from './cells.ts';
import type { GroupTimeEstimates } from './groupTime.ts';
import { sizeOf } from './panel.ts';
import { FEWEST_PRE_PERIODS, FEWEST_UNITS } from './refusal.ts';

const FEW_CLUSTERS = 30;

/** What a reader must know before trusting the figures; none of it refuses. */
export function warningsOf(facts: {
  built: BuiltPanel;
  groupTimes: GroupTimeEstimates;
  options: CellOptions;
}): string[] {
  const { built, groupTimes, options } = facts;
  const { panel } = built;
  const warnings: string[] = [];
  if (panel.cohorts.length > 0) {
    warnings.push(
      'The two-way fixed-effects figure is shown for comparison only: it is biased where effects differ between cohorts or over time.',
    );
  }
  const untestable = panel.cohorts.filter(
    (cohort) => periodsBefore(panel, cohort, options) < FEWEST_PRE_PERIODS,
  );
  if (untestable.length > 0) {
    warnings.push(
      `Cohorts ${list(untestable.map((cohort) => cohort.cohort))} have fewer than ${FEWEST_PRE_PERIODS} periods before treatment: no placebo can be run on them.`,
    );
  }
  const small = panel.cohorts.filter((cohort) => sizeOf(cohort) < FEWEST_UNITS);
  if (small.length > 0) {
    warnings.push(
      `Cohorts ${list(small.map((cohort) => cohort.cohort))} have fewer than ${FEWEST_UNITS} units: the standard errors of their cells are too small.`,
    );
  }
  if (panel.cluster !== null && panel.clusters < FEW_CLUSTERS) {
    warnings.push(
      `Only ${panel.clusters} clusters: clustered standard errors are too small with few clusters.`,
    );
  }
  if (built.incompleteUnits > 0) {
    warnings.push(
      `${built.incompleteUnits} units are not observed in every period: each cell uses the units seen in both of its periods (pairwise). Compare with --unbalanced balanced.`,
    );
  }
  if (built.unbalanced.droppedUnits > 0) {
    warnings.push(
      `${built.unbalanced.droppedUnits} units not observed in every period were dropped (balanced). Compare with --unbalanced pairwise.`,
    );
  }
  if (built.treatedAfterPanel > 0) {
    warnings.push(
      `${built.treatedAfterPanel} units are first treated after the panel ends: they serve as never treated.`,
    );
  }
  if (groupTimes.trimmed.cells > 0) {
    warnings.push(
      `Overlap is weak: ${groupTimes.trimmed.controls} control observations in ${groupTimes.trimmed.cells} cells were trimmed (propensity score of 0.995 or more).`,
    );
  }
  const missing = groupTimes.cells.filter((cell) => cell.reason !== undefined).length;
  if (missing > 0)
    warnings.push(`${missing} of ${groupTimes.cells.length} cells cannot be estimated; each says why.`);
  return warnings;
}

function list(values: readonly number[]): string {
  const shown = values.slice(0, 10).join(', ');
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}
