import type { ClientSession, Db, Filter } from 'mongodb';
import { withEarlier } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf, partitionKeyOf, type StreamPositions } from '../../runtime/eventStore.ts';
import {
  type Correction,
  correctionOf,
  MAX_CORRECTION_LEVELS,
  voidedIdentities,
} from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { CORRECTION_TYPE, type EventSelection, MEASURED_TYPES } from '../domain/readModels.ts';
import { correctionsOf } from './store.ts';

/** Which of the stored events a question may look at. */
export interface Horizon {
  /** Business time, included. */
  readonly asOf?: Date;
  /** Recording time, included. */
  readonly knownAt?: Date;
  /** Only events that a reader at these positions has read. */
  readonly positions?: StreamPositions;
}

function filterOf(selection: EventSelection, horizon: Horizon): Filter<StoredEvent> {
  const time: Record<string, Date> = {};
  if (selection.times) {
    time.$gte = selection.times[0];
    time.$lt = selection.times[1];
  }
  if (horizon.asOf) time.$lte = horizon.asOf;
  return {
    type: { $in: withEarlier(selection.types) },
    ...(selection.firm === undefined ? {} : { firm: selection.firm }),
    ...(selection.firms === undefined ? {} : { firm: { $in: [...selection.firms] } }),
    ...(selection.periods ? { period: { $gte: selection.periods[0], $lte: selection.periods[1] } } : {}),
    ...(Object.keys(time).length > 0 ? { time } : {}),
    ...(horizon.knownAt ? { recordedAt: { $lte: horizon.knownAt } } : {}),
  } as Filter<StoredEvent>;
}

const isWithin = (event: StoredEvent, positions: StreamPositions | undefined): boolean =>
  positions === undefined || event.seq <= (positions[partitionKeyOf(event.topic, event.partition)] ?? 0);

/** Corrections that bear on any of these identities, directly or by taking back a correction. */
export async function correctionsBearingOn(
  log: Db,
  identities: readonly string[],
  horizon: Horizon,
): Promise<Correction[]> {
  const byTarget = new Map<string, Correction[]>();
  for (const event of await correctionEvents(log, horizon)) {
    const correction = correctionOf(factOf(event));
    const others = byTarget.get(correction.target);
    if (others === undefined) byTarget.set(correction.target, [correction]);
    else others.push(correction);
  }
  const bearing = new Map<string, Correction>();
  let targets = [...identities];
  for (let level = 0; targets.length > 0 && level < MAX_CORRECTION_LEVELS; level++) {
    const fresh = targets
      .flatMap((target) => byTarget.get(target) ?? [])
      .filter(({ _id }) => !bearing.has(_id));
    for (const correction of fresh) bearing.set(correction._id, correction);
    targets = fresh.map(({ _id }) => _id);
  }
  return [...bearing.values()];
}

const correctionEvents = (log: Db, horizon: Horizon): Promise<StoredEvent[]> =>
  selectedEvents(log, { types: [CORRECTION_TYPE] }, horizon);

/** Stored events of a selection within the horizon, whether they stand or not. */
export async function selectedEvents(
  log: Db,
  selection: EventSelection,
  horizon: Horizon,
): Promise<StoredEvent[]> {
  const events = await eventsOf(log).find(filterOf(selection, horizon)).toArray();
  return events.filter((event) => isWithin(event, horizon.positions));
}

/** Stored events of a selection, as long as they stand within the horizon. */
export async function standingEvents(
  log: Db,
  selection: EventSelection,
  horizon: Horizon = {},
): Promise<StoredEvent[]> {
  const events = await selectedEvents(log, selection, horizon);
  if (events.length === 0) return events;
  const identities = events.map((event) => event._id);
  const voided = voidedIdentities(await correctionsBearingOn(log, identities, horizon));
  return voided.size === 0 ? events : events.filter((event) => !voided.has(event._id));
}

export async function standingFacts(
  log: Db,
  selection: EventSelection,
  horizon: Horizon = {},
): Promise<Fact[]> {
  return (await standingEvents(log, selection, horizon)).map(factOf);
}

/** All facts that figures are made of, for questions about another time than now. */
export const allFacts = (log: Db, horizon: Horizon): Promise<Fact[]> =>
  standingFacts(log, { types: MEASURED_TYPES }, horizon);

/** Corrections known to the read models, with those that they take back in turn. */
export async function projectedCorrections(
  db: Db,
  identities: readonly string[],
  session: ClientSession,
): Promise<Correction[]> {
  const found = new Map<string, Correction>();
  let targets = [...identities];
  for (let level = 0; targets.length > 0 && level < MAX_CORRECTION_LEVELS; level++) {
    const corrections = await correctionsOf(db)
      .find({ target: { $in: targets } }, { session })
      .toArray();
    targets = [];
    for (const correction of corrections) {
      if (found.has(correction._id)) continue;
      found.set(correction._id, correction);
      targets.push(correction._id);
    }
  }
  return [...found.values()];
}
