import type { ClientSession, Collection, Db, Filter } from 'mongodb';
import { type Correction, MAX_CORRECTION_LEVELS, voidedIdentities } from '../../../schemas/corrections.ts';
import { isOnboardingType } from '../../../schemas/events/index.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { CORRECTION, type Fact, factOf } from '../../../workflows/onboarding/facts.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { factOfEvent, type OnboardingFact } from './factOfEvent.ts';

/** A correction as a reader of the events keeps it, until what it takes back has come and after. */
export interface KeptCorrection {
  /** Identity of the correction. */
  readonly _id: string;
  /** Identity of what it takes back. */
  readonly target: string;
  readonly fact: Fact;
  /** Recording time. */
  readonly recordedAt: Date;
}

/** The corrections that the read model has read. */
export const projectedCorrectionsOf = (db: Db): Collection<KeptCorrection> =>
  db.collection<KeptCorrection>('onboarding_corrections');
/** The corrections that the router has read. */
export const routedCorrectionsOf = (db: Db): Collection<KeptCorrection> =>
  db.collection<KeptCorrection>('routed_corrections');

/** The corrections among events; whether they are about an onboarding does not show in them. */
export function correctionsAmong(events: readonly StoredEvent[]): KeptCorrection[] {
  return events
    .filter((event) => event.type === CORRECTION)
    .map((event) => {
      const { data } = JSON.parse(event.body) as { data: Record<string, unknown> };
      const { correlationId, type } = event;
      const fact = factOf({ id: event._id, type, time: event.time.toISOString(), correlationId, data });
      return { _id: event._id, target: fact.data.corrects ?? '', fact, recordedAt: event.recordedAt };
    });
}

export async function keepCorrections(
  kept: Collection<KeptCorrection>,
  corrections: readonly KeptCorrection[],
  session?: ClientSession,
): Promise<void> {
  if (corrections.length === 0) return;
  await kept.bulkWrite(
    corrections.map((one) => ({ replaceOne: { filter: { _id: one._id }, replacement: one, upsert: true } })),
    { session, ordered: false },
  );
}

/**
 * The corrections kept of some facts, and of those corrections in turn.
 * @param until which corrections are looked at; all of them unless said
 * @returns by the fact that each bears on in the end
 */
export async function correctionsBearingOn(
  kept: Collection<KeptCorrection>,
  identities: readonly string[],
  { session, until = {} }: { session?: ClientSession; until?: Filter<KeptCorrection> } = {},
): Promise<Map<string, Fact[]>> {
  const ownerOf = new Map(identities.map((identity) => [identity, identity]));
  const bearing = new Map<string, Fact[]>();
  let targets = [...ownerOf.keys()];
  for (let level = 0; targets.length > 0 && level < MAX_CORRECTION_LEVELS; level++) {
    const found = await kept.find({ ...until, target: { $in: targets } }, { session }).toArray();
    targets = [];
    for (const { _id, target, fact } of found) {
      const owner = ownerOf.get(target);
      if (owner === undefined || ownerOf.has(_id)) continue;
      ownerOf.set(_id, owner);
      bearing.set(owner, [...(bearing.get(owner) ?? []), fact]);
      targets.push(_id);
    }
  }
  return bearing;
}

/** Those of some identities that no longer stand. */
export async function identitiesTakenBack(
  kept: Collection<KeptCorrection>,
  identities: readonly string[],
  options: { session?: ClientSession; until?: Filter<KeptCorrection> } = {},
): Promise<ReadonlySet<string>> {
  const bearing = await correctionsBearingOn(kept, identities, options);
  return voidedIdentities(
    [...bearing.values()].flat().map(
      ({ id, time, data }): Correction => ({
        _id: id,
        target: data.corrects ?? '',
        timeMs: Date.parse(time),
      }),
    ),
  );
}

/** The onboarding facts that corrections take back in the end, as far as the log holds them. */
export async function factsTakenBack(
  log: Db,
  corrections: readonly KeptCorrection[],
): Promise<OnboardingFact[]> {
  const seen = new Set<string>();
  const facts: OnboardingFact[] = [];
  let targets = corrections.map(({ target }) => target);
  for (let level = 0; targets.length > 0 && level <= MAX_CORRECTION_LEVELS; level++) {
    const fresh = targets.filter((target) => !seen.has(target));
    for (const target of fresh) seen.add(target);
    const found =
      fresh.length === 0
        ? []
        : await eventsOf(log)
            .find({ _id: { $in: fresh } })
            .toArray();
    facts.push(
      ...found.filter(({ type }) => isOnboardingType(type)).flatMap((event) => factOfEvent(event) ?? []),
    );
    targets = correctionsAmong(found).map(({ target }) => target);
  }
  return facts;
}
