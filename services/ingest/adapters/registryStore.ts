import type { ClientSession, Db } from 'mongodb';
import { type Correction, correctedIdentity } from '../../../schemas/corrections.ts';
import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Projector } from '../../runtime/projector.ts';
import type { CorrectableRegistry, Leader, Registry, Relation } from '../domain/registry.ts';
import {
  applyToRegistry,
  correctRelation,
  mayCorrectRelation,
  REGISTRY_TYPES,
  type RegistryOverlay,
  statedIn,
} from '../domain/registryFacts.ts';

export const leadersOf = (db: Db) => db.collection<Leader>('leaders');
export const relationsOf = (db: Db) => db.collection<Relation>('relations');
/**
 * What takes back an event, for every correction of those who may state relations (most are about something else, but that does not
 * show in them) and for every statement of a relation. Correction and target both write the target's document: of two transactions
 * that do not see each other yet one has to begin anew.
 */
interface Correctable {
  /** Identity of the event. */
  readonly _id: string;
  readonly corrections: readonly Correction[];
}
const correctablesOf = (db: Db) => db.collection<Correctable>('relation_corrections');

/** The registry in memory; `refresh` reads what other partitions and processes added. */
export class RegistryCache implements CorrectableRegistry {
  private leaders = new Map<string, Leader>();
  private relations = new Map<string, Relation>();
  private readonly db: Db;
  /** By identities of what was stated of relations, and of the corrections that bear on it. */
  private stating: ReadonlyMap<string, Relation> = new Map();
  /** Differs whenever a leader, a source, a statement of a relation or a correction of one was added; nothing is ever taken out. */
  version = '';

  constructor(db: Db) {
    this.db = db;
  }

  leader(uscc: string): Leader | undefined {
    return this.leaders.get(uscc);
  }

  relation(id: string): Relation | undefined {
    return this.relations.get(id);
  }

  /** Whether a parked record that waits for this leader or relation can be judged anew. */
  knows(waitingFor: string): boolean {
    return this.leaders.has(waitingFor) || this.relations.has(waitingFor);
  }

  relationStating(identity: string): Relation | undefined {
    return this.stating.get(identity);
  }

  async refresh(): Promise<void> {
    const [leaders, relations] = await Promise.all([
      leadersOf(this.db).find().toArray(),
      relationsOf(this.db).find().toArray(),
    ]);
    this.leaders = new Map(leaders.map((leader) => [leader._id, leader]));
    this.relations = new Map(relations.map((relation) => [relation._id, relation]));
    const sources = leaders.reduce((sum, leader) => sum + leader.sources.length, 0);
    this.stating = new Map(
      relations.flatMap((relation) => statedIn(relation).map((identity) => [identity, relation] as const)),
    );
    this.version = [leaders.length, sources, relations.length, this.stating.size].join('/');
  }
}

/** Takes registry events into `leaders` and `relations`; the same documents for the same events in any order. */
export const registryProjector: Projector = {
  name: 'registry',
  collections: ['leaders', 'relations', 'relation_corrections'],
  ensureIndexes: async (db) => {
    await relationsOf(db).createIndexes([
      { key: { 'statements.id': 1 }, name: 'statement' },
      { key: { 'corrections._id': 1 }, name: 'correction' },
    ]);
  },
  apply: async (db: Db, events: readonly StoredEvent[], session: ClientSession) => {
    const relevant = events.filter((event) => REGISTRY_TYPES.includes(event.type));
    if (relevant.length > 0) await applyStatements(db, relevant, session);
    const corrections = events.filter((event) => mayCorrectRelation(event.type, event.sourceClass));
    const relational = relevant.filter(({ type }) => type !== 'leader.registered.v1').map(({ _id }) => _id);
    if (corrections.length + relational.length > 0)
      await applyCorrections(db, corrections.map(correctionOf), relational, session);
  },
};

async function applyStatements(
  db: Db,
  events: readonly StoredEvent[],
  session: ClientSession,
): Promise<void> {
  const facts = events.map((event) => ({ identity: event._id, time: event.time, ...newestForm(event) }));
  const leaderIds = facts.flatMap(({ data }) =>
    typeof data.leaderUscc === 'string' ? [data.leaderUscc] : [],
  );
  const relationIds = facts.flatMap(({ data }) =>
    data.buyerUscc ? [`${data.buyerUscc}/${data.supplierUscc}`] : [],
  );
  const leaders = await leadersOf(db)
    .find({ _id: { $in: leaderIds } }, { session })
    .toArray();
  const relations = await relationsOf(db)
    .find({ _id: { $in: relationIds } }, { session })
    .toArray();
  const overlay: RegistryOverlay = {
    leaders: new Map(leaders.map((leader) => [leader._id, leader])),
    relations: new Map(relations.map((relation) => [relation._id, relation])),
  };
  const registry: Registry = {
    leader: (uscc) => overlay.leaders.get(uscc),
    relation: (id) => overlay.relations.get(id),
  };
  for (const fact of facts) applyToRegistry(overlay, registry, fact);
  for (const leader of overlay.leaders.values())
    await leadersOf(db).replaceOne({ _id: leader._id }, leader, { upsert: true, session });
  for (const relation of overlay.relations.values())
    await relationsOf(db).replaceOne({ _id: relation._id }, relation, { upsert: true, session });
}

function correctionOf(event: StoredEvent): Correction {
  return {
    _id: event._id,
    target: correctedIdentity(event._id, newestForm(event).data),
    timeMs: event.time.getTime(),
  };
}

/** Keeps corrections, since their targets may come later, and takes them to the relations that they bear on. */
async function applyCorrections(
  db: Db,
  corrections: readonly Correction[],
  stated: readonly string[],
  session: ClientSession,
): Promise<void> {
  await correctablesOf(db).bulkWrite(
    [
      ...[...stated, ...corrections.map(({ _id }) => _id)].map((_id) => ({
        updateOne: { filter: { _id }, update: { $setOnInsert: { corrections: [] } }, upsert: true },
      })),
      ...corrections.map((correction) => ({
        updateOne: {
          filter: { _id: correction.target },
          update: { $push: { corrections: { $each: [correction], $sort: { _id: 1 as const } } } },
          upsert: true,
        },
      })),
    ],
    { session },
  );
  const touched = [...stated, ...corrections.map(({ target }) => target)];
  const relations = await relationsOf(db)
    .find(
      { $or: [{ 'statements.id': { $in: touched } }, { 'corrections._id': { $in: touched } }] },
      { session },
    )
    .toArray();
  for (const relation of relations) {
    const bearing = await correctionsOn(db, relation, session);
    if (bearing.length === relation.corrections.length) continue;
    await relationsOf(db).replaceOne({ _id: relation._id }, correctRelation(relation, bearing), { session });
  }
}

/** The corrections of a relation's statements, and of those corrections in turn. */
async function correctionsOn(db: Db, relation: Relation, session: ClientSession): Promise<Correction[]> {
  const found = new Map<string, Correction>();
  for (let targets = relation.statements.map(({ id }) => id); targets.length > 0; ) {
    const kept = await correctablesOf(db)
      .find({ _id: { $in: targets } }, { session })
      .toArray();
    const fresh = kept.flatMap(({ corrections }) => corrections).filter(({ _id }) => !found.has(_id));
    for (const correction of fresh) found.set(correction._id, correction);
    targets = fresh.map(({ _id }) => _id);
  }
  return [...found.values()];
}

/** Of some identities those that a correction takes back. */
export async function correctedAmong(db: Db, identities: readonly string[]): Promise<Set<string>> {
  const kept = await correctablesOf(db)
    .find({ _id: { $in: [...identities] }, 'corrections.0': { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(kept.map(({ _id }) => _id));
}
