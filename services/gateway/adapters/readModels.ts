import type { Filter } from 'mongodb';
import type { OnboardingQuery } from '../../../schemas/api/page.ts';
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

/** Onboardings by the stages they stand at; `total` counts all that match, `onboardings` holds them up to the limit. */
export async function listOnboardings(
  db: Db,
  query: OnboardingQuery,
): Promise<{ total: number; onboardings: object[] }> {
  const filter: Filter<OnboardingDocument> = {
    ...(query.supplier === undefined ? {} : { supplierUscc: { $eq: query.supplier } }),
    ...(query.city === undefined ? {} : { cityCode: { $eq: query.city } }),
    ...(query.status === undefined ? {} : { status: { $eq: query.status } }),
    ...(query.stage === undefined ? {} : { stage: { $eq: query.stage } }),
  };
  const [total, documents] = await Promise.all([
    onboardingsOf(db).countDocuments(filter),
    onboardingsOf(db)
      .find(filter, { projection: { facts: 0 } })
      .sort({ _id: 1 })
      .limit(query.limit)
      .toArray(),
  ]);
  return { total, onboardings: documents.map(({ _id, ...rest }) => ({ workflowId: _id, ...rest })) };
}
