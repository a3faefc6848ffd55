import type { EstimateResult, RandomisationTest, Refusal, RefusalCode } from '../../../schemas/api/audit.ts';
import { type Bilingual, bilingual, listed } from '../../../schemas/wording.ts';
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

/** A refusal in both languages. @param remedy what data would lift it */
export const refuse = (code: RefusalCode, reason: Bilingual, remedy: Bilingual): Refusal => ({
  code,
  reason: reason.en,
  remedy: remedy.en,
  reasonZh: reason.zh,
  remedyZh: remedy.zh,
});

const noTreated: Rule = ({ built: { panel, dropped, unbalanced } }) =>
  panel.cohorts.length > 0
    ? null
    : refuse(
        'NO_TREATED',
        panel.units === 0 && dropped.alwaysTreated === 0
          ? bilingual(
              `No unit is left: ${dropped.emptyOutcome + dropped.emptyCovariate} rows lack the outcome or a covariate, ${unbalanced.droppedUnits} units were dropped as incomplete.`,
              `没有企业可用：${dropped.emptyOutcome + dropped.emptyCovariate} 行缺少结果或协变量，${unbalanced.droppedUnits} 家因数据不全被剔除。`,
            )
          : bilingual(
              `No unit becomes treated inside the panel (${dropped.alwaysTreated} units are treated from its start).`,
              `观察期内没有企业开始改造（${dropped.alwaysTreated} 家在期初之前已改造）。`,
            ),
        bilingual('Extend the panel back to before the first treatment.', '请把观察期延长到首次改造之前。'),
      );

const noControls: Rule = ({ built: { panel }, groupTimes }) => {
  if (panel.cohorts.length === 0 || groupTimes.cells.some((cell) => cell.nControl > 0)) return null;
  const remedy =
    panel.cohorts.length > 1
      ? bilingual(
          'Use not-yet-treated controls, or add units never treated.',
          '可改用尚未改造的企业作对照，或补充从未改造的企业。',
        )
      : bilingual('Add units never treated, or treated later.', '请补充从未改造或较晚改造的企业。');
  return refuse(
    'NO_CONTROLS',
    bilingual(
      'No unit can serve as a control: none is never treated in the way asked for.',
      '没有企业可作对照：按所选的口径，没有从未改造的企业。',
    ),
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
        bilingual(
          'No post-treatment cell can be estimated; each cell says why.',
          '改造后没有一个月可以估计，各格注明了原因。',
        ),
        bilingual(
          'Add outcomes in the base period and after treatment for treated and control units.',
          '请补充改造企业与对照企业在基期和改造后的结果。',
        ),
      );

const tooFewPrePeriods: Rule = ({ built: { panel }, options }) => {
  if (panel.cohorts.length === 0) return null;
  const most = Math.max(...panel.cohorts.map((cohort) => periodsBefore(panel, cohort, options)));
  if (most >= FEWEST_PRE_PERIODS) return null;
  return refuse(
    'TOO_FEW_PRE_PERIODS',
    bilingual(
      `Every cohort has outcomes in fewer than ${FEWEST_PRE_PERIODS} periods before treatment (the most is ${most}): parallel trends cannot be tested at all.`,
      `各批企业改造前的期数都不足 ${FEWEST_PRE_PERIODS} 期（最多 ${most} 期），无法检验平行趋势。`,
    ),
    bilingual(
      'Add earlier periods, for instance a ledger backfill of the months before the contract.',
      '请补充更早的月份，例如补录签约前各月账目。',
    ),
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
      bilingual(
        `${treated} treated units enter the estimate; fewer than ${FEWEST_UNITS} carry no inference.`,
        `进入估计的改造企业只有 ${treated} 家，不足 ${FEWEST_UNITS} 家不能作推断。`,
      ),
      bilingual('Wait for more units to be treated, or pool chains.', '请等更多企业改造，或合并几条链。'),
    );
  }
  const controls =
    options.control === 'never' ? sizeOf(panel.never) : controlsEverUsed(groupTimes, panel.units);
  if (controls < FEWEST_UNITS) {
    return refuse(
      'TOO_FEW_CONTROLS',
      bilingual(
        `${controls} control units enter the estimate; fewer than ${FEWEST_UNITS} carry no inference.`,
        `进入估计的对照企业只有 ${controls} 家，不足 ${FEWEST_UNITS} 家不能作推断。`,
      ),
      bilingual('Add untreated units of the same kind.', '请补充同类的未改造企业。'),
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
    bilingual(
      `${missing} of ${treated} treated units have no outcome in the base period, more than ${MOST_BASELINES_MISSING * 100} %.`,
      `${treated} 家改造企业中有 ${missing} 家缺少基期的结果，超过 ${MOST_BASELINES_MISSING * 100}%。`,
    ),
    bilingual('Add their outcomes of the period before treatment.', '请补充它们改造前的结果。'),
  );
};

const definitionChanged: Rule = ({ built: { measurement } }) =>
  measurement.definitions.length < 2
    ? null
    : refuse(
        'DEFINITION_CHANGED',
        bilingual(
          `The outcome is defined in ${measurement.definitions.length} ways inside the window: ${measurement.definitions.join(', ')}.`,
          `观察期内结果有 ${measurement.definitions.length} 种口径：${listed(measurement.definitions)}。`,
        ),
        bilingual('Recompute all periods under one definition.', '请按同一口径重算各期。'),
      );

const measurementChanged: Rule = ({ built: { measurement } }) => {
  const { changed, differs } = measurement;
  const remedy = bilingual(
    'Add a period measured both ways for these units, which bounds the shift, or measure all alike.',
    '请补充两种来源并行的月份以界定偏差，或统一数据来源。',
  );
  if (changed !== null && changed.share > MOST_MEASURED_OTHERWISE) {
    return refuse(
      'MEASUREMENT_CHANGED',
      bilingual(
        `${changed.units} treated units (${percent(changed.share)}) are measured by another source or grade after treatment than before.`,
        `${changed.units} 家改造企业（${percent(changed.share)}）改造前后的数据来源或证据等级不同。`,
      ),
      remedy,
    );
  }
  if (differs !== null && differs > MOST_MEASURED_OTHERWISE) {
    return refuse(
      'MEASUREMENT_CHANGED',
      bilingual(
        `Treated and control units are measured by different sources or grades (${percent(differs)} of them).`,
        `改造企业与对照企业的数据来源或证据等级不同（占 ${percent(differs)}）。`,
      ),
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
    bilingual(
      `So few clusters can be dealt out in only so many ways that p cannot fall below ${floor.toFixed(3)}.`,
      `聚类太少，可重新分配的方式有限，p 值不可能低于 ${floor.toFixed(3)}。`,
    ),
    bilingual('Add clusters (leaders), treated or not.', '请补充聚类（链主），改造与否均可。'),
  );

/** With one cluster the clustered error is zero by its formula, and says nothing. */
const oneCluster: Rule = ({ built: { panel } }) =>
  panel.cluster === null || panel.clusters > 1
    ? null
    : refuse(
        'TOO_FEW_CLUSTERS',
        panel.clusters === 1
          ? bilingual(
              'All units are in one cluster: a clustered error cannot be estimated.',
              '所有企业都在同一个聚类里，无法估计聚类标准误。',
            )
          : bilingual(
              'There is no cluster: a clustered error cannot be estimated.',
              '没有聚类，无法估计聚类标准误。',
            ),
        bilingual(
          'Cluster by a column with more values, or by the unit.',
          '请按取值更多的一列聚类，或按企业聚类。',
        ),
      );

const tooFewClusters: Rule = ({ randomisation }) =>
  randomisation === null || randomisation.floor <= PLACEBO_LEVEL
    ? null
    : tooFewReassignments(randomisation.floor);

const METHODS_ZH: Readonly<Record<EstimateResult['pretrend']['calibrated']['method'], string>> = {
  'wild cluster bootstrap': '野聚类自助法',
  randomisation: '随机化检验',
};

const placeboRejected: Rule = ({ pretrend: { calibrated } }) =>
  calibrated.p === null || calibrated.p > PLACEBO_LEVEL
    ? null
    : refuse(
        'PLACEBO_REJECTED',
        bilingual(
          `Treated and control units already diverged before treatment (${calibrated.method}, p = ${calibrated.p.toFixed(3)}).`,
          `改造前两组走势已有差异（${METHODS_ZH[calibrated.method]}，p = ${calibrated.p.toFixed(3)}）。`,
        ),
        bilingual(
          'Find controls or covariates under which the earlier paths agree.',
          '请另找对照企业或协变量，使改造前的走势一致。',
        ),
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
