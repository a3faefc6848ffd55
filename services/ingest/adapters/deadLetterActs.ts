import type { ClientSession, Db } from 'mongodb';
import type { DataOf, EventType } from '../../../schemas/events/index.ts';
import { type DeadLetterAct, deadLetterActsOf } from '../../runtime/deadLetterStore.ts';
import { dataOf, type StoredEvent } from '../../runtime/eventStore.ts';
import type { Projector } from '../../runtime/projector.ts';

const ACT_TYPES: readonly EventType[] = ['dead-letter.redriven.v1', 'dead-letter.discarded.v1'];

/** What was done about each dead letter. Of several acts about one the earliest stands, whatever order they came in. */
export const deadLetterActsProjector: Projector = {
  name: 'dead-letter-acts',
  collections: ['dead_letter_acts'],
  ensureIndexes: async () => {},
  apply: async (db: Db, events: readonly StoredEvent[], session: ClientSession) => {
    for (const event of events) {
      if (!ACT_TYPES.includes(event.type)) continue;
      const act = toAct(event);
      const before = await deadLetterActsOf(db).findOne({ _id: act._id }, { session });
      if (before !== null && !isEarlier(act, before)) continue;
      await deadLetterActsOf(db).replaceOne({ _id: act._id }, act, { upsert: true, session });
    }
  },
};

function toAct(event: StoredEvent): DeadLetterAct {
  const common = { at: event.time, event: event._id };
  if (event.type === 'dead-letter.redriven.v1') {
    const { deadLetter, actor, redrivenTo } = dataOf<DataOf<'dead-letter.redriven.v1'>>(event);
    return { _id: deadLetter, state: 'redriven', ...common, actor: actor.name, redrivenTo };
  }
  const { deadLetter, actor, why } = dataOf<DataOf<'dead-letter.discarded.v1'>>(event);
  return { _id: deadLetter, state: 'discarded', ...common, actor: actor.name, why };
}

const isEarlier = (act: DeadLetterAct, than: DeadLetterAct): boolean =>
  act.at < than.at || (act.at.getTime() === than.at.getTime() && act.event < than.event);
