import { addMonths } from '../../../schemas/time.ts';
import { platformTopic, SUPPLIER_REPORTS } from '../../../schemas/topics.ts';
import type { MonthBooks } from './books.ts';
import { addDays, CLOSING_DATE, instantOf, LAST_PERIOD, monthStart } from './calendar.ts';
import { PLATFORM } from './catalogue.ts';
import type { Firm } from './firms.ts';
import type { Journey } from './journey.ts';
import type { Fact, Mode } from './outbox.ts';
import { randomStream } from './random.ts';

const LATE_STATEMENT_SHARE = 0.01;
const GAS_SHARE = 0.2;
const CNY = { currency: 'CNY' } as const;
const modeOf = (firm: Firm): Mode => (firm.index % 3 === 0 ? 'structured' : 'binary');
const erpOf = (firm: Firm): string => `/supplier/${firm.uscc}/erp`;
const tenantOf = (firm: Firm): string => `/platform/${PLATFORM}/tenant/${firm.uscc}`;

/** A fact from a firm's own books. */
export function ownFact(
  firm: Firm,
  fact: Pick<Fact, 'id' | 'type' | 'timeMs' | 'data'> & { delivery?: Fact['delivery'] },
): Fact {
  return {
    topic: SUPPLIER_REPORTS,
    key: firm.uscc,
    source: erpOf(firm),
    mode: modeOf(firm),
    delivery: 'steady',
    ...fact,
  };
}

const tenantFact = (
  firm: Firm,
  fact: Pick<Fact, 'id' | 'type' | 'timeMs' | 'data'>,
  delivery: Fact['delivery'],
): Fact => ({
  topic: platformTopic(PLATFORM),
  key: firm.uscc,
  source: tenantOf(firm),
  mode: 'binary',
  delivery,
  ...fact,
});

const isQuarterEnd = (period: string): boolean => Number(period.slice(5)) % 3 === 0;

/** What a firm states from its own books about a month, in the month after; now and then weeks later. */
export function ownReports(seed: number, firm: Firm, books: MonthBooks): Fact[] {
  const { period } = books;
  const random = randomStream(seed, `statements/${firm.index}/${period}`);
  const closedAt = monthStart(addMonths(period, 1));
  const firmMonth = { firmUscc: firm.uscc, period };
  const state = (name: string, type: Fact['type'], data: Record<string, unknown>): Fact => {
    const isLate = random.chance(LATE_STATEMENT_SHARE) && period < LAST_PERIOD;
    const days = isLate ? random.between(18, 27) : random.between(1.2, 8);
    const id = `${name}-${period}`;
    return ownFact(firm, {
      id,
      type,
      timeMs: addDays(closedAt, days),
      data: { ...firmMonth, ...data, documentNumber: `${id}-${String(firm.index + 1).padStart(4, '0')}` },
    });
  };
  const facts = [
    state('STK', 'inventory.closed.v1', {
      holderUscc: firm.uscc,
      stockKind: 'own',
      ...books.inventory,
      ...CNY,
    }),
    state('PRD', 'production.reported.v1', books.production),
    state('QLT', 'quality.reported.v1', books.quality),
    state('CST', 'cost.reported.v1', { ...books.cost, ...CNY }),
    state('REV', 'revenue.reported.v1', { ...books.revenue, ...CNY }),
    state('HRM', 'headcount.reported.v1', books.headcount),
  ];
  if (isQuarterEnd(period)) {
    if (firm.index % 2 === 0)
      facts.push(state('RCV', 'receivables.closed.v1', { ...books.receivables, ...CNY }));
    else facts.push(energyReport(firm, books, state));
  }
  return facts;
}

/** Every second of these firms meters gas by itself and so states the newer version. */
function energyReport(
  firm: Firm,
  { energyWh }: MonthBooks,
  state: (name: string, type: Fact['type'], data: Record<string, unknown>) => Fact,
): Fact {
  if (firm.index % 4 === 1) return state('NRG', 'energy.reported.v1', { energyWh });
  const gasWh = Math.floor(energyWh * GAS_SHARE);
  const carriers = [
    { carrier: 'electricity', energyWh: energyWh - gasWh },
    { carrier: 'gas', energyWh: gasWh },
  ];
  return state('NRG', 'energy.reported.v2', { carriers });
}

/** Whether a firm's tenant sends data at an instant. */
export const isConnected = (journey: Journey, at: number): boolean =>
  journey.connectedAt !== null &&
  journey.connectedAt <= at &&
  (journey.silentFrom === null || at < journey.silentFrom);

/** What the platform measured at a connected firm in a month: the same production and inspection as in its books. */
export function tenantReports(seed: number, journey: Journey, books: MonthBooks): Fact[] {
  const { firm } = journey;
  const { period } = books;
  const random = randomStream(seed, `tenant/${firm.index}/${period}`);
  const timeMs = addDays(monthStart(addMonths(period, 1)), random.between(0.1, 0.9));
  if (!isConnected(journey, monthStart(period)) || !isConnected(journey, timeMs)) return [];
  const firmMonth = { firmUscc: firm.uscc, period };
  return [
    tenantFact(
      firm,
      {
        id: `prd-${period}`,
        type: 'production.reported.v1',
        timeMs,
        data: { ...firmMonth, ...books.production },
      },
      'steady',
    ),
    tenantFact(
      firm,
      { id: `qlt-${period}`, type: 'quality.reported.v1', timeMs, data: { ...firmMonth, ...books.quality } },
      'steady',
    ),
  ];
}

const heartbeat = (firm: Firm, id: string, timeMs: number): Fact =>
  tenantFact(
    firm,
    {
      id,
      type: 'platform.heartbeat.v1',
      timeMs,
      data: { firmUscc: firm.uscc, platform: PLATFORM, connectedDevices: 4 + (firm.index % 23) },
    },
    'prompt',
  );

/** Signs of life of a tenant in a month: at the moment of its connection, and in the middle of every month after. */
export function heartbeats(journey: Journey, period: string): Fact[] {
  const { firm, connectedAt } = journey;
  const facts: Fact[] = [];
  const [start, end] = [monthStart(period), monthStart(addMonths(period, 1))];
  if (connectedAt !== null && connectedAt >= start && connectedAt < end)
    facts.push(heartbeat(firm, `connected-${period}`, connectedAt));
  const middle = addDays(start, 14.4);
  if (isConnected(journey, middle)) facts.push(heartbeat(firm, `alive-${period}`, middle));
  return facts;
}

/** The last statements of a firm: they carry business time past the end of the scenario. */
export function closingReports(firm: Firm, journey: Journey | undefined, books: MonthBooks): Fact[] {
  const timeMs = instantOf(CLOSING_DATE);
  const facts = [
    ownFact(firm, {
      id: `HRM-${addMonths(LAST_PERIOD, 1)}`,
      type: 'headcount.reported.v1',
      timeMs,
      data: { firmUscc: firm.uscc, period: addMonths(LAST_PERIOD, 1), ...books.headcount },
      delivery: 'none',
    }),
  ];
  if (journey !== undefined && isConnected(journey, timeMs))
    facts.push({ ...heartbeat(firm, 'alive-at-the-end', timeMs), delivery: 'none' });
  return facts;
}
