import { type APPROVAL_KPI_IDS, type APPROVAL_KPIS, mergeDurations } from '../domain/approvals.ts';
import { frozenVersion } from '../domain/baseline.ts';
import type { Displacement } from '../domain/chains.ts';
import { APPROVAL_TYPE } from '../domain/firmYear.ts';
import { windowsOf } from '../domain/gains.ts';
import { type Kpi, NULL_REASONS } from '../domain/kpi.ts';
import { type Ratio, ratioOf, shownValue } from '../domain/ratio.ts';
import { changeBehind, monthsBehind, type Support } from '../domain/support.ts';
import type { World } from '../domain/world.ts';
import { type KnownSupport, span } from './evidence.ts';
import { figureIdOf } from './read.ts';

/** A figure opened: what it is, what it is made of, and the events behind it. */
export interface Explained {
  readonly figureId: string;
  readonly definition: string;
  readonly formula: string;
  /** The same for readers of Chinese; a reason stands here where no code says it. */
  readonly zh: { readonly definition: string; readonly formula: string; readonly reason: string | null };
  readonly version: number;
  readonly unit: string;
  readonly value: number | null;
  readonly reason: string | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Months or days, first and last. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly entities: readonly string[];
  readonly grade: string | null;
  readonly sourceClass: string | null;
  /** Figures it is worked out from. */
  readonly children: readonly string[];
  /** Of a gain: how stock turned meanwhile at the leaders and their suppliers. */
  readonly displacement?: readonly Displacement[];
}

export interface Opened {
  readonly figure: Omit<Explained, 'figureId'>;
  readonly support: readonly Support[] | KnownSupport;
}

/** Chinese words of a figure whose reason, if any, has a code. */
export const inChinese = (definition: string, formula: string): Explained['zh'] => ({
  definition,
  formula,
  reason: null,
});

export const named = (kpi: Kpi): Pick<Explained, 'definition' | 'formula' | 'zh' | 'version' | 'unit'> => ({
  definition: kpi.definition,
  formula: kpi.formula,
  zh: inChinese(kpi.zh.definition, kpi.zh.formula),
  version: kpi.version,
  unit: kpi.unit,
});

export function openMonth(world: World, kpi: Kpi, uscc: string, period: string): Opened {
  const figure = world.monthFigure(kpi, uscc, period);
  return {
    figure: {
      ...named(kpi),
      value: shownValue(figure),
      reason: figure.reason === null ? null : NULL_REASONS[figure.reason],
      numerator: figure.numerator,
      denominator: figure.denominator,
      window: { from: period, to: period },
      entities: [uscc],
      grade: figure.grade,
      sourceClass: figure.sourceClass,
      children: [],
    },
    support: [monthsBehind(kpi, uscc, [period])],
  };
}

export function openBaseline(world: World, kpi: Kpi, uscc: string): Opened | null {
  const baseline =
    world.baselinesOf(uscc).find((one) => one.frozen !== undefined) ?? world.leaderBaseline(uscc);
  const figure = baseline?.frozen?.figures[kpi.id];
  if (baseline?.frozen === undefined || figure === undefined) return null;
  const prefix = `${kpi.id}@`;
  const months = Object.keys(baseline.frozen.figures)
    .flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))
    .sort();
  return {
    figure: {
      ...named(kpi),
      version: frozenVersion(baseline.frozen, kpi),
      definition: `${kpi.definition}; frozen by ${baseline.frozen.identity}`,
      zh: inChinese(`${kpi.zh.definition}；冻结于事件 ${baseline.frozen.identity}`, kpi.zh.formula),
      value: shownValue(figure),
      reason: figure.reason ?? null,
      numerator: figure.numerator,
      denominator: figure.denominator,
      window: span(months),
      entities: [uscc],
      grade: figure.grade ?? null,
      sourceClass: figure.sourceClass ?? null,
      children: months.map((month) => figureIdOf(kpi, uscc, month)),
    },
    support: [monthsBehind(kpi, uscc, months, baseline.frozen)],
  };
}

/** after ÷ before − 1 as one ratio; null when a side is missing or before is not above zero. */
export function changeRatio(before: Ratio | null, after: Ratio | null): Ratio | null {
  if (before === null || after === null || before.numerator <= 0) return null;
  const [bn, bd] = [BigInt(before.numerator), BigInt(before.denominator)];
  const [an, ad] = [BigInt(after.numerator), BigInt(after.denominator)];
  return ratioOf(an * bd - bn * ad, bn * ad);
}

const ratio = (figure: { numerator: number | null; denominator: number | null }): Ratio | null =>
  figure.numerator === null || figure.denominator === null
    ? null
    : { numerator: figure.numerator, denominator: figure.denominator };

export function openImprovement(world: World, kpi: Kpi, uscc: string): Opened | null {
  const improvement = world.improvement(kpi, uscc);
  if (improvement === undefined) return null;
  const { before, after } = improvement;
  const change = changeRatio(ratio(before), ratio(after));
  const classes = [...new Set([before, after].flatMap((side) => side.sourceClass?.split('+') ?? []))].join(
    '+',
  );
  return {
    figure: {
      ...named(kpi),
      definition: `Change of: ${kpi.definition}, against the frozen baseline`,
      formula: `after ÷ before − 1, of: ${kpi.formula}`,
      zh: inChinese(
        `${kpi.zh.definition}：与冻结基线相比的变化`,
        `改造后 ÷ 改造前 − 1，其中：${kpi.zh.formula}`,
      ),
      unit: 'ratio',
      value: improvement.change,
      reason: improvement.reason === null ? null : NULL_REASONS[improvement.reason],
      numerator: change?.numerator ?? null,
      denominator: change?.denominator ?? null,
      window: span(after.months),
      entities: [uscc],
      grade:
        [before.grade, after.grade]
          .flatMap((grade) => grade ?? [])
          .sort()
          .at(-1) ?? null,
      sourceClass: classes || null,
      children: [
        figureIdOf(kpi, uscc, 'baseline'),
        ...after.months.map((month) => figureIdOf(kpi, uscc, month)),
      ],
    },
    support: changeBehind(kpi, uscc, windowsOf(improvement), world.firstBaseline(uscc)?.frozen),
  };
}

export function openApprovals(
  world: World,
  kpi: (typeof APPROVAL_KPIS)[(typeof APPROVAL_KPI_IDS)[number]],
  uscc: string,
  period: string,
): Opened {
  const durations = world.months(uscc)(period)?.approvals;
  const value = durations ? kpi.compute(mergeDurations([durations], kpi.clock)) : null;
  return {
    figure: {
      definition: kpi.definition,
      formula: kpi.formula,
      zh: inChinese(kpi.zh.definition, kpi.zh.formula),
      version: kpi.version,
      unit: kpi.unit,
      value: value && shownValue(value),
      reason: value === null ? NULL_REASONS.NO_APPROVALS : null,
      numerator: value?.numerator ?? null,
      denominator: value?.denominator ?? null,
      window: { from: period, to: period },
      entities: [uscc],
      grade: value === null ? null : 'a',
      sourceClass: value === null ? null : 'chain',
      children: [],
    },
    support: [{ types: [APPROVAL_TYPE], firms: [uscc], periods: [period] }],
  };
}
