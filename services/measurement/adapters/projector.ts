import type { ClientSession, Db } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Projector } from '../../runtime/projector.ts';
import { COLLECTION_NAMES } from '../domain/readModels.ts';
import { Batch, READER } from './batch.ts';
import { createFollower } from './follow.ts';
import { correctionsOf, findingsOf, modelOf, rollupsIn } from './store.ts';

interface MeasurementProjector extends Projector {
  /** @param log the database that holds the events, when it is not the one with the read models (a rebuild elsewhere) */
  apply(db: Db, events: readonly StoredEvent[], session: ClientSession, log?: Db): Promise<void>;
}

/** The read models of measurement, as a function of the accepted events. */
export const measurementProjector: MeasurementProjector = {
  name: READER,
  collections: [...COLLECTION_NAMES, 'rollups', 'corrections', 'findings'],
  async ensureIndexes(db) {
    // Collections are made here because a transaction that meets one being made by another fails.
    await modelOf(db, 'kpi').createIndex({ firm: 1, year: 1 });
    await modelOf(db, 'firms').createIndex({ 'leader.name': 1 });
    await modelOf(db, 'firms').createIndex({ places: 1 });
    await modelOf(db, 'firms').createIndex({ chains: 1 });
    await modelOf(db, 'baselines').createIndex({ firm: 1 });
    await modelOf(db, 'baselines').createIndex({ 'contract.timeMs': 1 });
    await modelOf(db, 'target_plans').createIndex({ city: 1 });
    await modelOf(db, 'city_totals').createIndex({ region: 1 });
    await modelOf(db, 'designations').createIndex({ region: 1 });
    await modelOf(db, 'service_approvals').createIndex({ region: 1 });
    await modelOf(db, 'subsidies').createIndex({ firm: 1 });
    await modelOf(db, 'evidence').createIndex({ firm: 1 });
    await modelOf(db, 'publications').createIndex({ timeMs: 1 });
    await modelOf(db, 'finding_cases').createIndex({ 'acts.timeMs': 1 });
    await rollupsIn(db).createIndex({ scope: 1, period: 1 });
    await correctionsOf(db).createIndex({ target: 1 });
    await findingsOf(db).createIndex({ code: 1 });
  },
  async apply(db, events, session, log = db) {
    const batch = new Batch(db, log, session);
    await batch.take(events);
    await batch.write();
  },
  follow: createFollower,
};
