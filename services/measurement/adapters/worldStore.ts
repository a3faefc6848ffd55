import { readFile } from 'node:fs/promises';
import { BSON, type ClientSession, type Db } from 'mongodb';
import { streamClockOf } from '../../runtime/eventStore.ts';
import { ClaimFile } from '../domain/claimSchema.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import { COLLECTION_NAMES, type CollectionName, foldModels, type Models } from '../domain/readModels.ts';
import { World } from '../domain/world.ts';
import { allFacts, type Horizon } from './eventLog.ts';
import { PackedYears } from './packedYears.ts';
import { modelOf } from './store.ts';

/** So few that what is read at once stays small beside what is kept. */
const YEARS_A_BATCH = 500;

/** The instant figures speak of unless another is asked for: the event-time watermark, or now while there is none. */
export async function businessNow(db: Db, session?: ClientSession): Promise<Date> {
  return (await streamClockOf(db).findOne({ _id: 'watermark' }, { session }))?.at ?? new Date();
}

/** All read models as they stand, or those named. */
export async function loadModels(
  db: Db,
  names: readonly CollectionName[] = COLLECTION_NAMES,
  session?: ClientSession,
): Promise<Models> {
  const entries = await Promise.all(
    COLLECTION_NAMES.map(async (name) => {
      if (!names.includes(name)) return [name, new Map()] as const;
      const documents = await db
        .collection<{ _id: string }>(name)
        .find({}, { session })
        .sort({ _id: 1 })
        .toArray();
      return [name, new Map(documents.map((document) => [document._id, document]))] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Models;
}

/**
 * The world as of a business time and as known at a recording time. Without either, the read models at the watermark;
 * otherwise folded from the events. What people did may bear a time after the watermark: only `asOf` leaves it out.
 */
export async function loadWorld(db: Db, horizon: Horizon = {}): Promise<World> {
  const asOf = horizon.asOf ?? (await businessNow(db));
  if (horizon.asOf === undefined && horizon.knownAt === undefined)
    return new World(await loadModels(db), asOf);
  return new World(foldModels(await allFacts(db, horizon)), asOf);
}

const WITHOUT_YEARS = COLLECTION_NAMES.filter((name) => name !== 'kpi');
/** The world without what firms reported by month, for whoever goes through that by himself. */
export async function loadWorldWithoutYears(db: Db, session?: ClientSession): Promise<World> {
  const [asOf, models] = await Promise.all([
    businessNow(db, session),
    loadModels(db, WITHOUT_YEARS, session),
  ]);
  return new World(models, asOf);
}

/**
 * The same for questions about values alone: what proves them is left in the database, and memory does not grow as the
 * documents do.
 */
export async function loadWorldOfValues(db: Db, horizon: Horizon = {}): Promise<World> {
  if (horizon.asOf !== undefined || horizon.knownAt !== undefined) return loadWorld(db, horizon);
  const years = new PackedYears();
  const [asOf, models] = await Promise.all([businessNow(db), loadModels(db, WITHOUT_YEARS)]);
  for await (const bytes of yearBytes(db)) years.add(bytes);
  return new World(models, asOf, years);
}

/**
 * The world for a question that looks at each firm's documents once: they are handed over firm by firm while values are packed, and
 * only those of leaders, of whom there are few, are kept.
 * @param look called with the years of each firm that reported anything
 */
export async function loadWorldFirmByFirm(
  db: Db,
  horizon: Horizon,
  look: (uscc: string, years: readonly FirmYear[], models: Models) => void,
): Promise<World> {
  if (horizon.asOf !== undefined || horizon.knownAt !== undefined) {
    const world = await loadWorld(db, horizon);
    for (const uscc of world.years.firms()) look(uscc, world.years.of(uscc), world.models);
    return world;
  }
  const packed = new PackedYears();
  const kept = new Map<string, readonly FirmYear[]>();
  const [asOf, models] = await Promise.all([businessNow(db), loadModels(db, WITHOUT_YEARS)]);
  let open: FirmYear[] = [];
  const handOver = (): void => {
    const uscc = open[0]?.firm;
    if (uscc === undefined) return;
    look(uscc, open, models);
    if (models.firms.get(uscc)?.leader !== undefined) kept.set(uscc, open);
    open = [];
  };
  for await (const bytes of yearBytes(db)) {
    packed.add(bytes);
    const year = BSON.deserialize(bytes) as FirmYear;
    if (open[0] !== undefined && open[0].firm !== year.firm) handOver();
    open.push(year);
  }
  handOver();
  return new World(models, asOf, {
    firms: () => packed.firms(),
    has: (uscc) => packed.has(uscc),
    of: (uscc) => kept.get(uscc) ?? packed.of(uscc),
  });
}

/** BSON of every firm's years; those of one firm follow one another. */
async function* yearBytes(db: Db): AsyncGenerator<Uint8Array> {
  const cursor = modelOf(db, 'kpi')
    .find({}, { raw: true, promoteBuffers: true })
    .sort({ _id: 1 })
    .batchSize(YEARS_A_BATCH);
  while (await cursor.hasNext()) yield* cursor.readBufferedDocuments() as unknown as Uint8Array[];
}

const claimFile = new URL('../claims/sichuan.json', import.meta.url);
/** The claims that are judged, checked against their schema. */
export async function loadClaims(): Promise<ClaimFile['claims']> {
  return ClaimFile.parse(JSON.parse(await readFile(claimFile, 'utf8'))).claims;
}
