import type { ClientSession, Db } from 'mongodb';
import { type DataOf, type EventType, OVERRIDE_TYPES } from '../../../schemas/events/index.ts';
import { dataOf, type StoredEvent } from '../../runtime/eventStore.ts';
import type { Projector } from '../../runtime/projector.ts';
import { noteChanges } from './registryChanges.ts';

/** What was last said of a code with a wrong check digit. */
export interface UsccOverrideDocument {
  /** The code. */
  readonly _id: string;
  readonly state: 'standing' | 'revoked';
  readonly evidence: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** Identity of the event. */
  readonly event: string;
}

export const usccOverridesOf = (db: Db) => db.collection<UsccOverrideDocument>('uscc_overrides');

/** Of what was said of one code the latest stands, in whatever order it came. */
export const usccOverridesProjector: Projector = {
  name: 'uscc-overrides',
  collections: ['uscc_overrides'],
  ensureIndexes: async () => {},
  apply: async (db: Db, events: readonly StoredEvent[], session: ClientSession) => {
    for (const event of events) {
      if (!OVERRIDE_TYPES.includes(event.type)) continue;
      const next = toDocument(event);
      const before = await usccOverridesOf(db).findOne({ _id: next._id }, { session });
      if (before !== null && !isLater(next, before)) continue;
      await usccOverridesOf(db).replaceOne({ _id: next._id }, next, { upsert: true, session });
      await noteChanges(db, 'override', [next._id], session);
    }
  },
};

function toDocument(event: StoredEvent): UsccOverrideDocument {
  const { uscc, reason, actor, evidence } = dataOf<
    DataOf<'uscc.override-revoked.v1'> & Partial<DataOf<'uscc.override-recorded.v1'>>
  >(event);
  const state = event.type === ('uscc.override-recorded.v1' satisfies EventType) ? 'standing' : 'revoked';
  return {
    _id: uscc,
    state,
    evidence: state === 'standing' ? (evidence ?? null) : null,
    reason,
    by: actor.name,
    at: event.time,
    event: event._id,
  };
}

const isLater = (one: UsccOverrideDocument, than: UsccOverrideDocument): boolean =>
  one.at > than.at || (one.at.getTime() === than.at.getTime() && one.event > than.event);

/** Of some codes those whose override stands. */
export async function standingOverrides(db: Db, codes: readonly string[]): Promise<ReadonlySet<string>> {
  if (codes.length === 0) return new Set();
  const standing = await usccOverridesOf(db)
    .find({ _id: { $in: [...codes] }, state: 'standing' }, { projection: { _id: 1 } })
    .toArray();
  return new Set(standing.map(({ _id }) => _id));
}
