import type { EventTime, LeaveOneOut, Sensitivity } from '../../../schemas/api/audit.ts';
import type { CellOptions } from './cells.ts';
import { NORMAL_975 } from './distributions.ts';
import { cohortOfUnits, type Panel, subsetPanel } from './panel.ts';
import { simpleEffect } from './simpleEffect.ts';

const MOST_CLUSTERS_LEFT_OUT = 60;

/**
 * How large a violation of parallel trends would break the sign of the mean effect over event times (relative magnitudes,
 * Rambachan and Roth 2023, section 2.4.1): from one period to the next after treatment, trends may diverge by at most M times
 * the largest divergence seen from one period to the next before it. `breakdown` is the largest M under which the 95 %
 * interval stays on one side of zero. Conservative: the largest divergence before is taken at the far end of its own
 * interval, and the worst violation is assumed in every period. Null where there is no placebo period or no effect.
 */
export function signSensitivity(
  egt: readonly EventTime[],
  overall: { att: number | null; se: number | null },
  anticipation: number,
): Sensitivity | null {
  const rows = egt.flatMap((row) => (row.att === null ? [] : [{ e: row.e, att: row.att, se: row.se ?? 0 }]));
  const after = rows.filter((row) => row.e >= 0);
  const before = rows.filter((row) => row.e < -anticipation);
  if (overall.att === null || overall.se === null || after.length === 0) return null;
  const largestBefore = Math.max(
    0,
    ...stepsOf(before, anticipation).map(({ step, se }) => Math.abs(step) + NORMAL_975 * se),
  );
  if (!(largestBefore > 0)) return null;
  // At event time e the worst violation has added up over e + 1 + anticipation periods since the base period.
  const periods = after.reduce((sum, row) => sum + row.e + 1 + anticipation, 0) / after.length;
  const margin = Math.abs(overall.att) - NORMAL_975 * overall.se;
  return {
    method: 'relative magnitudes',
    largestBefore,
    breakdown: Math.max(0, margin / (largestBefore * periods)),
  };
}

interface Step {
  readonly step: number;
  readonly se: number;
}

/**
 * Divergence from one period to the next. Varying base: the placebo estimates themselves. Universal base: their
 * differences, with the sum of both standard errors as a bound on the difference's.
 */
function stepsOf(before: readonly { e: number; att: number; se: number }[], anticipation: number): Step[] {
  const reference = before.find((row) => row.e === -1 - anticipation && row.att === 0 && row.se === 0);
  if (reference === undefined) return before.map((row) => ({ step: row.att, se: row.se }));
  return before.slice(1).map((row, index) => {
    const earlier = before[index] ?? row;
    return { step: row.att - earlier.att, se: row.se + earlier.se };
  });
}

/**
 * The simple aggregate with one treated cluster at a time left out; null without clusters, or with more than 60.
 * @param asEstimated the panel as it is estimated, for errors by something else than the clusters left out
 */
export function leaveOneOut(
  panel: Panel,
  options: CellOptions,
  asEstimated: (panel: Panel) => Panel = (same) => same,
): LeaveOneOut | null {
  if (panel.cluster === null) return null;
  const cohort = cohortOfUnits(panel);
  const treated = new Set<number>();
  for (let unit = 0; unit < panel.units; unit++)
    if (Number.isFinite(cohort[unit]!)) treated.add(panel.cluster[unit]!);
  if (treated.size < 2 || treated.size > MOST_CLUSTERS_LEFT_OUT) return null;
  const { cluster } = panel;
  return [...treated]
    .sort((a, b) => a - b)
    .map((left) => {
      const effect = simpleEffect(asEstimated(subsetPanel(panel, (unit) => cluster[unit] !== left)), options);
      return {
        cluster: panel.clusterNames[left] ?? String(left),
        att: effect?.att ?? null,
        se: effect?.se ?? null,
      };
    });
}
