import type { ClientSession, Collection, Db, Filter, WithoutId } from 'mongodb';
import { ACTS } from '../../../schemas/topics.ts';
import { dataOf } from '../../runtime/eventStore.ts';
import type { Projector } from '../../runtime/projector.ts';
import {
  addToConsent,
  CONSENT_TYPES,
  type ConsentDocument,
  type ConsentEvent,
  consentIdOf,
} from '../domain/consents.ts';
import { addToInvitation, INVITATION_TYPES, type InvitationDocument } from '../domain/invitations.ts';

export const consentsOf = (db: Db): Collection<ConsentDocument> => db.collection<ConsentDocument>('consents');
export const invitationsOf = (db: Db): Collection<InvitationDocument> =>
  db.collection<InvitationDocument>('invitations');

/** What suppliers agree to and delegate, and who is invited to act for them, from the accepted events alone. */
export const consentProjector: Projector = {
  name: 'consent',
  collections: ['consents', 'invitations'],
  // What the gateway states itself stands there; the ERPs' streams would only cost it time.
  topics: [ACTS],
  ensureIndexes: async (db) => {
    await consentsOf(db).createIndexes([
      { key: { supplierUscc: 1 }, name: 'supplier' },
      { key: { granteeUscc: 1, kind: 1 }, name: 'grantee' },
    ]);
    await invitationsOf(db).createIndexes([
      { key: { member: 1 }, name: 'member' },
      { key: { supplierUscc: 1 }, name: 'supplier' },
      { key: { issuer: 1 }, name: 'issuer' },
      { key: { 'issues.codeHash': 1 }, name: 'code' },
    ]);
  },
  apply: async (db, events, session) => {
    const ofTypes = (types: readonly string[]): ConsentEvent[] =>
      events
        .filter(({ type }) => types.includes(type))
        .map((event) => ({
          type: event.type,
          identity: event._id,
          time: event.time,
          data: dataOf(event),
        }));
    await fold(consentsOf(db), ofTypes(CONSENT_TYPES), consentIdOf, addToConsent, session);
    const invitationIdOf = ({ data }: ConsentEvent): string => String(data.invitationId);
    await fold(invitationsOf(db), ofTypes(INVITATION_TYPES), invitationIdOf, addToInvitation, session);
  },
};

async function fold<Doc extends { readonly _id: string }>(
  collection: Collection<Doc>,
  events: readonly ConsentEvent[],
  idOf: (event: ConsentEvent) => string,
  add: (document: Doc | null, event: ConsentEvent) => Doc,
  session: ClientSession,
): Promise<void> {
  if (events.length === 0) return;
  const ids = [...new Set(events.map(idOf))];
  const stored = (await collection
    .find({ _id: { $in: ids } } as Filter<Doc>, { session })
    .toArray()) as unknown as Doc[];
  const documents = new Map(stored.map((document) => [document._id, document]));
  for (const event of events) {
    const id = idOf(event);
    documents.set(id, add(documents.get(id) ?? null, event));
  }
  await collection.bulkWrite(
    [...documents.values()].map((document) => ({
      replaceOne: {
        filter: { _id: document._id } as Filter<Doc>,
        replacement: document as WithoutId<Doc>,
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}
