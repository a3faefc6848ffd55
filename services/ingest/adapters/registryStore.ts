import type { ClientSession, Collection, Db, Filter, WithId, WithoutId } from 'mongodb';
import {
  type Correction,
  correctedIdentity,
  MAX_CORRECTION_LEVELS,
  MAX_CORRECTIONS,
} from '../../../schemas/corrections.ts';
import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { Projector } from '../../runtime/projector.ts';
import type { CorrectableRegistry, Delegation, Leader, Relation } from '../domain/registry.ts';
import {
  applyToRegistry,
  correctRelation,
  DELEGATION_TYPES,
  delegationsOf,
  mayCorrectRelation,
  REGISTRY_TYPES,
  RELATION_TYPES,
  type RegistryEvent,
  type RegistryOverlay,
  type Stated,
  statedIn,
} from '../domain/registryFacts.ts';
import { changesOf, noteChanges, type RegistryChange } from './registryChanges.ts';
import { type UsccOverrideDocument, usccOverridesOf } from './usccOverrides.ts';

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

/** A transaction that writes a change becomes visible within a minute of the change's time, or never. */
const VISIBLE_WITHIN_MS = 2 * 60_000;
/** For what was written without its change being noted: by an older version, or by hand. */
const READ_ALL_EVERY_MS = 10 * 60_000;

/** The registry in memory; `refresh` reads what other partitions and processes added. */
export class RegistryCache implements CorrectableRegistry {
  private readonly leaders = new Map<string, Leader>();
  private readonly relations = new Map<string, Relation>();
  private readonly delegations = new Map<string, Delegation>();
  /** Codes with a wrong check digit whose override stands. */
  private readonly overridden = new Set<string>();
  private readonly db: Db;
  /** By identities of what was stated of relations, and of the corrections that bear on it. */
  private readonly stating = new Map<string, Relation>();
  /** Changes that were read and may be read again, by their ids: time. */
  private seen = new Map<string, number>();
  private readAllAtMs: number | null = null;
  private changesFromMs = 0;
  private waiting: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();
  private changes = 0;
  /** By ids of leaders, relations and delegations: the version with which they came last. */
  private readonly cameWith = new Map<string, number>();

  constructor(db: Db) {
    this.db = db;
  }

  /** Differs whenever a leader, a source, a statement of a relation or a correction of one, a word of a delegation or an override was added. */
  get version(): number {
    return this.changes;
  }

  leader(uscc: string): Leader | undefined {
    return this.leaders.get(uscc);
  }

  relation(id: string): Relation | undefined {
    return this.relations.get(id);
  }

  delegation(id: string): Delegation | undefined {
    return this.delegations.get(id);
  }

  isOverridden(uscc: string): boolean {
    return this.overridden.has(uscc);
  }

  /** Whether a leader, relation or delegation came, or came again with something changed, after a version (0: ever). */
  hasComeSince(id: string, version: number): boolean {
    return (this.cameWith.get(id) ?? 0) > version;
  }

  relationStating(identity: string): Relation | undefined {
    return this.stating.get(identity);
  }

  /** Resolves when everything is known that was visible in the database at the call. One reading at a time: a slower one would undo a later one. */
  refresh(): Promise<void> {
    this.waiting ??= this.running
      .catch(() => {})
      .then(() => {
        this.waiting = null;
        return this.read();
      });
    this.running = this.waiting;
    return this.waiting;
  }

  private async read(): Promise<void> {
    const { localTime } = await this.db.command({ hello: 1 });
    const nowMs = (localTime as Date).getTime();
    if (this.readAllAtMs === null || nowMs - this.readAllAtMs > READ_ALL_EVERY_MS) {
      await this.readAll();
      this.readAllAtMs = nowMs;
    } else {
      await this.readChanged(nowMs);
    }
    this.changesFromMs = nowMs - VISIBLE_WITHIN_MS;
  }

  private async readAll(): Promise<void> {
    const [leaders, relations, delegations, overrides] = await Promise.all([
      leadersOf(this.db).find().toArray(),
      relationsOf(this.db).find().toArray(),
      readDelegations(this.db, null),
      usccOverridesOf(this.db).find().toArray(),
    ]);
    this.keep(leaders, relations, delegations, overrides);
  }

  private async readChanged(nowMs: number): Promise<void> {
    const changes = await changesOf(this.db)
      .find({ at: { $gte: new Date(this.changesFromMs) } })
      .toArray();
    const fresh = changes.filter(({ _id, at }) => this.seen.get(_id) !== at.getTime());
    const idsOf = (of: RegistryChange['of']): string[] =>
      fresh.filter((change) => change.of === of).map(({ id }) => id);
    const changed = <Kept extends { readonly _id: string }>(
      of: RegistryChange['of'],
      collection: Collection<Kept>,
    ): Promise<WithId<Kept>[]> | [] => {
      const ids = idsOf(of);
      return ids.length === 0 ? [] : collection.find({ _id: { $in: ids } } as Filter<Kept>).toArray();
    };
    const delegators = idsOf('delegations of');
    const [leaders, relations, delegations, overrides] = await Promise.all([
      changed('leader', leadersOf(this.db)),
      changed('relation', relationsOf(this.db)),
      delegators.length === 0 ? [] : readDelegations(this.db, delegators),
      changed('override', usccOverridesOf(this.db)),
    ]);
    this.keep(leaders, relations, delegations, overrides);
    const forgetBeforeMs = nowMs - VISIBLE_WITHIN_MS;
    this.seen = new Map(
      changes.filter(({ at }) => at.getTime() >= forgetBeforeMs).map(({ _id, at }) => [_id, at.getTime()]),
    );
  }

  private keep(
    leaders: readonly Leader[],
    relations: readonly Relation[],
    delegations: readonly Delegation[],
    overrides: readonly UsccOverrideDocument[],
  ): void {
    if (leaders.length + relations.length + delegations.length + overrides.length > 0) this.changes++;
    for (const { _id } of [...leaders, ...relations, ...delegations]) this.cameWith.set(_id, this.changes);
    for (const leader of leaders) this.leaders.set(leader._id, leader);
    for (const relation of relations) {
      this.relations.set(relation._id, relation);
      for (const identity of statedIn(relation)) this.stating.set(identity, relation);
    }
    for (const delegation of delegations) this.delegations.set(delegation._id, delegation);
    for (const { _id, state } of overrides) {
      if (state === 'standing') this.overridden.add(_id);
      else this.overridden.delete(_id);
    }
  }
}

/** What suppliers delegated, from the accepted events themselves: they are few, and need no read model of their own. @param suppliers null: all */
async function readDelegations(db: Db, suppliers: readonly string[] | null): Promise<Delegation[]> {
  const events = await eventsOf(db)
    .find({
      type: { $in: [...DELEGATION_TYPES] },
      ...(suppliers === null ? {} : { firm: { $in: [...suppliers] } }),
    })
    .toArray();
  return delegationsOf(events.map(registryEventOf));
}

const registryEventOf = (event: StoredEvent): RegistryEvent => ({
  identity: event._id,
  time: event.time,
  ...newestForm(event),
});

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
      await applyCorrections(db, corrections.map(correctionOf), relational, session);
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
  await replace(leadersOf(db), [...overlay.leaders.values()], session);
  await replace(relationsOf(db), [...overlay.relations.values()], session);
  await noteChanges(db, 'leader', [...overlay.leaders.keys()], session);
  await noteChanges(db, 'relation', [...overlay.relations.keys()], session);
}

async function replace<Kept extends { readonly _id: string }>(
  collection: Collection<Kept>,
  documents: readonly Kept[],
  session: ClientSession,
): Promise<void> {
  if (documents.length === 0) return;
  await collection.bulkWrite(
    documents.map((document) => ({
      replaceOne: {
        filter: { _id: document._id } as Filter<Kept>,
        replacement: document as WithoutId<Kept>,
        upsert: true,
      },
    })),
    { session },
  );
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
  const corrected = await correctionsOn(db, relations, session);
  const changed = relations.flatMap((relation) => {
    const bearing = bearingOn(relation, corrected);
    return bearing.length === relation.corrections.length ? [] : [correctRelation(relation, bearing)];
  });
  await replace(relationsOf(db), changed, session);
  await noteChanges(
    db,
    'relation',
    changed.map(({ _id }) => _id),
    session,
  );
}

type CorrectionsByTarget = ReadonlyMap<string, readonly Correction[]>;

/** The corrections of the relations' statements, and of those corrections in turn, by what they take back. */
async function correctionsOn(
  db: Db,
  relations: readonly Relation[],
  session: ClientSession,
): Promise<CorrectionsByTarget> {
  const byTarget = new Map<string, readonly Correction[]>();
  let targets = relations.flatMap(({ statements }) => statements.map(({ id }) => id));
  for (let level = 0; targets.length > 0 && level < MAX_CORRECTION_LEVELS; level++) {
    const kept = await correctablesOf(db)
      .find({ _id: { $in: targets }, 'corrections.0': { $exists: true } }, { session })
      .toArray();
    for (const { _id, corrections } of kept) byTarget.set(_id, corrections);
    targets = kept
      .flatMap(({ corrections }) => corrections.map(({ _id }) => _id))
      .filter((id) => !byTarget.has(id));
  }
  return byTarget;
}

function bearingOn({ statements }: Relation, corrected: CorrectionsByTarget): Correction[] {
  const found = new Map<string, Correction>();
  for (let targets = statements.map(({ id }) => id); targets.length > 0; ) {
    // As deep as `corrected` was read.
    const fresh = targets.flatMap((id) => corrected.get(id) ?? []).filter(({ _id }) => !found.has(_id));
    for (const correction of fresh) found.set(correction._id, correction);
    targets = fresh.map(({ _id }) => _id);
  }
  return [...found.values()];
}

/** Of some identities those that have as many corrections as are kept of one event. */
export async function amplyCorrectedAmong(
  db: Db,
  identities: readonly string[],
): Promise<ReadonlySet<string>> {
  if (identities.length === 0) return new Set();
  const full = await correctablesOf(db)
    .find(
      { _id: { $in: [...identities] }, [`corrections.${MAX_CORRECTIONS - 1}`]: { $exists: true } },
      { projection: { _id: 1 } },
    )
    .toArray();
  return new Set(full.map(({ _id }) => _id));
}

/** Of some identities those that a correction takes back. */
export async function correctedAmong(db: Db, identities: readonly string[]): Promise<Set<string>> {
  const kept = await correctablesOf(db)
    .find({ _id: { $in: [...identities] }, 'corrections.0': { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(kept.map(({ _id }) => _id));
}
