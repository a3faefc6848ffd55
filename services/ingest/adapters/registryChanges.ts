import type { ClientSession, Db } from 'mongodb';

/** When a leader, a relation, what a supplier delegated, or an override was last written, by the database's clock. */
export interface RegistryChange {
  readonly _id: string;
  readonly of: 'leader' | 'relation' | 'delegations of' | 'override';
  readonly id: string;
  readonly at: Date;
}

export const changesOf = (db: Db) => db.collection<RegistryChange>('registry_changes');

/** Tells every registry in memory what to read again. */
export async function noteChanges(
  db: Db,
  of: RegistryChange['of'],
  ids: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (ids.length === 0) return;
  await changesOf(db).bulkWrite(
    ids.map((id) => ({
      updateOne: {
        filter: { _id: `${of}/${id}` },
        update: { $set: { of, id }, $currentDate: { at: true } },
        upsert: true,
      },
    })),
    { session },
  );
}
