import type { CellOptions } from './cells.ts';
import { type Panel, sizeOf, subsetPanel } from './panel.ts';
import { largestRatio, type PlaceboLead, placeboDistances, placeboLeads, spread } from './placeboLeads.ts';
import { randomStream } from './random.ts';
import { affordableDraws, exchangeOf, reassignments, relabel, shareAtLeast, smallestP } from './relabel.ts';

export interface PlaceboRandomisation {
  readonly leads: readonly PlaceboLead[];
  readonly p: number;
  /** The smallest p that so few reassignments can give. */
  readonly floor: number;
  readonly statistics: Float64Array;
}

const LEVEL = 0.05;

/**
 * Placebo test with few clusters: treatment dates are dealt out anew, and the largest |t| of the leads is compared. First
 * choice: all cohorts compared up to one calendar period before any of them is treated, where nothing is contaminated and
 * the test is exact. Where that has too few distinct outcomes: each cohort up to its own base period, with outcomes hidden
 * that a treatment may have moved (conservative). Null where there is nothing to compare.
 */
export function placeboRandomisation(
  panel: Panel,
  options: CellOptions,
  seed: number,
): PlaceboRandomisation | null {
  const window = cleanWindow(panel, options);
  const common = window === null ? null : permute(window.panel, options, window.distances, window.base, seed);
  if (common !== null && common.floor <= LEVEL) return common;
  return permute(panel, options, placeboDistances(panel, options.anticipation), undefined, seed) ?? common;
}

interface CleanWindow {
  readonly panel: Panel;
  readonly base: number;
  readonly distances: number[];
}

/**
 * The panel up to the last period in which none of its cohorts can be affected yet; earlier cohorts are left out. The period
 * is chosen for the most (treated units × periods). Null without never-treated units or without a second period.
 */
function cleanWindow(panel: Panel, { anticipation }: CellOptions): CleanWindow | null {
  if (sizeOf(panel.never) === 0) return null;
  const candidates = panel.cohorts.map((first) => {
    const base = Math.min(first.cohort - 1 - anticipation - panel.firstPeriod, panel.periods - 1);
    const treated = panel.never.start - first.start;
    return { first, base, score: treated * (spread(base).at(-1) ?? 0) };
  });
  const best = candidates.filter(({ base }) => base >= 1).sort((a, b) => b.score - a.score)[0];
  if (best === undefined) return null;
  const later = subsetPanel(panel, (unit) => unit >= best.first.start);
  const length = (best.base + 1) * later.units;
  return {
    panel: {
      ...later,
      periods: best.base + 1,
      outcome: later.outcome.subarray(0, length),
      covariates: later.covariates.map((column) => column.subarray(0, length)),
    },
    base: best.base,
    distances: spread(best.base),
  };
}

function permute(
  panel: Panel,
  options: CellOptions,
  distances: readonly number[],
  commonBase: number | undefined,
  seed: number,
): PlaceboRandomisation | null {
  const leads = placeboLeads(panel, options, distances, commonBase);
  if (leads.length === 0) return null;
  const exchange = exchangeOf(panel);
  const dealt = reassignments(panel, exchange, affordableDraws(panel), randomStream(seed, 'placebo'));
  const tested = leads.map((lead) => lead.distance);
  const mask = commonBase === undefined ? options : null;
  const statistics = Float64Array.from(dealt.labels, (labels) =>
    largestRatio(placeboLeads(relabel(panel, exchange, labels, mask), options, tested, commonBase)),
  );
  const highest = statistics.reduce((most, value) => Math.max(most, value), 0);
  const floor = dealt.exhaustive
    ? shareAtLeast(statistics, highest, true)
    : smallestP(dealt, statistics.length);
  return {
    leads,
    statistics,
    floor,
    p: Math.max(floor, shareAtLeast(statistics, largestRatio(leads), dealt.exhaustive)),
  };
}
