import type { ClientSession, Db } from 'mongodb';
import {
  type Correction,
  correctedIdentity,
  MAX_CORRECTION_LEVELS,
  MAX_CORRECTIONS,
} from '../../../schemas/corrections.ts';
import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Relation } from '../domain/registry.ts';
import { correctRelation } from '../domain/registryFacts.ts';
import { noteChanges } from './registryChanges.ts';
import { relationsOf, replaceAll } from './registryDocuments.ts';

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

function correctionOf(event: StoredEvent): Correction {
  return {
    _id: event._id,
    target: correctedIdentity(event._id, newestForm(event).data),
    timeMs: event.time.getTime(),
  };
}

/** Keeps corrections, since their targets may come later, and takes them to the relations that they bear on. */
export async function applyCorrections(
  db: Db,
  correcting: readonly StoredEvent[],
  stated: readonly string[],
  session: ClientSession,
): Promise<void> {
  const corrections = correcting.map(correctionOf);
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
  await replaceAll(relationsOf(db), changed, session);
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
