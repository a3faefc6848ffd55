import type { Durations } from './firmYear.ts';
import type { Ratio } from './ratio.ts';

export type Clock = 'calendar' | 'working';

/** Durations of several months or firms together, in calendar or in working time. */
export function mergeDurations(
  all: readonly Durations[],
  clock: Clock = 'calendar',
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const durations of all)
    for (const [seconds, count] of Object.entries(
      clock === 'calendar' ? durations.seconds : durations.working,
    ))
      counts.set(Number(seconds), (counts.get(Number(seconds)) ?? 0) + count);
  return counts;
}

export const countOf = (counts: ReadonlyMap<number, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The value at a place (1 is the smallest) among all durations in rising order. */
function atRank(sorted: readonly (readonly [number, number])[], rank: number): number {
  let seen = 0;
  for (const [seconds, count] of sorted) {
    seen += count;
    if (seen >= rank) return seconds;
  }
  return sorted.at(-1)?.[0] ?? 0;
}

/** Median approval lead time in hours, calendar time; the mean of the middle two for an even number. Null for none. */
export function medianHours(counts: ReadonlyMap<number, number>): Ratio | null {
  const total = countOf(counts);
  if (total === 0) return null;
  const sorted = [...counts].sort((a, b) => a[0] - b[0]);
  const low = atRank(sorted, Math.floor((total + 1) / 2));
  const high = atRank(sorted, Math.floor(total / 2) + 1);
  return { numerator: low + high, denominator: 7200 };
}

/** 90th percentile of approval lead time in hours, calendar time, by nearest rank (⌈0.9 n⌉). Null for none. */
export function p90Hours(counts: ReadonlyMap<number, number>): Ratio | null {
  const total = countOf(counts);
  if (total === 0) return null;
  const sorted = [...counts].sort((a, b) => a[0] - b[0]);
  return { numerator: atRank(sorted, Math.ceil((total * 9) / 10)), denominator: 3600 };
}

const WORKING = 'office hours (9 to 17) of working days';
const common = { version: 1, unit: 'hours', source: 'nearest rank; calendar of working days: State Council' };

export const APPROVAL_KPIS = {
  approvalLeadTimeMedian: {
    ...common,
    slug: 'approval-lead-time-median',
    definition: 'Median time from submission to decision of approvals about this firm, calendar time',
    formula: 'median (decided − submitted)',
    zh: {
      name: '审批时长中位数',
      definition: '关于该企业的审批从提交到决定的时间中位数，按自然时间',
      formula: '（决定 − 提交）的中位数',
    },
    clock: 'calendar',
    compute: medianHours,
  },
  approvalLeadTimeP90: {
    ...common,
    slug: 'approval-lead-time-p90',
    definition: '90th percentile of the time from submission to decision, nearest rank, calendar time',
    formula: 'p90 (decided − submitted)',
    zh: {
      name: '审批时长 90 分位',
      definition: '从提交到决定的时间的 90 分位，最近秩法，按自然时间',
      formula: '（决定 − 提交）的 90 分位',
    },
    clock: 'calendar',
    compute: p90Hours,
  },
  approvalWorkingTimeMedian: {
    ...common,
    slug: 'approval-working-time-median',
    definition: `Median time from submission to decision of approvals about this firm, ${WORKING}`,
    formula: 'median of the working time from submission to decision',
    zh: {
      name: '审批工作时长中位数',
      definition: '关于该企业的审批从提交到决定的时间中位数，按工作日 9 至 17 时',
      formula: '从提交到决定的工作时间的中位数',
    },
    clock: 'working',
    compute: medianHours,
  },
  approvalWorkingTimeP90: {
    ...common,
    slug: 'approval-working-time-p90',
    definition: `90th percentile of the time from submission to decision, nearest rank, ${WORKING}`,
    formula: 'p90 of the working time from submission to decision',
    zh: {
      name: '审批工作时长 90 分位',
      definition: '从提交到决定的时间的 90 分位，最近秩法，按工作日 9 至 17 时',
      formula: '从提交到决定的工作时间的 90 分位',
    },
    clock: 'working',
    compute: p90Hours,
  },
} as const;
export type ApprovalKpiId = keyof typeof APPROVAL_KPIS;
export const APPROVAL_KPI_IDS = Object.keys(APPROVAL_KPIS) as ApprovalKpiId[];
