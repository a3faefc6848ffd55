import type { ErrorCode } from '../../../schemas/errors.ts';
import { addMonths } from '../../../schemas/time.ts';
import { erpTopic, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../../schemas/topics.ts';
import { addDays, FIRST_PERIOD, isoOf, monthStart, monthsFrom } from './calendar.ts';
import type { Firm, Population } from './firms.ts';
import { encode, type Mode, type ScenarioRecord } from './outbox.ts';
import { type RandomStream, randomStream } from './random.ts';
import { spoiltUscc } from './uscc.ts';

/** Records as broken systems send them; each is to be refused with its own code, and none may stop the stream. */

export interface Arrival {
  readonly arrivesAtMs: number;
  readonly record: ScenarioRecord;
}

interface Draft {
  readonly topic: string;
  readonly key: string | null;
  readonly attributes: Record<string, unknown>;
  readonly data: Record<string, unknown>;
  readonly mode: Mode;
}

const INVALID_A_MONTH = 4;
/** Months of the scenario in which a record larger than 1 MiB comes. */
const LARGE_IN_MONTHS = new Set([5, 17, 29]);
const LARGE_BYTES = 1_100_000;
const DEEP_LEVELS = 40;

const sent = (draft: Draft, expect: ErrorCode): ScenarioRecord => ({
  topic: draft.topic,
  key: draft.key,
  ...encode(draft.attributes, draft.data, draft.mode),
  expect,
});
const withData = (draft: Draft, data: Record<string, unknown>): Draft => ({
  ...draft,
  data: { ...draft.data, ...data },
});
const withAttributes = (draft: Draft, attributes: Record<string, unknown>): Draft => ({
  ...draft,
  attributes: { ...draft.attributes, ...attributes },
});

const nested = (levels: number): Record<string, unknown> =>
  levels === 0 ? {} : { part: nested(levels - 1) };

type Spoiler = (draft: Draft, firm: Firm, population: Population) => ScenarioRecord;

/** One entry for each way of being wrong. `draft` is a firm's stock ledger in structured mode, right as it stands. */
const SPOILERS: readonly Spoiler[] = [
  (draft) => {
    const { value, ...rest } = sent(draft, 'NOT_JSON');
    return { ...rest, value: value.slice(0, Math.floor(value.length * 0.7)) };
  },
  (draft) => ({
    ...sent(draft, 'NOT_UTF8'),
    key: null,
    value: Buffer.from([0x7b, 0x22, 0xb9, 0xa4, 0xcb, 0xbe, 0x22, 0x7d]),
  }),
  (draft) => sent(withAttributes(draft, { specversion: '0.3', id: undefined }), 'BAD_ENVELOPE'),
  (draft, _firm, population) =>
    sent(withAttributes(draft, { partitionkey: population.leaders.display.uscc }), 'BAD_ENVELOPE'),
  (draft) =>
    sent(withAttributes(draft, { type: 'inventory.snapshot.v7', dataschema: undefined }), 'UNKNOWN_TYPE'),
  (draft) => sent(withData(draft, { costOfGoodsSoldFen: '1,250.00' }), 'INVALID_DATA'),
  (draft, firm) => {
    const uscc = spoiltUscc(firm.uscc);
    const spoilt = withAttributes(draft, { source: `/supplier/${uscc}/erp`, partitionkey: uscc });
    return sent(withData(spoilt, { firmUscc: uscc, holderUscc: uscc }), 'BAD_CHECK_DIGIT');
  },
  (draft) => sent(withAttributes(draft, { time: '2091-03-01T02:00:00.000Z' }), 'TIME_OUT_OF_RANGE'),
  (draft) => sent(withAttributes(draft, { time: '1899-12-30T00:00:00.000Z' }), 'TIME_OUT_OF_RANGE'),
  (draft) => sent(withData(draft, { closingStockFen: -1_250_00 }), 'NEGATIVE_STOCK'),
  (draft) => sent(withData(draft, { attachment: nested(DEEP_LEVELS) }), 'NESTED_TOO_DEEP'),
  (draft, _firm, population) =>
    sent(
      {
        ...withAttributes(draft, { source: `/provider/${population.providers[0]?.uscc}` }),
        topic: PROGRAMME_EVENTS,
      },
      'NOT_AUTHORISED',
    ),
  (draft, firm, population) => {
    const leader = population.leaders[firm.leader];
    const strange = withAttributes(draft, { source: `/chain/${leader.uscc}/erp/shadow` });
    return sent(
      {
        ...withData(strange, { holderUscc: leader.uscc, stockKind: 'consignment' }),
        topic: erpTopic(leader.uscc),
      },
      'NOT_AUTHORISED',
    );
  },
  (draft, _firm, population) =>
    sent(
      withAttributes(draft, { source: `/supplier/${population.leaders.magnet.uscc}/erp` }),
      'NOT_AUTHORISED',
    ),
];

/** The records that arrive broken in a month. */
export function invalidRecords(
  seed: number,
  population: Population,
  multiplier: number,
  period: string,
): Arrival[] {
  const random = randomStream(seed, `invalid/${period}`);
  const month = monthsFrom(FIRST_PERIOD, period);
  const arrivesAtMs = (): number => addDays(monthStart(period), random.between(1, 26));
  const arrivals: Arrival[] = [];
  const count = Math.max(1, Math.round(INVALID_A_MONTH * multiplier));
  for (let index = 0; index < count; index++) {
    const spoiler = SPOILERS[(month * count + index) % SPOILERS.length];
    const firm = random.pick(population.firms);
    const at = arrivesAtMs();
    const draft = stockLedger(random, firm, period, at, `broken-${period}-${index}`);
    if (spoiler !== undefined) arrivals.push({ arrivesAtMs: at, record: spoiler(draft, firm, population) });
  }
  if (LARGE_IN_MONTHS.has(month)) {
    const at = arrivesAtMs();
    const firm = random.pick(population.firms);
    const draft = stockLedger(random, firm, period, at, `scan-${period}`);
    arrivals.push({
      arrivesAtMs: at,
      record: sent(withData(draft, { scan: 'A'.repeat(LARGE_BYTES) }), 'PAYLOAD_TOO_LARGE'),
    });
  }
  return arrivals;
}

function stockLedger(random: RandomStream, firm: Firm, period: string, at: number, id: string): Draft {
  const before = addMonths(period, -1);
  return {
    topic: SUPPLIER_REPORTS,
    key: firm.uscc,
    attributes: {
      specversion: '1.0',
      id,
      source: `/supplier/${firm.uscc}/erp`,
      type: 'inventory.closed.v1',
      time: isoOf(addDays(at, -0.2)),
      partitionkey: firm.uscc,
      dataschema: 'urn:chainlight:schema:inventory.closed.v1',
    },
    data: {
      firmUscc: firm.uscc,
      holderUscc: firm.uscc,
      stockKind: 'own',
      period: before,
      openingStockFen: random.whole(1_000_000, 9_000_000),
      closingStockFen: random.whole(1_000_000, 9_000_000),
      costOfGoodsSoldFen: random.whole(1_000_000, 9_000_000),
      currency: 'CNY',
    },
    mode: 'structured',
  };
}
