import type { Db } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import type { Claim } from '../domain/claimSchema.ts';
import { compareFacts, EMPTY_SET_HASH, type Fact, factOf, xorHashes } from '../domain/facts.ts';
import { NOMINATION_TYPES } from '../domain/firm.ts';
import { kpiOf } from '../domain/kpis.ts';
import { DESIGNATION_TYPES } from '../domain/records.ts';
import { type SlotKind, slotKindOf, typeOfKind } from '../domain/slots.ts';
import { type Horizon, standingEvents } from './eventLog.ts';
import { businessNow } from './worldStore.ts';

/** Which events stand behind a figure; what is not given does not narrow. */
export interface Support {
  readonly types: readonly string[];
  readonly kinds?: readonly SlotKind[];
  readonly firms?: readonly string[];
  readonly programme?: string;
  readonly regions?: readonly string[];
  readonly periods?: readonly string[];
  /** `<USCC>/<month>` */
  readonly firmMonths?: ReadonlySet<string>;
  readonly sourceClasses?: readonly string[];
  /** Business time up to which statements count, where that is earlier than the question's. */
  readonly asOf?: Date;
}

const SHOWN = 100;

/** Which of the events behind a figure are listed. */
export interface EventPageQuery {
  /** 100 unless given. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

function supports(fact: Fact, support: Support): boolean {
  const kind = support.kinds === undefined ? null : slotKindOf(fact);
  const region = String(fact.data.regionCode ?? fact.data.cityCode ?? '');
  return (
    (support.kinds === undefined || (kind !== null && support.kinds.includes(kind))) &&
    (support.firms === undefined || (fact.firm !== null && support.firms.includes(fact.firm))) &&
    (support.programme === undefined || fact.data.programme === support.programme) &&
    (support.regions === undefined || support.regions.some((code) => region.startsWith(code))) &&
    (support.periods === undefined || support.periods.includes(fact.period)) &&
    (support.firmMonths === undefined || support.firmMonths.has(`${fact.firm}/${fact.period}`)) &&
    (support.sourceClasses === undefined || support.sourceClasses.includes(fact.sourceClass))
  );
}

/** Count, set hash and the first events behind a figure, where they are known without asking the log. */
export type KnownSupport = Omit<Awaited<ReturnType<typeof supportingEvents>>, 'window'>;

/** Count, set hash, months and the first events behind a figure. The hash is the XOR of the first 128 bits of their content hashes. */
export async function supportingEvents(
  db: Db,
  support: Support,
  horizon: Horizon,
  page: EventPageQuery = {},
) {
  const until = support.asOf ?? horizon.asOf;
  return { ...setOf(await eventsBehind(db, support, horizon), page), asOf: until ?? (await businessNow(db)) };
}

/** The same of several figures together: an event that stands behind more than one counts once. */
export async function eventsOfAll(db: Db, supports: readonly Support[], page: EventPageQuery = {}) {
  const all = new Map<string, Behind>();
  for (const support of supports)
    for (const one of await eventsBehind(db, support, {})) all.set(one.event._id, one);
  const { window: _, ...events } = setOf([...all.values()], page);
  return events;
}

interface Behind {
  readonly event: StoredEvent;
  readonly fact: Fact;
}

async function eventsBehind(db: Db, support: Support, horizon: Horizon): Promise<Behind[]> {
  const [only] = support.firms?.length === 1 ? support.firms : [];
  const periods = [...(support.periods ?? [])].sort();
  const [first, last] = [periods[0], periods.at(-1)];
  if (support.firms?.length === 0 || support.periods?.length === 0) return [];
  const events = await standingEvents(
    db,
    {
      types: support.types,
      ...(only === undefined ? {} : { firm: only }),
      ...(first === undefined || last === undefined ? {} : { periods: [first, last] as const }),
    },
    { ...horizon, asOf: support.asOf ?? horizon.asOf },
  );
  return events
    .map((event) => ({ event, fact: factOf(event) }))
    .filter(({ fact }) => supports(fact, support));
}

/** First and last of some months in rising order. */
export function span(months: readonly string[]): { readonly from: string; readonly to: string } | null {
  const [from, to] = [months[0], months.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}

/** Where a page ends, as text that nobody need read: business time and identity of its last event. */
const cursorOf = ({ timeMs, identity }: Pick<Fact, 'timeMs' | 'identity'>): string =>
  Buffer.from(`${timeMs} ${identity}`).toString('base64url');

/** @throws ChainlightError BAD_INPUT for what is no cursor */
function readCursor(after: string): Pick<Fact, 'timeMs' | 'identity'> {
  const [, timeMs, identity] = /^(-?\d+) (.+)$/.exec(Buffer.from(after, 'base64url').toString()) ?? [];
  if (timeMs === undefined || identity === undefined)
    throw new ChainlightError(
      'BAD_INPUT',
      `${after} is no place to go on from; take \`next\` of the page before`,
    );
  return { timeMs: Number(timeMs), identity };
}

/** One page of events, in the order of business time, and where the next begins. */
export function pageOfEvents<One>(
  all: readonly One[],
  placed: (one: One) => Pick<Fact, 'timeMs' | 'identity'>,
  { limit = SHOWN, after }: EventPageQuery = {},
) {
  const inOrder = [...all].sort((a, b) => compareFacts(placed(a), placed(b)));
  const from = after === undefined ? null : readCursor(after);
  const rest = from === null ? inOrder : inOrder.filter((one) => compareFacts(placed(one), from) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    inOrder,
    page,
    next: last !== undefined && rest.length > page.length ? cursorOf(placed(last)) : null,
  };
}

function setOf(behind: readonly Behind[], query: EventPageQuery = {}) {
  const { inOrder, page, next } = pageOfEvents(behind, ({ fact }) => fact, query);
  return {
    window: span([...new Set(inOrder.map(({ fact }) => fact.period))].sort()),
    eventCount: inOrder.length,
    eventsHash: inOrder.reduce((hash, { fact }) => xorHashes(hash, fact.hash), EMPTY_SET_HASH),
    events: page.map(({ event }) => placeOf(event)),
    next,
  };
}

export function placeOf(event: StoredEvent) {
  return {
    ...splitIdentity(event._id),
    type: event.type,
    time: event.time.toISOString(),
    period: event.period,
    topic: event.topic,
    partition: event.partition,
    offset: event.offset,
    hash: event.contentHash,
    seq: event.seq,
    chainHash: event.hash,
  };
}

const CLOSED = 'onboarding.closed.v1';

/** Events that a claim was judged by. */
export function claimSupport(claim: Claim, entities: readonly string[]): Support {
  const { measure } = claim;
  switch (measure.kind) {
    case 'plan-target':
      return { types: ['target.plan-published.v1'], regions: entities };
    case 'cities-within':
      return { types: ['target.plan-published.v1', CLOSED] };
    case 'failure-cause':
    case 'failure-phase':
    case 'failure-groups':
      return { types: [CLOSED], firms: entities };
    case 'payback':
      return {
        types: [
          'onboarding.contract-signed.v1',
          'baseline.frozen.v1',
          'baseline.refrozen.v1',
          'subsidy.paid.v1',
          'subsidy.clawed-back.v1',
          'cost.reported.v1',
          'revenue.reported.v1',
        ],
        firms: entities,
      };
    case 'without-digital-staff':
      return { types: ['headcount.reported.v1'] };
    case 'connected':
      return { types: ['onboarding.data-connected.v1', 'onboarding.go-live-confirmed.v1'], firms: entities };
    case 'gain': {
      const kinds = [...new Set(measure.kpis.flatMap((id) => kpiOf(id)?.kinds ?? []))];
      return { types: [...new Set(kinds.map(typeOfKind))], kinds, firms: entities };
    }
    case 'approval-time':
      return { types: ['service-procurement.approval-decided.v1'], regions: [measure.regionPrefix] };
    case 'ai-inspection':
      return { types: ['quality.reported.v1'], firms: entities };
    case 'count':
      return measure.of === 'accepted' || measure.of === 'propelled'
        ? { types: [CLOSED, ...NOMINATION_TYPES], firms: entities }
        : { types: DESIGNATION_TYPES, regions: [measure.regionPrefix] };
    default: {
      const unknown: never = measure;
      return unknown;
    }
  }
}
