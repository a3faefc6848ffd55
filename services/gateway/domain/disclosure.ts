import type { FirmKpis } from '../../../schemas/api/kpi.ts';
import { CONSENT_SCOPES, type ConsentScope } from '../../../schemas/events/consent.ts';

/** Below this many firms a median would let one guess at a single one. */
export const FEWEST_FOR_A_MEDIAN = 5;
export const WITHHELD = 'CONSENT_REQUIRED';

/** What a figure gives away in absolute terms, by the id of the KPI; a figure that is not here needs all scopes. */
const SCOPES_OF: Readonly<Record<string, readonly ConsentScope[]>> = {
  inventoryTurns: ['stock'],
  inventoryDays: ['stock'],
  valueAddedPerHour: ['revenue'],
  revenuePerHead: ['revenue'],
  unitsPerHour: [],
  qualityCostPer100Yuan: ['cost', 'revenue'],
  qualityCostPerGoodUnit: ['cost'],
  processingCostPer100Yuan: ['cost', 'revenue'],
  processingCostPerGoodUnit: ['cost'],
  energyPer100Yuan: ['revenue'],
  oee: [],
  cashToCash: ['stock', 'revenue', 'cost'],
  escapeRateManual: [],
  escapeRateAi: [],
  falseRejectRateManual: [],
  falseRejectRateAi: [],
  approvalMedianHours: [],
  approvalP90Hours: [],
};

export const scopesOf = (kpi: string): readonly ConsentScope[] => SCOPES_OF[kpi] ?? CONSENT_SCOPES;

const isShown = (kpi: string, granted: ReadonlySet<ConsentScope>): boolean =>
  scopesOf(kpi).every((scope) => granted.has(scope));

type Open = Record<string, unknown>;

/** Numbers that would give an absolute figure away; ratios of change are left. */
const ABSOLUTE = ['value', 'numerator', 'denominator', 'before', 'after'] as const;

function withhold(figure: Open, fields: readonly string[]): Open {
  const { bySource: _, superseded: __, ...rest } = figure;
  const hidden = Object.fromEntries(fields.filter((field) => field in rest).map((field) => [field, null]));
  return { ...rest, ...hidden, reason: WITHHELD };
}

/**
 * A firm's figures as somebody else may see them: absolute ones only in the scopes that the firm has agreed to. Changes against
 * the baseline are ratios and stay.
 */
export function disclose(kpis: FirmKpis, granted: readonly ConsentScope[]): FirmKpis {
  const scopes = new Set(granted);
  const hide = (kpi: string, figure: unknown): unknown =>
    isShown(kpi, scopes) ? figure : withhold(figure as Open, ABSOLUTE);
  const months = kpis.months.map((month) =>
    Object.fromEntries(
      Object.entries(month).map(([key, value]) => [key, key === 'month' ? value : hide(key, value)]),
    ),
  );
  const figures = Object.entries(kpis.baseline?.figures ?? {}).map(([kpi, figure]) => [
    kpi,
    hide(kpi, figure),
  ]);
  const improvement = Object.entries(kpis.improvement).map(([kpi, change]) => {
    if (isShown(kpi, scopes)) return [kpi, change];
    const { before: _, after: __, ...ratio } = change as Open;
    return [kpi, ratio];
  });
  return {
    ...kpis,
    baseline: kpis.baseline && { ...kpis.baseline, figures: Object.fromEntries(figures) },
    months: months as FirmKpis['months'],
    improvement: Object.fromEntries(improvement),
  };
}

/** The median of changes, or why it is not shown. */
export function medianOf(values: readonly number[]): {
  median: number | null;
  reason: 'FEWER_THAN_FIVE' | null;
} {
  if (values.length < FEWEST_FOR_A_MEDIAN) return { median: null, reason: 'FEWER_THAN_FIVE' };
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return { median: (low + high) / 2, reason: null };
}
