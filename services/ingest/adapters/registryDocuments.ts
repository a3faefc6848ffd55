import type { ClientSession, Collection, Db, Filter, WithoutId } from 'mongodb';
import { newestForm } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Leader, Relation } from '../domain/registry.ts';
import type { RegistryEvent } from '../domain/registryFacts.ts';

export const leadersOf = (db: Db) => db.collection<Leader>('leaders');
export const relationsOf = (db: Db) => db.collection<Relation>('relations');

export const registryEventOf = (event: StoredEvent): RegistryEvent => ({
  identity: event._id,
  time: event.time,
  ...newestForm(event),
});

/** Puts each document in the place of the one of its id. */
export async function replaceAll<Kept extends { readonly _id: string }>(
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
