import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { dateOf, periodsBetween } from '../../../schemas/time.ts';
import { APPROVAL_KPI_IDS, APPROVAL_KPIS, mergeDurations } from '../domain/approvals.ts';
import type { Improvement } from '../domain/baseline.ts';
import { judgeClaims } from '../domain/claims.ts';
import { figuresBySource, type MonthFigure, type WindowFigure } from '../domain/figures.ts';
import { FIRM_TYPES } from '../domain/firm.ts';
import type { FirmMonth } from '../domain/firmYear.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { type Kpi, NULL_REASONS } from '../domain/kpi.ts';
import { KPIS } from '../domain/kpis.ts';
import { SUBSIDY_TYPES } from '../domain/ledgers.ts';
import { PAYBACK, PUBLISHED_PAYBACK_YEARS, paybackOf, whyNoPayback } from '../domain/payback.ts';
import { NOTHING_REACHED, reachByCity } from '../domain/promotion.ts';
import { shownValue } from '../domain/ratio.ts';
import { foldModels, READ_MODELS } from '../domain/readModels.ts';
import type { Baseline } from '../domain/records.ts';
import { cityTargets, type TargetThresholds } from '../domain/targets.ts';
import { World } from '../domain/world.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { modelOf } from './store.ts';
import { businessNow, loadClaims, loadWorldOfValues } from './worldStore.ts';

/** The claims judged against the events, as of the watermark or another instant. */
export async function readClaims(db: Db, asOf?: Date, knownAt?: Date) {
  const world = await loadWorldOfValues(db, { asOf, knownAt });
  const claims = judgeClaims(await loadClaims(), world).map(({ entities, children: _, ...claim }) => ({
    ...claim,
    entityCount: entities.length,
  }));
  return { asOf: world.asOf.toISOString(), claims };
}

/** Targets against done per city, with what each city reached beyond its pilots. */
export async function readTargets(db: Db, thresholds: TargetThresholds, horizon: Horizon = {}) {
  const world = await loadWorldOfValues(db, horizon);
  const reach = reachByCity(world);
  const cities = cityTargets(world, thresholds).map((city) => ({
    ...city,
    ...(reach.get(city.code) ?? NOTHING_REACHED),
  }));
  return { asOf: world.asOf.toISOString(), cities };
}

/** Firm-months for which anything was reported. */
export async function countSupplierMonths(db: Db): Promise<number> {
  const [counted] = await modelOf(db, 'kpi')
    .aggregate<{ months: number }>([
      { $project: { months: { $size: { $objectToArray: '$months' } } } },
      { $group: { _id: null, months: { $sum: '$months' } } },
    ])
    .toArray();
  return counted?.months ?? 0;
}

/** One firm's facts as a world of their own. */
export async function firmWorld(db: Db, uscc: string, horizon: Horizon): Promise<World> {
  const asOf = horizon.asOf ?? (await businessNow(db));
  const types = [
    ...new Set([...FIRM_YEAR_TYPES, ...FIRM_TYPES, ...READ_MODELS.baselines.types, ...SUBSIDY_TYPES]),
  ];
  const facts = await standingFacts(db, { types, firm: uscc }, horizon);
  return new World(foldModels(facts), asOf);
}

export const figureIdOf = (kpi: { slug: string; version: number }, uscc: string, window: string): string =>
  `${kpi.slug}/v${kpi.version}/${uscc}/${window}`;

export const paybackFigureId = (uscc: string): string => `${PAYBACK.slug}/v${PAYBACK.version}/${uscc}`;

const shown = (figureId: string, figure: MonthFigure | WindowFigure) => ({
  value: shownValue(figure),
  ...(figure.reason === null ? {} : { reason: figure.reason, explanation: NULL_REASONS[figure.reason] }),
  figureId,
  numerator: figure.numerator,
  denominator: figure.denominator,
  events: figure.events,
  grade: figure.grade,
  sourceClass: figure.sourceClass,
});

function shownMonth(world: World, kpi: Kpi, uscc: string, period: string) {
  const figure = world.monthFigure(kpi, uscc, period);
  const alternatives = figuresBySource(kpi, world.months(uscc)(period), period);
  return {
    ...shown(figureIdOf(kpi, uscc, period), figure),
    superseded: figure.superseded,
    ...(alternatives.length > 1
      ? {
          bySource: alternatives.map(({ sourceClass, grade, ...alternative }) => ({
            sourceClass,
            grade,
            value: shownValue(alternative),
          })),
        }
      : {}),
  };
}

function shownApprovals(month: FirmMonth | undefined, uscc: string, period: string) {
  const entries = APPROVAL_KPI_IDS.map((id) => {
    const kpi = APPROVAL_KPIS[id];
    const ratio = month?.approvals ? kpi.compute(mergeDurations([month.approvals], kpi.clock)) : null;
    const common = {
      figureId: figureIdOf(kpi, uscc, period),
      numerator: ratio?.numerator ?? null,
      denominator: ratio?.denominator ?? null,
      events: month?.approvals?.n ?? 0,
      grade: ratio === null ? null : 'a',
      sourceClass: ratio === null ? null : 'chain',
    };
    return [
      id,
      ratio === null
        ? { value: null, reason: 'NO_APPROVALS', explanation: NULL_REASONS.NO_APPROVALS, ...common }
        : { value: shownValue(ratio), ...common },
    ];
  });
  return Object.fromEntries(entries) as Record<string, ReturnType<typeof shown>>;
}

function shownPayback(world: World, uscc: string) {
  const payback = paybackOf(world, uscc);
  const reason = whyNoPayback(payback);
  return {
    value: (payback?.years && shownValue(payback.years)) ?? null,
    figureId: paybackFigureId(uscc),
    unit: 'years',
    published: PUBLISHED_PAYBACK_YEARS,
    ownOutlayFen: payback?.ownOutlayFen ?? null,
    yearlySavingFen: payback?.yearlySavingFen ?? null,
    savedFen: payback?.savedFen ?? null,
    paidBackAfterMonths: payback?.paidBackAfterMonths ?? null,
    ...(reason === null ? {} : { reason, explanation: NULL_REASONS[reason] }),
  };
}

function shownBaseline(baseline: Baseline, uscc: string) {
  const { frozen } = baseline;
  if (frozen === undefined) return null;
  const figures = KPIS.map((kpi) => {
    const figure = frozen.figures[kpi.id];
    return [
      kpi.id,
      {
        value: figure ? shownValue(figure) : null,
        ...(figure?.reason ? { reason: figure.reason } : {}),
        ...(figure ?? { numerator: null, denominator: null, months: 0 }),
        figureId: figureIdOf(kpi, uscc, 'baseline'),
      },
    ];
  });
  return {
    programme: baseline.programme,
    contractMonth: frozen.contractMonth,
    months: frozen.months,
    figures: Object.fromEntries(figures) as Record<string, unknown>,
    eventCount: frozen.eventCount,
    figuresSha256: frozen.figuresSha256,
    event: frozen.identity,
    frozenAt: new Date(frozen.timeMs).toISOString(),
    refrozen:
      frozen.refrozen === undefined
        ? null
        : { ...frozen.refrozen, replaces: baseline.replaced?.identity ?? null },
  };
}

function shownImprovement(improvement: Improvement, kpi: Kpi, uscc: string) {
  return {
    value: improvement.change,
    ...(improvement.reason === null
      ? {}
      : { reason: improvement.reason, explanation: NULL_REASONS[improvement.reason] }),
    figureId: figureIdOf(kpi, uscc, 'improvement'),
    before: shownValue(improvement.before),
    after: shownValue(improvement.after),
    months: improvement.after.months,
    seasonMatched: improvement.seasonMatched,
    measurementChanged: improvement.measurementChanged,
  };
}

/**
 * All figures of one firm: months, frozen baseline, and what changed since.
 * @throws ChainlightError NOT_FOUND when nothing is known of the firm
 */
export async function readKpis(db: Db, uscc: string, horizon: Horizon = {}) {
  const world = await firmWorld(db, uscc, horizon);
  const firm = world.models.firms.get(uscc);
  if (firm === undefined && !world.hasMonths(uscc))
    throw new ChainlightError('NOT_FOUND', `nothing is known of a firm ${uscc} by ${dateOf(world.asOf)}`);
  const stated = world.statedPeriods(uscc);
  const [first, last] = [stated[0], stated.at(-1)];
  const periods = first === undefined || last === undefined ? [] : periodsBetween(first, last);
  const baseline =
    world.baselinesOf(uscc).find((one) => one.contract !== undefined) ?? world.baselinesOf(uscc)[0];
  return {
    uscc,
    payback: shownPayback(world, uscc),
    name: world.nameOf(uscc),
    asOf: world.asOf.toISOString(),
    baseline: baseline === undefined ? null : shownBaseline(baseline, uscc),
    months: periods.map((period) => ({
      month: period,
      ...(Object.fromEntries(KPIS.map((kpi) => [kpi.id, shownMonth(world, kpi, uscc, period)])) as Record<
        string,
        ReturnType<typeof shownMonth>
      >),
      ...shownApprovals(world.months(uscc)(period), uscc, period),
    })),
    improvement: Object.fromEntries(
      KPIS.map((kpi) => [
        kpi.id,
        baseline === undefined
          ? {
              value: null,
              reason: 'NO_CONTRACT',
              explanation: NULL_REASONS.NO_CONTRACT,
              figureId: figureIdOf(kpi, uscc, 'improvement'),
            }
          : shownImprovement(world.improvementIn(kpi, uscc, baseline), kpi, uscc),
      ]),
    ) as Record<string, { value: number | null; figureId: string; reason?: string }>,
  };
}
export type FirmKpis = Awaited<ReturnType<typeof readKpis>>;
