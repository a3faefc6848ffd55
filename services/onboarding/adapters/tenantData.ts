import type { Db, Filter } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { addMonths, periodOf, startOfPeriod } from '../../../schemas/time.ts';
import type { DataPoint, DataSpan } from '../../../workflows/onboarding/effects.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { NOT_DATA, tenantSource } from '../readModel/tenantActivity.ts';

/** The index with which a tenant's first event of a month is found; safe to make at every start. */
export async function ensureTenantDataIndex(db: Db): Promise<void> {
  await eventsOf(db).createIndex(
    { firm: 1, time: 1 },
    { name: 'platform_data', partialFilterExpression: { sourceClass: 'platform' } },
  );
}

/** The first event of the tenant in each of the earliest months with data, between `since` and `through`, both included. */
export async function readTenantData(
  db: Db,
  request: DataSpan & {
    readonly supplierUscc: string;
    readonly platform: string;
    readonly through: string;
  },
): Promise<DataPoint[]> {
  const source = tenantSource(request.platform, request.supplierUscc);
  const points: DataPoint[] = [];
  let since = new Date(request.since);
  while (points.length < request.months) {
    const filter: Filter<StoredEvent> = {
      sourceClass: 'platform',
      firm: request.supplierUscc,
      time: { $gte: since, $lte: new Date(request.through) },
      type: { $nin: [...NOT_DATA] },
      _id: { $gte: `${source} `, $lt: `${source}!` },
    };
    const event = await eventsOf(db)
      .find(filter, { projection: { time: 1 } })
      .sort({ time: 1, _id: 1 })
      .limit(1)
      .next();
    if (event === null) break;
    const month = periodOf(event.time);
    points.push({ month, at: event.time.toISOString(), source, id: event._id.slice(source.length + 1) });
    since = startOfPeriod(addMonths(month, 1));
  }
  return points;
}
