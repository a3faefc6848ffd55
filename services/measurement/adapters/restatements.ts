import type { Db, Filter } from 'mongodb';
import { withEarlier } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf, partitionOf } from '../../runtime/eventStore.ts';
import {
  CAUSE_TYPES,
  type FirmBeforeAndAfter,
  firmState,
  RecordedSince,
  type Since,
} from '../domain/causes.ts';
import { correctionOf } from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { FIRM_TYPES } from '../domain/firm.ts';
import type { Publication } from '../domain/publication.ts';
import { restatementsOf } from '../domain/publications.ts';
import { CORRECTION_TYPE } from '../domain/readModels.ts';
import { SLOT_TYPES } from '../domain/slots.ts';
import type { World } from '../domain/world.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { placeOf } from './evidence.ts';
import { figuresOfMonth, loadWorldOfMonths } from './monthFigures.ts';
import { notPublished, publicationsBy } from './publish.ts';
import { businessNow } from './worldStore.ts';

const CAUSES_SHOWN = 20;
const FIRMS_A_BATCH = 500;

/**
 * What was published and is another figure now: old value, new value, and the events recorded since that changed it, those
 * that report the figure's month first.
 * @throws ChainlightError NOT_FOUND for one month that had not been published by then
 */
export async function readRestatements(db: Db, period?: string, horizon: Horizon = {}) {
  const all = await publicationsBy(db, horizon, period);
  if (period !== undefined && all.length === 0) throw notPublished(period, horizon);
  // What was never published cannot have changed; the figures of all firms need not be read for that.
  if (all.length === 0)
    return { asOf: (horizon.asOf ?? (await businessNow(db))).toISOString(), restatements: [] };
  const world = await loadWorldOfMonths(db, horizon);
  const restatements = [];
  for (const publication of all) {
    const changed = restatementsOf(
      publication.figures,
      await figuresOfMonth(db, world, publication._id, horizon),
    );
    if (changed.length === 0) continue;
    const since = await recordedSince(db, publication, world, horizon);
    for (const one of changed) {
      const cause = since.causesOf(one.figureId, one.after === null);
      restatements.push({
        period: publication._id,
        ...one,
        causesBy: publication.positions === undefined ? ('time' as const) : ('position' as const),
        causeCount: cause.length,
        cause: cause.slice(0, CAUSES_SHOWN).map(({ event, about, bears }) => ({
          identity: event._id,
          bears,
          ...placeOf(event),
          firm: about.firm,
          recordedAt: event.recordedAt.toISOString(),
        })),
      });
    }
  }
  return { asOf: world.asOf.toISOString(), restatements };
}

/** What counted when a month was published: what stood in the chains up to the published positions or, where none are, what was recorded by then. */
const countedThen = ({ positions, knownAt }: Publication): Horizon =>
  positions === undefined
    ? { knownAt: new Date(knownAt) }
    : { positions: Object.fromEntries(Object.entries(positions).map(([key, { seq }]) => [key, seq])) };

/** Stored events that did not count then, whatever time they bear. */
const notCounted = ({ positions = {}, knownAt }: Horizon): Filter<StoredEvent> => {
  if (knownAt !== undefined) return { recordedAt: { $gt: knownAt } };
  const counted = Object.entries(positions).map(([key, seq]) => ({
    ...partitionOf(key),
    seq: { $lte: seq },
  }));
  return counted.length === 0 ? {} : { $nor: counted };
};

async function recordedSince(
  db: Db,
  publication: Publication,
  world: World,
  horizon: Horizon,
): Promise<RecordedSince<StoredEvent>> {
  const { _id: period } = publication;
  const then = countedThen(publication);
  const within = {
    ...(horizon.knownAt === undefined ? {} : { recordedAt: { $lte: horizon.knownAt } }),
    ...(horizon.asOf === undefined ? {} : { time: { $lte: horizon.asOf } }),
  };
  const events = await eventsOf(db)
    .find({
      // Each by the index of types: reports of other months are not fetched.
      $or: [
        { type: { $in: ofTypes(SLOT_TYPES) }, period },
        {
          type: {
            $in: ofTypes([...CAUSE_TYPES.filter((type) => !SLOT_TYPES.includes(type)), CORRECTION_TYPE]),
          },
        },
      ],
      $and: [notCounted(then), within],
    })
    .sort({ recordedAt: 1, _id: 1 })
    .toArray();
  const since = (await withWhatTheyAreAbout(db, events)).filter(
    ({ about }) => !SLOT_TYPES.includes(about.type) || about.period === period,
  );
  const usccs = [...new Set(since.flatMap(({ about }) => about.firm ?? []))];
  const firms: FirmBeforeAndAfter[] = [];
  for (let at = 0; at < usccs.length; at += FIRMS_A_BATCH)
    firms.push(...(await beforeAndAfter(db, usccs.slice(at, at + FIRMS_A_BATCH), period, then, horizon)));
  return new RecordedSince(period, since, firms, world.models.target_plans);
}

const ofTypes = (types: readonly string[]) => withEarlier(types) as StoredEvent['type'][];

/** A correction is about what it takes back, in the end; one of something that cannot be a cause falls out. */
async function withWhatTheyAreAbout(db: Db, events: readonly StoredEvent[]): Promise<Since<StoredEvent>[]> {
  const facts = new Map(events.map((event) => [event._id, factOf(event)]));
  /** What is taken back in the end, or the identity that is not read yet; null in a circle. */
  const targetOf = (fact: Fact): Fact | string | null => {
    const passed = new Set<string>();
    for (let at = fact; !passed.has(at.identity); ) {
      if (at.type !== CORRECTION_TYPE) return at;
      passed.add(at.identity);
      const { target } = correctionOf(at);
      const known = facts.get(target);
      if (known === undefined) return target;
      at = known;
    }
    return null;
  };
  for (let isComplete = false; !isComplete; ) {
    const missing = [...new Set([...facts.values()].map(targetOf).filter((one) => typeof one === 'string'))];
    const found = await eventsOf(db)
      .find({ _id: { $in: missing } })
      .toArray();
    for (const event of found) if (!facts.has(event._id)) facts.set(event._id, factOf(event));
    isComplete = found.every(({ type }) => type !== CORRECTION_TYPE);
  }
  return events.flatMap((event) => {
    const fact = facts.get(event._id);
    const about = fact && targetOf(fact);
    return about === undefined ||
      about === null ||
      typeof about === 'string' ||
      !CAUSE_TYPES.includes(about.type)
      ? []
      : [{ event, about }];
  });
}

async function beforeAndAfter(
  db: Db,
  usccs: readonly string[],
  period: string,
  then: Horizon,
  horizon: Horizon,
): Promise<FirmBeforeAndAfter[]> {
  const factsOf = async (known: Horizon): Promise<ReadonlyMap<string, Fact[]>> => {
    const byFirm = new Map<string, Fact[]>(usccs.map((uscc) => [uscc, []]));
    const [about, reported] = [
      await standingFacts(db, { types: FIRM_TYPES, firms: usccs }, known),
      await standingFacts(db, { types: SLOT_TYPES, firms: usccs, periods: [period, period] }, known),
    ];
    for (const fact of [...about, ...reported]) byFirm.get(fact.firm ?? '')?.push(fact);
    return byFirm;
  };
  const [before, after] = [await factsOf(then), await factsOf(horizon)];
  return usccs.map((uscc) => ({
    uscc,
    before: firmState(uscc, before.get(uscc) ?? []),
    after: firmState(uscc, after.get(uscc) ?? []),
  }));
}
