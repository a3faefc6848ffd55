import type { ClientSession, Db } from 'mongodb';
import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Projector } from '../../runtime/projector.ts';
import type { Leader, Registry, Relation } from '../domain/registry.ts';
import { applyToRegistry, REGISTRY_TYPES, type RegistryOverlay } from '../domain/registryFacts.ts';

export const leadersOf = (db: Db) => db.collection<Leader>('leaders');
export const relationsOf = (db: Db) => db.collection<Relation>('relations');

/** The registry in memory; `refresh` reads what other partitions and processes added. */
export class RegistryCache implements Registry {
  private leaders = new Map<string, Leader>();
  private relations = new Map<string, Relation>();
  private readonly db: Db;
  /** Differs whenever a leader, a source or a day of a relation was added; nothing is ever taken out. */
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

  async refresh(): Promise<void> {
    const [leaders, relations] = await Promise.all([
      leadersOf(this.db).find().toArray(),
      relationsOf(this.db).find().toArray(),
    ]);
    this.leaders = new Map(leaders.map((leader) => [leader._id, leader]));
    this.relations = new Map(relations.map((relation) => [relation._id, relation]));
    const sources = leaders.reduce((sum, leader) => sum + leader.sources.length, 0);
    const days = relations.reduce((sum, { declared, ended }) => sum + declared.length + ended.length, 0);
    this.version = [leaders.length, sources, relations.length, days].join('/');
  }
}

/** Takes registry events into `leaders` and `relations`; the same documents for the same events in any order. */
export const registryProjector: Projector = {
  name: 'registry',
  collections: ['leaders', 'relations'],
  ensureIndexes: async () => {},
  apply: async (db: Db, events: readonly StoredEvent[], session: ClientSession) => {
    const relevant = events.filter((event) => REGISTRY_TYPES.includes(event.type));
    if (relevant.length === 0) return;
    const facts = relevant.map((event) => ({ time: event.time, ...newestForm(event) }));
    const leaderIds = facts.flatMap(({ data }) =>
      typeof data.leaderUscc === 'string' ? [data.leaderUscc] : [],
    );
    const relationIds = facts.flatMap(({ data }) =>
      data.buyerUscc ? [`${data.buyerUscc}/${data.supplierUscc}`] : [],
    );
    const [leaders, relations] = [
      await leadersOf(db)
        .find({ _id: { $in: leaderIds } }, { session })
        .toArray(),
      await relationsOf(db)
        .find({ _id: { $in: relationIds } }, { session })
        .toArray(),
    ];
    const overlay: RegistryOverlay = {
      leaders: new Map(leaders.map((leader) => [leader._id, leader])),
      relations: new Map(relations.map((relation) => [relation._id, relation])),
    };
    const registry: Registry = {
      leader: (uscc) => overlay.leaders.get(uscc),
      relation: (id) => overlay.relations.get(id),
    };
    for (const fact of facts) applyToRegistry(overlay, registry, fact);
    for (const leader of overlay.leaders.values()) {
      await leadersOf(db).replaceOne({ _id: leader._id }, leader, { upsert: true, session });
    }
    for (const relation of overlay.relations.values()) {
      await relationsOf(db).replaceOne({ _id: relation._id }, relation, { upsert: true, session });
    }
  },
};
