import type { ClientSession, Collection, Db } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Fact } from '../../../workflows/onboarding/facts.ts';
import type { Projector } from '../../runtime/projector.ts';
import {
  correctionsAmong,
  correctionsBearingOn,
  factsTakenBack,
  keepCorrections,
  projectedCorrectionsOf,
} from './corrections.ts';
import { documentOf, type OnboardingDocument, type OnboardingKey } from './document.ts';
import { factOfEvent, type OnboardingFact } from './factOfEvent.ts';
import { activityIdOf, addActivity, type TenantActivity, tenantOf } from './tenantActivity.ts';

export const onboardingsOf = (db: Db): Collection<OnboardingDocument> =>
  db.collection<OnboardingDocument>('onboardings');
export const activityOf = (db: Db): Collection<TenantActivity> =>
  db.collection<TenantActivity>('platform_activity');

/** Onboardings and the months with data of each tenant; from the accepted events alone, never from Temporal. */
export const onboardingProjector: Projector = {
  name: 'onboarding',
  collections: ['onboardings', 'platform_activity', 'onboarding_corrections'],
  ensureIndexes: async (db) => {
    await projectedCorrectionsOf(db).createIndex({ target: 1 });
    await onboardingsOf(db).createIndexes([
      { key: { supplierUscc: 1, platform: 1 }, name: 'supplier' },
      { key: { nextDueAt: 1 }, name: 'due_at' },
      { key: { cityCode: 1, status: 1 }, name: 'city' },
      { key: { leaderUscc: 1, status: 1 }, name: 'leader' },
      // The lists and boards of the pages: one index for each order that they offer.
      { key: { status: 1, stage: 1, nextDueAt: 1, _id: 1 }, name: 'urgent' },
      { key: { status: 1, nextDueAt: 1, _id: 1 }, name: 'by_deadline' },
      { key: { supplierName: 1, _id: 1 }, name: 'by_name' },
      { key: { nominatedAt: 1, _id: 1 }, name: 'by_nomination' },
      { key: { closedAt: 1, _id: 1 }, name: 'by_end' },
      { key: { providerUscc: 1, status: 1 }, name: 'provider' },
      { key: { districtCode: 1, status: 1 }, name: 'district' },
    ]);
  },
  apply: async (db, events, session, log) => {
    const touched = await applyActivity(db, events, session);
    const facts = events.flatMap((event) => factOfEvent(event) ?? []);
    const corrections = correctionsAmong(events);
    await keepCorrections(projectedCorrectionsOf(db), corrections, session);
    const takenBack = await factsTakenBack(log, corrections);
    if (facts.length === 0 && touched.length === 0 && takenBack.length === 0) return;
    await rewrite(db, { facts, takenBack, touched }, session);
  },
};

/** @returns the tenants whose months changed */
async function applyActivity(
  db: Db,
  events: readonly StoredEvent[],
  session: ClientSession,
): Promise<TenantActivity[]> {
  const byTenant = new Map<
    string,
    { tenant: NonNullable<ReturnType<typeof tenantOf>>; events: StoredEvent[] }
  >();
  for (const event of events) {
    const tenant = tenantOf(event);
    if (tenant === null) continue;
    const id = activityIdOf(tenant.platform, tenant.supplierUscc);
    const entry = byTenant.get(id) ?? { tenant, events: [] };
    entry.events.push(event);
    byTenant.set(id, entry);
  }
  if (byTenant.size === 0) return [];
  const collection = activityOf(db);
  const stored = await collection.find({ _id: { $in: [...byTenant.keys()] } }, { session }).toArray();
  const before = new Map(stored.map((activity) => [activity._id, activity.months]));
  const after = [...byTenant].map(
    ([id, { tenant, events }]): TenantActivity => ({
      _id: id,
      platform: tenant.platform,
      supplierUscc: tenant.supplierUscc,
      months: addActivity(before.get(id) ?? [], events),
    }),
  );
  await collection.bulkWrite(
    after.map((activity) => ({
      replaceOne: { filter: { _id: activity._id }, replacement: activity, upsert: true },
    })),
    { session, ordered: false },
  );
  return after;
}

interface News {
  readonly facts: readonly OnboardingFact[];
  /** Facts that are taken back by news; what is not on record yet meets its corrections when it comes. */
  readonly takenBack: readonly OnboardingFact[];
  readonly touched: readonly TenantActivity[];
}

async function rewrite(db: Db, news: News, session: ClientSession): Promise<void> {
  const { facts, takenBack, touched } = news;
  const collection = onboardingsOf(db);
  const ids = [...new Set([...facts, ...takenBack].map((fact) => fact.workflowId))];
  const stored = await collection
    .find(
      {
        $or: [
          { _id: { $in: ids } },
          { awaitsData: true, supplierUscc: { $in: touched.map((activity) => activity.supplierUscc) } },
        ],
      },
      { session, projection: { supplierUscc: 1, platform: 1, programme: 1, facts: 1 } },
    )
    .toArray();
  const known = new Map<string, { key: OnboardingKey; facts: Fact[] }>(
    stored.map((document) => [document._id, { key: document, facts: [...document.facts] }]),
  );
  for (const { workflowId, key, fact } of facts) {
    const entry = known.get(workflowId) ?? { key, facts: [] };
    entry.facts.push(fact);
    known.set(workflowId, entry);
  }
  if (known.size === 0) return;
  await addCorrections(db, known, [...facts, ...takenBack], session);
  const months = await monthsOf(
    db,
    [...known.values()].map(({ key }) => activityIdOf(key.platform, key.supplierUscc)),
    session,
  );
  await collection.bulkWrite(
    [...known].map(([id, { key, facts }]) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: documentOf(id, key, facts, months(key)),
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}

/** Adds to the onboardings on record the corrections that bear on some of their facts. */
async function addCorrections(
  db: Db,
  known: ReadonlyMap<string, { readonly facts: Fact[] }>,
  some: readonly OnboardingFact[],
  session: ClientSession,
): Promise<void> {
  const workflowOf = new Map(some.map(({ workflowId, fact }) => [fact.id, workflowId]));
  const bearing = await correctionsBearingOn(projectedCorrectionsOf(db), [...workflowOf.keys()], { session });
  for (const [identity, corrections] of bearing) {
    const entry = known.get(workflowOf.get(identity) ?? '');
    if (entry?.facts.some(({ id }) => id === identity)) entry.facts.push(...corrections);
  }
}

async function monthsOf(
  db: Db,
  ids: readonly string[],
  session: ClientSession,
): Promise<(key: OnboardingKey) => TenantActivity['months']> {
  const activities = await activityOf(db)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray();
  const byId = new Map(activities.map((activity) => [activity._id, activity.months]));
  return (key) => byId.get(activityIdOf(key.platform, key.supplierUscc)) ?? [];
}
