import type { ProviderScorecard } from '../../../schemas/api/providers.ts';
import type { FailureReason, OnboardingStatus } from '../../../schemas/onboarding.ts';
import { DAY_MS } from '../../../schemas/time.ts';
import { competingRisks, type Observation } from './competingRisks.ts';
import { quantile } from './quantile.ts';

/** A provider's part in one onboarding. */
export interface Engagement {
  readonly supplierUscc: string;
  readonly providerUscc: string;
  readonly solution: string | null;
  readonly status: OnboardingStatus;
  readonly failureReason: FailureReason | null;
  readonly priceFen: number | null;
  readonly plannedAt: Date;
  readonly liveAt: Date | null;
  readonly closedAt: Date | null;
  /** Whether another provider took its place; what became of the onboarding after that is not its own. */
  readonly isReplaced: boolean;
}

const LIVE = 'LIVE';
const REPLACED = 'REPLACED';

/**
 * How providers and their solutions did, counted by onboarding.
 * @param copiesOf how many firms named a firm as the sample that they followed
 */
export function scorecardOf(
  engagements: readonly Engagement[],
  copiesOf: ReadonlyMap<string, number>,
  asOf: Date,
): ProviderScorecard {
  const providers = groupBy(engagements, ({ providerUscc }) => providerUscc).map(([uscc, own]) => ({
    uscc,
    ...score(own, copiesOf, asOf),
    solutions: groupBy(own, ({ solution }) => solution ?? '').flatMap(([solution, one]) =>
      solution === '' ? [] : [{ solution, ...score(one, copiesOf, asOf) }],
    ),
  }));
  return { asOf: asOf.toISOString(), providers, countedBy: 'onboarding' };
}

function score(own: readonly Engagement[], copiesOf: ReadonlyMap<string, number>, asOf: Date) {
  const kept = own.filter(({ isReplaced }) => !isReplaced);
  const ended = own.filter(
    ({ status, isReplaced }) => isReplaced || (status !== 'ACTIVE' && status !== 'ACCEPTED'),
  );
  const failedByReason: Record<string, number> = {};
  for (const { failureReason, status, isReplaced } of ended) {
    const ending = failureReason === null ? status : `${failureReason.group}/${failureReason.cause}`;
    const reason = isReplaced ? REPLACED : ending;
    failedByReason[reason] = (failedByReason[reason] ?? 0) + 1;
  }
  const ways = own.map(({ plannedAt, liveAt, closedAt }): Observation => {
    const until = liveAt ?? closedAt ?? asOf;
    const days = Math.max(0, (until.getTime() - plannedAt.getTime()) / DAY_MS);
    return { days, outcome: liveAt === null ? null : LIVE };
  });
  const firms = new Set(kept.map(({ supplierUscc }) => supplierUscc));
  return {
    engaged: own.length,
    open: kept.filter(({ status }) => status === 'ACTIVE').length,
    done: kept.filter(({ status }) => status === 'ACCEPTED').length,
    failed: ended.length,
    failedByReason,
    medianDaysToLive: competingRisks(ways, LIVE).medianDays,
    medianPriceFen: quantile(
      own.flatMap(({ priceFen }) => priceFen ?? []),
      0.5,
    ),
    replicatedElsewhere: [...firms].reduce((sum, firm) => sum + (copiesOf.get(firm) ?? 0), 0),
  };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
