import type { ClientSession, Db } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Projector } from '../../runtime/projector.ts';
import {
  applyToRegistry,
  DELEGATION_TYPES,
  mayCorrectRelation,
  REGISTRY_TYPES,
  RELATION_TYPES,
  type RegistryOverlay,
  type Stated,
} from '../domain/registryFacts.ts';
import { changesOf, noteChanges } from './registryChanges.ts';
import { leadersOf, registryEventOf, relationsOf, replaceAll } from './registryDocuments.ts';
import { applyCorrections } from './relationCorrections.ts';

/** Takes registry events into `leaders` and `relations`; the same documents for the same events in any order. */
export const registryProjector: Projector = {
  name: 'registry',
  collections: ['leaders', 'relations', 'relation_corrections'],
  ensureIndexes: async (db) => {
    await relationsOf(db).createIndexes([
      { key: { 'statements.id': 1 }, name: 'statement' },
      { key: { 'corrections._id': 1 }, name: 'correction' },
    ]);
    await changesOf(db).createIndexes([{ key: { at: 1 }, name: 'at' }]);
  },
  apply: async (db: Db, events: readonly StoredEvent[], session: ClientSession) => {
    const relevant = events.filter((event) => REGISTRY_TYPES.includes(event.type));
    if (relevant.length > 0) await applyStatements(db, relevant, session);
    const corrections = events.filter((event) => mayCorrectRelation(event.type, event.sourceClass));
    const relational = relevant.filter(({ type }) => RELATION_TYPES.includes(type)).map(({ _id }) => _id);
    const delegators = relevant.filter(({ type }) => DELEGATION_TYPES.includes(type)).map(({ firm }) => firm);
    await noteChanges(
      db,
      'delegations of',
      [...new Set(delegators)].filter((firm) => firm !== null),
      session,
    );
    if (corrections.length + relational.length > 0)
      await applyCorrections(db, corrections, relational, session);
  },
};

async function applyStatements(
  db: Db,
  events: readonly StoredEvent[],
  session: ClientSession,
): Promise<void> {
  const facts = events.map(registryEventOf);
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
  const registry: Stated = {
    leader: (uscc) => overlay.leaders.get(uscc),
    relation: (id) => overlay.relations.get(id),
  };
  for (const fact of facts) applyToRegistry(overlay, registry, fact);
  await replaceAll(leadersOf(db), [...overlay.leaders.values()], session);
  await replaceAll(relationsOf(db), [...overlay.relations.values()], session);
  await noteChanges(db, 'leader', [...overlay.leaders.keys()], session);
  await noteChanges(db, 'relation', [...overlay.relations.keys()], session);
}
