import type { Collection, Db } from 'mongodb';
import { dataOf } from '../../runtime/eventStore.ts';
import type { Projector } from '../../runtime/projector.ts';
import {
  addToConsent,
  CONSENT_TYPES,
  type ConsentDocument,
  type ConsentEvent,
  consentIdOf,
} from '../domain/consents.ts';

export const consentsOf = (db: Db): Collection<ConsentDocument> => db.collection<ConsentDocument>('consents');

/** What suppliers agree to and delegate, from the accepted events alone. */
export const consentProjector: Projector = {
  name: 'consent',
  collections: ['consents'],
  ensureIndexes: async (db) => {
    await consentsOf(db).createIndexes([
      { key: { supplierUscc: 1 }, name: 'supplier' },
      { key: { granteeUscc: 1, kind: 1 }, name: 'grantee' },
    ]);
  },
  apply: async (db, events, session) => {
    const relevant = events
      .filter(({ type }) => CONSENT_TYPES.includes(type))
      .map(
        (event): ConsentEvent => ({
          type: event.type,
          identity: event._id,
          time: event.time,
          data: dataOf(event),
        }),
      );
    if (relevant.length === 0) return;
    const ids = [...new Set(relevant.map(consentIdOf))];
    const stored = await consentsOf(db)
      .find({ _id: { $in: ids } }, { session })
      .toArray();
    const documents = new Map(stored.map((document) => [document._id, document]));
    for (const event of relevant) {
      const id = consentIdOf(event);
      documents.set(id, addToConsent(documents.get(id) ?? null, event));
    }
    await consentsOf(db).bulkWrite(
      [...documents.values()].map((document) => ({
        replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
      })),
      { session, ordered: false },
    );
  },
};
