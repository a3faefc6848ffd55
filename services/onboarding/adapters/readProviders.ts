import type { Db } from 'mongodb';
import type { ProviderScorecard } from '../../../schemas/api/providers.ts';
import { engagementsOf, partsOf } from '../../../workflows/onboarding/engaged.ts';
import { dataOf } from '../../runtime/eventStore.ts';
import { type Engagement, scorecardOf } from '../domain/scorecard.ts';
import { type OnboardingDocument, withoutTakenBack } from '../readModel/document.ts';
import { momentOf, readOnboardings } from './readOnboardings.ts';
import { type OnboardingHorizon, standingEvents } from './standingEvents.ts';

/** How providers and their solutions did, from the onboardings and the copies of sample firms. */
export async function readProviders(db: Db, horizon: OnboardingHorizon): Promise<ProviderScorecard> {
  const documents = await readOnboardings(db, horizon);
  const asOf = await momentOf(db, horizon, documents);
  if (asOf === null) return { asOf: null, providers: [], countedBy: 'onboarding' };
  return scorecardOf(documents.flatMap(partsIn), await copiesOf(db, horizon), asOf);
}

/** One for each provider that took part; one that was replaced did not bring it live. */
export function partsIn(document: OnboardingDocument): Engagement[] {
  const { supplierUscc, status, failureReason, liveAt, closedAt } = document;
  const facts = withoutTakenBack(document);
  return [...partsOf(facts)].flatMap(([providerUscc, own]): Engagement[] => {
    const [first] = own;
    // Where nobody was ever engaged, whoever reported that it failed was not replaced either.
    const isReplaced = document.providerUscc !== null && providerUscc !== document.providerUscc;
    const successor = engagementsOf(facts).find(
      (engagement) => engagement.at > (first?.time ?? '') && engagement.providerUscc !== providerUscc,
    );
    const plan = own.findLast(({ type }) => type === 'onboarding.plan-filed.v1');
    if (first === undefined) return [];
    return [
      {
        supplierUscc,
        providerUscc,
        status,
        failureReason,
        closedAt: isReplaced && successor !== undefined ? new Date(successor.at) : closedAt,
        isReplaced,
        solution: plan?.data.solution ?? null,
        priceFen: plan?.data.priceFen ?? null,
        plannedAt: new Date((plan ?? first).time),
        liveAt: isReplaced ? null : liveAt,
      },
    ];
  });
}

/** How many firms named each firm as the sample that they followed. */
async function copiesOf(db: Db, horizon: OnboardingHorizon): Promise<ReadonlyMap<string, number>> {
  const events = await standingEvents(db, 'samplefirm.copied.v1', horizon);
  const followers = new Map<string, Set<string>>();
  for (const event of events) {
    const { firmUscc, sampleFirmUscc } = dataOf<{ firmUscc: string; sampleFirmUscc: string }>(event);
    followers.set(sampleFirmUscc, (followers.get(sampleFirmUscc) ?? new Set()).add(firmUscc));
  }
  return new Map([...followers].map(([sample, firms]) => [sample, firms.size]));
}
