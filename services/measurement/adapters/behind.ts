import type { Db } from 'mongodb';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf } from '../../runtime/eventStore.ts';
import { voidedIdentities } from '../domain/corrections.ts';
import type { Stated } from '../domain/enrolment.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { typeOfKind } from '../domain/slots.ts';
import { type MonthsBehind, type Support, statementsTaken, type TypesBehind } from '../domain/support.ts';
import { correctionsBearingOn, type Horizon, selectedEvents, standingEvents } from './eventLog.ts';

export interface Behind {
  readonly event: StoredEvent;
  readonly fact: Fact;
}
const opened = (event: StoredEvent): Behind => ({ event, fact: factOf(event) });

/** The events behind one figure or several, each once. */
export async function eventsBehind(
  db: Db,
  supports: readonly Support[],
  horizon: Horizon,
): Promise<Behind[]> {
  const months: MonthsBehind[] = [];
  const identities: string[] = [];
  const found: Behind[] = [];
  for (const support of supports) {
    if ('kinds' in support) months.push(support);
    else if ('identities' in support) identities.push(...support.identities);
    else found.push(...(await ofTypes(db, support, horizon)));
  }
  found.push(...(await ofMonths(db, months, horizon)));
  if (identities.length > 0) {
    const named = await eventsOf(db)
      .find({ _id: { $in: identities } })
      .toArray();
    found.push(...named.map(opened));
  }
  return [...new Map(found.map((one) => [one.event._id, one])).values()];
}

async function ofTypes(db: Db, support: TypesBehind, horizon: Horizon): Promise<Behind[]> {
  const { types, firms, periods } = support;
  if (firms?.length === 0 || periods?.length === 0) return [];
  const [first, last] = spanOf(periods ?? []);
  const events = await standingEvents(
    db,
    {
      types,
      ...(firms === undefined ? {} : { firms }),
      ...(first === undefined || last === undefined ? {} : { periods: [first, last] as const }),
    },
    { ...horizon, asOf: support.asOf ?? horizon.asOf },
  );
  return events.map(opened).filter(({ fact }) => isMeant(fact, support));
}

function isMeant({ data, period }: Fact, support: TypesBehind): boolean {
  const region = String(data.regionCode ?? data.cityCode ?? '');
  return (
    (support.programme === undefined || data.programme === support.programme) &&
    (support.regions === undefined || support.regions.some((code) => region.startsWith(code))) &&
    (support.periods === undefined || support.periods.includes(period))
  );
}

const spanOf = (periods: readonly string[]): readonly [string | undefined, string | undefined] => {
  const sorted = [...periods].sort();
  return [sorted[0], sorted.at(-1)];
};

/** Whether something had been stated, and was recorded, by a moment. */
type IsKnown = (stated: { readonly timeMs: number; readonly recordedAt: Date | undefined }) => boolean;

/** Reads the months of all firms at once; of each, what figures take. */
async function ofMonths(db: Db, supports: readonly MonthsBehind[], horizon: Horizon): Promise<Behind[]> {
  const [first, last] = spanOf(supports.flatMap(({ periods }) => periods));
  if (first === undefined || last === undefined) return [];
  const types = [...new Set(supports.flatMap(({ kinds }) => kinds.map(typeOfKind)))];
  const firms = [...new Set(supports.map(({ firm }) => firm))];
  const events = await selectedEvents(db, { types, firms, periods: [first, last] }, horizon);
  if (events.length === 0) return [];
  const corrections = await correctionsBearingOn(
    db,
    events.map(({ _id }) => _id),
    horizon,
  );
  const recorded = await recordingTimes(db, [
    ...supports.flatMap(({ frozen }) => frozen?.identity ?? []),
    ...corrections.map(({ _id }) => _id),
  ]);
  const voidedBy = (isKnown: IsKnown): ReadonlySet<string> =>
    voidedIdentities(
      corrections.filter(({ _id, timeMs }) => isKnown({ timeMs, recordedAt: recorded.get(_id) })),
    );
  const voidedNow = voidedBy(() => true);
  const byFirm = new Map<string | null, Behind[]>(firms.map((firm) => [firm, []]));
  for (const event of events) byFirm.get(event.firm)?.push(opened(event));
  return supports.flatMap(({ firm, periods, kinds, frozen }) => {
    const isKnown = frozen === undefined ? () => true : knownBy(frozen, recorded.get(frozen.identity));
    const voided = frozen === undefined ? voidedNow : voidedBy(isKnown);
    const meant = new Set(periods);
    const stated = (byFirm.get(firm) ?? []).filter(
      ({ event, fact }) =>
        meant.has(fact.period) &&
        !voided.has(fact.identity) &&
        isKnown({ timeMs: fact.timeMs, recordedAt: event.recordedAt }),
    );
    const taken = new Set(
      statementsTaken(
        stated.map(({ fact }) => fact),
        kinds,
      ),
    );
    return stated.filter(({ fact }) => taken.has(fact));
  });
}

/** What comes in later with an earlier date was not frozen: the time of recording counts too. */
const knownBy =
  (frozen: Stated, frozenAt: Date | undefined): IsKnown =>
  ({ timeMs, recordedAt }) =>
    timeMs <= frozen.timeMs && (frozenAt === undefined || recordedAt === undefined || recordedAt <= frozenAt);

async function recordingTimes(db: Db, identities: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (identities.length === 0) return new Map();
  const events = await eventsOf(db)
    .find({ _id: { $in: [...identities] } })
    .project<Pick<StoredEvent, '_id' | 'recordedAt'>>({ recordedAt: 1 })
    .toArray();
  return new Map(events.map(({ _id, recordedAt }) => [_id, recordedAt]));
}
