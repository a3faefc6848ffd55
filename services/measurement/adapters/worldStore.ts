import { readFile } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { streamClockOf } from '../../runtime/eventStore.ts';
import { ClaimFile } from '../domain/claimSchema.ts';
import { COLLECTION_NAMES, type CollectionName, foldModels, type Models } from '../domain/readModels.ts';
import { World } from '../domain/world.ts';
import { allFacts, type Horizon } from './eventLog.ts';
import { PackedYears } from './packedYears.ts';
import { modelOf } from './store.ts';

/** So few that what is read at once stays small beside what is kept. */
const YEARS_A_BATCH = 500;

/** The instant figures speak of unless another is asked for: the event-time watermark, or now while there is none. */
export async function businessNow(db: Db): Promise<Date> {
  return (await streamClockOf(db).findOne({ _id: 'watermark' }))?.at ?? new Date();
}

/** All read models as they stand, or those named. */
export async function loadModels(
  db: Db,
  names: readonly CollectionName[] = COLLECTION_NAMES,
): Promise<Models> {
  const entries = await Promise.all(
    COLLECTION_NAMES.map(async (name) => {
      if (!names.includes(name)) return [name, new Map()] as const;
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

/**
 * The same for questions about values alone: what proves them is left in the database, and memory does not grow as the
 * documents do.
 */
export async function loadWorldOfValues(db: Db, horizon: Horizon = {}): Promise<World> {
  if (horizon.asOf !== undefined || horizon.knownAt !== undefined) return loadWorld(db, horizon);
  const years = new PackedYears();
  const [asOf, models] = await Promise.all([
    businessNow(db),
    loadModels(
      db,
      COLLECTION_NAMES.filter((name) => name !== 'kpi'),
    ),
  ]);
  const cursor = modelOf(db, 'kpi')
    .find({}, { raw: true, promoteBuffers: true })
    .sort({ _id: 1 })
    .batchSize(YEARS_A_BATCH);
  while (await cursor.hasNext())
    for (const bytes of cursor.readBufferedDocuments() as unknown as Uint8Array[]) years.add(bytes);
  return new World(models, asOf, years);
}

const claimFile = new URL('../claims/sichuan.json', import.meta.url);
/** The claims that are judged, checked against their schema. */
export async function loadClaims(): Promise<ClaimFile['claims']> {
  return ClaimFile.parse(JSON.parse(await readFile(claimFile, 'utf8'))).claims;
}
