import type { OnboardingStatus } from '../../../schemas/onboarding.ts';
import { isSimulated, partitionsOf, streamClockOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { OnboardingFacts } from '../domain/funnel.ts';
import type { PageSources } from '../domain/pageModel.ts';

/** An onboarding's read model, as far as the pages need it; `_id` is its workflow id. */
export interface OnboardingDocument extends OnboardingFacts {
  readonly _id: string;
  readonly supplierUscc: string;
  readonly cityCode: string | null;
}

interface Summary {
  readonly _id: 'targets' | 'chains' | 'claims';
}

const onboardingsOf = (db: Db) => db.collection<OnboardingDocument>('onboardings');

/** Reads what the page is made of. `simulatedBefore`: once simulated, always simulated, without asking again. */
export async function readPageSources(db: Db, simulatedBefore: boolean): Promise<PageSources> {
  const [simulated, watermark, partitions, onboardings, summaries] = await Promise.all([
    simulatedBefore || isSimulated(db),
    streamClockOf(db).findOne({ _id: 'watermark' }),
    partitionsOf(db).find().project<{ counts: PageSources['verdicts'][number] }>({ counts: 1 }).toArray(),
    onboardingsOf(db)
      .find()
      .project<OnboardingFacts>({ status: 1, stage: 1, failureReason: 1, _id: 0 })
      .toArray(),
    db
      .collection<Summary>('summaries')
      .find({ _id: { $in: ['targets', 'chains', 'claims'] } })
      .toArray(),
  ]);
  const summary = (id: Summary['_id']) => summaries.find((document) => document._id === id) ?? null;
  return {
    simulated,
    watermark,
    verdicts: partitions.map((partition) => partition.counts),
    onboardings,
    targets: summary('targets'),
    chains: summary('chains'),
    claims: summary('claims'),
  };
}

/** One of the summaries that measurement works out ahead; null while there is none. */
export async function readSummary(db: Db, id: Summary['_id']): Promise<object | null> {
  return db.collection<Summary>('summaries').findOne({ _id: id });
}

/** How an onboarding stands by its events; null where there is none. */
export async function readStatusOf(db: Db, workflowId: string): Promise<OnboardingStatus | null> {
  const document = await onboardingsOf(db).findOne({ _id: workflowId }, { projection: { status: 1 } });
  return document?.status ?? null;
}
