import type { FailureCount, FunnelSection, FunnelStage } from '../../../schemas/api/page.ts';
import type { OnboardingCounts } from '../../../schemas/api/status.ts';
import {
  type FailureReason,
  type OnboardingStatus,
  phaseOf,
  STAGES,
  type Stage,
} from '../../../schemas/onboarding.ts';
import { explainFailures, explainStage } from './explanations.ts';

/** What the funnel needs to know of one onboarding. */
export interface OnboardingFacts {
  readonly status: OnboardingStatus;
  /** The stage that is open, or that was open when it ended. */
  readonly stage: Stage;
  readonly failureReason: FailureReason | null;
}

/** Onboardings by how they stand; `started` is the sum of the others. */
export function countOnboardings(onboardings: readonly Pick<OnboardingFacts, 'status'>[]): OnboardingCounts {
  const of = (status: OnboardingStatus): number =>
    onboardings.filter((onboarding) => onboarding.status === status).length;
  return {
    started: onboardings.length,
    accepted: of('ACCEPTED'),
    withdrawn: of('WITHDRAWN'),
    declined: of('DECLINED'),
    failed: of('FAILED'),
    expired: of('EXPIRED'),
    active: of('ACTIVE'),
  };
}

/**
 * The onboarding funnel: an onboarding entered every stage up to the one it stands at, and got past all before it (an
 * accepted one past all). Counted by onboarding, not by firm.
 */
export function funnelOf(onboardings: readonly OnboardingFacts[]): FunnelSection {
  if (onboardings.length === 0) return { state: 'empty', reason: 'NOTHING_REPORTED' };
  return {
    state: 'ready',
    counts: countOnboardings(onboardings),
    stages: STAGES.map((stage) => funnelStage(stage, onboardings)),
    failures: failureCounts(onboardings),
  };
}

function funnelStage(stage: Stage, onboardings: readonly OnboardingFacts[]): FunnelStage {
  const position = STAGES.indexOf(stage);
  const row = { entered: 0, done: 0, open: 0, failed: 0, withdrawn: 0, declined: 0, expired: 0 };
  for (const onboarding of onboardings) {
    const reached = STAGES.indexOf(onboarding.stage);
    if (onboarding.status === 'ACCEPTED' || reached > position) {
      row.entered++;
      row.done++;
    } else if (reached === position) {
      row.entered++;
      row[endOf(onboarding.status)]++;
    }
  }
  return { stage, phase: phaseOf(stage), ...row, explain: explainStage(stage) };
}

function endOf(
  status: Exclude<OnboardingStatus, 'ACCEPTED'>,
): 'open' | 'failed' | 'withdrawn' | 'declined' | 'expired' {
  switch (status) {
    case 'ACTIVE':
      return 'open';
    case 'FAILED':
      return 'failed';
    case 'WITHDRAWN':
      return 'withdrawn';
    case 'DECLINED':
      return 'declined';
    case 'EXPIRED':
      return 'expired';
    default: {
      const unknown: never = status;
      return unknown;
    }
  }
}

/** Those that ended without acceptance, by the stage they ended at and the reason that was given; most frequent first. */
function failureCounts(onboardings: readonly OnboardingFacts[]): FailureCount[] {
  const ended = onboardings.filter(({ status }) => status !== 'ACTIVE' && status !== 'ACCEPTED');
  const counts = new Map<string, { first: OnboardingFacts; count: number }>();
  for (const onboarding of ended) {
    const { group, cause } = onboarding.failureReason ?? { group: 'UNSTATED', cause: '' };
    const key = `${onboarding.stage} ${group} ${cause}`;
    const seen = counts.get(key);
    if (seen) seen.count++;
    else counts.set(key, { first: onboarding, count: 1 });
  }
  return [...counts.entries()]
    .sort(([keyA, a], [keyB, b]) => b.count - a.count || (keyA < keyB ? -1 : 1))
    .map(([, { first, count }]) => ({
      stage: first.stage,
      group: first.failureReason?.group ?? 'UNSTATED',
      cause: first.failureReason?.cause ?? null,
      count,
      share: count / ended.length,
      explain: explainFailures(first.stage, first.failureReason),
    }));
}
