import { streamClockOf } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { Principal } from '../domain/principal.ts';
import type { ReadCache } from './cache.ts';

/** What a reading works with: the database, and who reads. */
export interface ReadContext {
  readonly db: Db;
  readonly principal: Principal;
  readonly cache: ReadCache;
  /** Today in Asia/Shanghai, by the clock of the gateway. */
  readonly today: string;
}

/** The instant that figures speak of: the event-time watermark; null before the first event. */
export async function businessTime(db: Db): Promise<Date | null> {
  return (await streamClockOf(db).findOne({ _id: 'watermark' }))?.at ?? null;
}
