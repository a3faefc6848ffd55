import type { Db } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { compareFacts, EMPTY_SET_HASH, type Fact, xorHashes } from '../domain/facts.ts';
import type { Support } from '../domain/support.ts';
import { type Behind, eventsBehind } from './behind.ts';
import type { Horizon } from './eventLog.ts';
import { businessNow } from './worldStore.ts';

const SHOWN = 100;

/** Which of the events behind a figure are listed. */
export interface EventPageQuery {
  /** 100 unless given. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Count, set hash and the first events behind a figure, where they are known without asking the log. */
export type KnownSupport = Omit<Awaited<ReturnType<typeof supportingEvents>>, 'window'>;

/** Count, set hash, months and the first events behind a figure. The hash is the XOR of the first 128 bits of their content hashes. */
export async function supportingEvents(
  db: Db,
  supports: readonly Support[],
  horizon: Horizon,
  page: EventPageQuery = {},
) {
  const until = boundOf(supports) ?? horizon.asOf;
  return {
    ...setOf(await eventsBehind(db, supports, horizon), page),
    asOf: until ?? (await businessNow(db)),
  };
}

/** Until when all that stands behind a figure had been stated, where that is earlier than the question's. */
function boundOf(supports: readonly Support[]): Date | undefined {
  const bounds = supports.flatMap((support) => {
    const bound = 'kinds' in support ? support.frozen?.timeMs : 'types' in support && support.asOf?.getTime();
    return bound || [];
  });
  const isBounded = supports.length > 0 && bounds.length === supports.length;
  return isBounded ? new Date(Math.max(...bounds)) : undefined;
}

/** The same of several figures together: an event that stands behind more than one counts once. */
export async function eventsOfAll(db: Db, supports: readonly Support[], page: EventPageQuery = {}) {
  const { window: _, ...events } = setOf(await eventsBehind(db, supports, {}), page);
  return events;
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
