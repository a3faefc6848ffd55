import type { Db, Filter } from 'mongodb';
import type { EventType } from '../../../schemas/events/index.ts';
import { eventsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import {
  identitiesTakenBack,
  type KeptCorrection,
  projectedCorrectionsOf,
} from '../readModel/corrections.ts';

/** What a question may look at: business time and recording time, both included; everything where they are absent. */
export interface OnboardingHorizon {
  readonly asOf?: Date;
  readonly knownAt?: Date;
}

/** The corrections that a question may look at, as a filter of those that are kept. */
export const correctionsWithin = ({ asOf, knownAt }: OnboardingHorizon): Filter<KeptCorrection> => ({
  ...(asOf === undefined ? {} : { 'fact.time': { $lte: asOf.toISOString() } }),
  ...(knownAt === undefined ? {} : { recordedAt: { $lte: knownAt } }),
});

/** The events of a type that no correction has taken back, within the horizon. */
export async function standingEvents(
  db: Db,
  type: EventType,
  horizon: OnboardingHorizon,
): Promise<StoredEvent[]> {
  const { asOf, knownAt } = horizon;
  const events = await eventsOf(db)
    .find({
      type,
      ...(asOf === undefined ? {} : { time: { $lte: asOf } }),
      ...(knownAt === undefined ? {} : { recordedAt: { $lte: knownAt } }),
    })
    .toArray();
  const takenBack = await identitiesTakenBack(
    projectedCorrectionsOf(db),
    events.map(({ _id }) => _id),
    { until: correctionsWithin(horizon) },
  );
  return events.filter(({ _id }) => !takenBack.has(_id));
}
