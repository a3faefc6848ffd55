import type { PageModel } from '../../../schemas/api/page.ts';
import type { Verdicts } from '../../../schemas/api/status.ts';
import { explainStreams, explainWatermark } from './explanations.ts';
import { funnelOf, type OnboardingFacts } from './funnel.ts';
import { chainSection, claimSection, targetSection } from './summaries.ts';

/** What the page is made of, as it stands in the read models. */
export interface PageSources {
  readonly simulated: boolean;
  readonly watermark: { readonly at: Date; readonly caughtUp: boolean } | null;
  readonly verdicts: readonly Verdicts[];
  readonly onboardings: readonly OnboardingFacts[];
  readonly targets: unknown;
  readonly chains: unknown;
  readonly claims: unknown;
}

/** The first page: a pure function of the read models. */
export function pageModelOf(sources: PageSources): PageModel {
  const verdicts = sumVerdicts(sources.verdicts);
  return {
    version: 1,
    simulated: sources.simulated,
    businessTime: {
      at: sources.watermark?.at.toISOString() ?? null,
      caughtUp: sources.watermark?.caughtUp ?? false,
      explain: explainWatermark(),
    },
    streams: {
      records: Object.values(verdicts).reduce((sum, count) => sum + count, 0),
      ...verdicts,
      explain: explainStreams(),
    },
    targets: targetSection(sources.targets),
    funnel: funnelOf(sources.onboardings),
    chains: chainSection(sources.chains),
    claims: claimSection(sources.claims),
  };
}

/** Verdicts of all partitions together. */
export function sumVerdicts(parts: readonly Verdicts[]): Verdicts {
  const sum = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
  for (const part of parts) {
    sum.accepted += part.accepted;
    sum.duplicates += part.duplicates;
    sum.conflicts += part.conflicts;
    sum.rejected += part.rejected;
    sum.parked += part.parked;
  }
  return sum;
}
