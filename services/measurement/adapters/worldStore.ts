import { readFile } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { streamClockOf } from '../../runtime/eventStore.ts';
import { ClaimFile } from '../domain/claimSchema.ts';
import { COLLECTION_NAMES, foldModels, type Models } from '../domain/readModels.ts';
import { World } from '../domain/world.ts';
import { allFacts, type Horizon } from './eventLog.ts';

/** The instant figures speak of unless another is asked for: the event-time watermark, or now while there is none. */
export async function businessNow(db: Db): Promise<Date> {
  return (await streamClockOf(db).findOne({ _id: 'watermark' }))?.at ?? new Date();
}

/** All read models as they stand. */
export async function loadModels(db: Db): Promise<Models> {
  const entries = await Promise.all(
    COLLECTION_NAMES.map(async (name) => {
      const documents = await db.collection<{ _id: string }>(name).find().sort({ _id: 1 }).toArray();
      return [name, new Map(documents.map((document) => [document._id, document]))] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Models;
}

/**
 * The world as of a business time and as known at a recording time. Without either, the read models at the watermark;
 * otherwise folded from the events.
 */
export async function loadWorld(db: Db, horizon: Horizon = {}): Promise<World> {
  const asOf = horizon.asOf ?? (await businessNow(db));
  if (horizon.asOf === undefined && horizon.knownAt === undefined)
    return new World(await loadModels(db), asOf);
  return new World(foldModels(await allFacts(db, { ...horizon, asOf })), asOf);
}

const claimFile = new URL('../claims/sichuan.json', import.meta.url);
/** The claims that are judged, checked against their schema. */
export async function loadClaims(): Promise<ClaimFile['claims']> {
  return ClaimFile.parse(JSON.parse(await readFile(claimFile, 'utf8'))).claims;
}
