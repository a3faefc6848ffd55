import { type Bilingual, bilingual } from '../../../schemas/wording.ts';
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
}): Bilingual[] {
  const { built, groupTimes, options } = facts;
  const { panel } = built;
  const warnings: Bilingual[] = [];
  const warn = (en: string, zh: string): void => {
    warnings.push(bilingual(en, zh));
  };
  if (panel.cohorts.length > 0) {
    warn(
      'The two-way fixed-effects figure is shown for comparison only: it is biased where effects differ between cohorts or over time.',
      '双向固定效应的数值只供对照：各批企业或各时期效应不同时，它是有偏的。',
    );
  }
  const untestable = panel.cohorts.filter(
    (cohort) => periodsBefore(panel, cohort, options) < FEWEST_PRE_PERIODS,
  );
  if (untestable.length > 0) {
    warn(
      `Cohorts ${list(untestable.map((cohort) => cohort.cohort))} have fewer than ${FEWEST_PRE_PERIODS} periods before treatment: no placebo can be run on them.`,
      `第 ${list(
        untestable.map((cohort) => cohort.cohort),
        '等',
      )} 期开始改造的企业，改造前不足 ${FEWEST_PRE_PERIODS} 期，不能做安慰剂检验。`,
    );
  }
  const small = panel.cohorts.filter((cohort) => sizeOf(cohort) < FEWEST_UNITS);
  if (small.length > 0) {
    warn(
      `Cohorts ${list(small.map((cohort) => cohort.cohort))} have fewer than ${FEWEST_UNITS} units: the standard errors of their cells are too small.`,
      `第 ${list(
        small.map((cohort) => cohort.cohort),
        '等',
      )} 期开始改造的企业不足 ${FEWEST_UNITS} 家，各格的标准误偏小。`,
    );
  }
  if (panel.cluster !== null && panel.clusters < FEW_CLUSTERS) {
    warn(
      `Only ${panel.clusters} clusters: clustered standard errors are too small with few clusters.`,
      `只有 ${panel.clusters} 个聚类；聚类少时聚类标准误偏小。`,
    );
  }
  if (built.incompleteUnits > 0) {
    warn(
      `${built.incompleteUnits} units are not observed in every period: each cell uses the units seen in both of its periods (pairwise). Compare with --unbalanced balanced.`,
      `${built.incompleteUnits} 家企业不是每期都有数据：各格只用两期都有数据的企业（成对）。可与 --unbalanced balanced 对比。`,
    );
  }
  if (built.unbalanced.droppedUnits > 0) {
    warn(
      `${built.unbalanced.droppedUnits} units not observed in every period were dropped (balanced). Compare with --unbalanced pairwise.`,
      `${built.unbalanced.droppedUnits} 家企业不是每期都有数据，已剔除（平衡面板）。可与 --unbalanced pairwise 对比。`,
    );
  }
  if (built.treatedAfterPanel > 0) {
    warn(
      `${built.treatedAfterPanel} units are first treated after the panel ends: they serve as never treated.`,
      `${built.treatedAfterPanel} 家企业在观察期之后才改造，按从未改造处理。`,
    );
  }
  if (groupTimes.trimmed.cells > 0) {
    warn(
      `Overlap is weak: ${groupTimes.trimmed.controls} control observations in ${groupTimes.trimmed.cells} cells were trimmed (propensity score of 0.995 or more).`,
      `两组重叠不足：${groupTimes.trimmed.cells} 格中有 ${groupTimes.trimmed.controls} 个对照观测被剔除（倾向得分不低于 0.995）。`,
    );
  }
  const missing = groupTimes.cells.filter((cell) => cell.reason !== undefined).length;
  if (missing > 0)
    warn(
      `${missing} of ${groupTimes.cells.length} cells cannot be estimated; each says why.`,
      `${groupTimes.cells.length} 格中有 ${missing} 格无法估计，各格注明了原因。`,
    );
  return warnings;
}

function list(values: readonly number[], more?: string): string {
  const shown = values.slice(0, 10).join(more === undefined ? ', ' : '、');
  if (values.length <= 10) return shown;
  return more === undefined ? `${shown} and ${values.length - 10} more` : `${shown}${more}`;
}
