import type { SpilloverBreakdown, SpilloverResult } from '../../../schemas/api/audit.ts';
import type { AuditGap } from '../../../schemas/wording.ts';
import { type BuiltPanel, buildPanel } from './buildPanel.ts';
import { type EstimateOptions, estimatePanel } from './estimate.ts';
import { type Edge, type Exposure, exposureOf } from './exposure.ts';
import { type LongPanel, periodSpan, unitTraits, withCohorts } from './longPanel.ts';
import { FEWEST_UNITS } from './refusal.ts';
import { simpleEffect } from './simpleEffect.ts';

export type SpilloverOptions = Omit<EstimateOptions, 'control'>;

/** Who is treated, exposed and clean, and the panels that follow from it. */
export interface ExposureDesign {
  readonly exposure: Exposure;
  readonly isExposed: (unit: number) => boolean;
  readonly isClean: (unit: number) => boolean;
  /** Treated units and clean controls. */
  direct(): BuiltPanel;
  /** Never-treated units by the start of their exposure, and clean controls. */
  spillover(): BuiltPanel;
  build(starts: Float64Array, keeps: (unit: number) => boolean): BuiltPanel;
}

export function exposureDesign(
  long: LongPanel,
  edges: readonly Edge[],
  options: SpilloverOptions,
): ExposureDesign {
  const span = periodSpan(long);
  const { cohort } = unitTraits(long);
  // Whoever is treated after the panel ends is untreated in all of it, and exposes nobody in it.
  const lastFelt = span.last + options.anticipation;
  for (let unit = 0; unit < cohort.length; unit++)
    if (cohort[unit]! > lastFelt) cohort[unit] = Number.POSITIVE_INFINITY;
  const exposure = exposureOf(long.unit.values, cohort, edges);
  const isTreated = (unit: number) => Number.isFinite(cohort[unit]!);
  const isExposed = (unit: number) => !isTreated(unit) && Number.isFinite(exposure.start[unit]!);
  const build = (starts: Float64Array, keeps: (unit: number) => boolean) =>
    buildPanel(withCohorts(long, starts, keeps), options, span);
  return {
    exposure,
    isExposed,
    isClean: (unit) => !isTreated(unit) && !isExposed(unit),
    direct: () => build(cohort, (unit) => !isExposed(unit)),
    spillover: () => build(exposure.start, (unit) => !isTreated(unit)),
    build,
  };
}

/**
 * Direct and spillover effects on a network of units (Xu 2023 for the set-up). Exposure starts when a unit's first
 * neighbour is treated. Spillover: never-treated units, by the start of their exposure, against clean controls: never
 * treated and never exposed. Direct: treated units against the same clean controls, for exposed controls carry part of
 * the effect. Units treated from the start are dropped but expose their neighbours; so are, from the spillover estimate,
 * units exposed from the start. Throws BAD_INPUT where the rows do not make a panel.
 */
export function estimateSpillover(
  long: LongPanel,
  edges: readonly Edge[],
  options: SpilloverOptions,
): SpilloverResult {
  const design = exposureDesign(long, edges, options);
  const { exposure, isExposed, isClean, build } = design;
  const estimateOptions: EstimateOptions = { ...options, control: 'never' };
  const directPanel = design.direct();
  const direct = estimatePanel(directPanel, estimateOptions);
  const spilloverPanel = design.spillover();
  const spillover = estimatePanel(spilloverPanel, estimateOptions);

  const breakdown = (labels: readonly string[], labelOf: (unit: number) => string): SpilloverBreakdown[] =>
    labels.map((label) => {
      const keeps = (unit: number) => isClean(unit) || (isExposed(unit) && labelOf(unit) === label);
      const { panel } = build(exposure.start, keeps);
      const units = panel.never.start;
      const effect = units < FEWEST_UNITS ? null : simpleEffect(panel, estimateOptions);
      if (effect !== null) return { label, units, ...effect };
      return {
        label,
        units,
        att: null,
        se: null,
        reason: (units < FEWEST_UNITS
          ? `fewer than ${FEWEST_UNITS} exposed units`
          : 'no cell can be estimated') satisfies AuditGap,
      };
    });
  const units = [...long.unit.values.keys()];
  const tierOf = tiers(long);
  return {
    direct,
    spillover: {
      ...spillover,
      egt: spillover.dynamic.egt,
      byNeighbours: breakdown(['1', '2', '3 or more'], (unit) =>
        neighbourBin(exposure.treatedNeighbours[unit]!),
      ),
      byVolumeShare: edges.some(([, , volume]) => volume !== undefined)
        ? breakdown(Object.values(VOLUME_SHARES), (unit) => shareBin(exposure.treatedShare[unit]!))
        : null,
      byTier:
        tierOf === null
          ? null
          : breakdown(
              [...new Set(units.filter(isExposed).map((unit) => tierOf[unit]!))].sort(),
              (unit) => tierOf[unit]!,
            ),
    },
    nCleanControl: units.filter(isClean).length,
    nExposed: units.filter(isExposed).length,
    ignoredEdges: exposure.ignoredEdges,
    dropped: {
      alwaysTreated: directPanel.dropped.alwaysTreated,
      alwaysExposed: spilloverPanel.dropped.alwaysTreated,
      emptyOutcome: long.outcome.values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
    },
    warnings: [
      ...direct.warnings.map((text) => `Direct effect: ${text}`),
      ...spillover.warnings.map((text) => `Spillover: ${text}`),
    ],
    warningsZh: [
      ...(direct.warningsZh ?? []).map((text) => `直接效应：${text}`),
      ...(spillover.warningsZh ?? []).map((text) => `溢出效应：${text}`),
    ],
    refusal: partRefusal('spillover', spillover.refusal) ?? partRefusal('direct', direct.refusal),
  };
}

function partRefusal(
  part: 'spillover' | 'direct',
  refusal: SpilloverResult['direct']['refusal'],
): SpilloverResult['refusal'] {
  return refusal === null ? null : { ...refusal, part };
}

const neighbourBin = (count: number): string => (count >= 3 ? '3 or more' : String(count));

const VOLUME_SHARES = {
  low: 'up to 1/3',
  middle: 'over 1/3 to 2/3',
  high: 'over 2/3',
  unknown: 'not known',
} as const;

function shareBin(share: number): string {
  if (Number.isNaN(share)) return VOLUME_SHARES.unknown;
  return share <= 1 / 3 ? VOLUME_SHARES.low : share <= 2 / 3 ? VOLUME_SHARES.middle : VOLUME_SHARES.high;
}

/** The tier in each unit's first row. */
function tiers(long: LongPanel): string[] | null {
  if (long.tier === null) return null;
  const labels = new Array<string>(long.unit.values.length);
  for (let row = long.rows - 1; row >= 0; row--)
    labels[long.unit.codes[row]!] = long.tier.values[long.tier.codes[row]!] ?? '';
  return labels;
}
