import { erpTopic, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import type { RandomStream } from '../../services/simulator/domain/random.ts';
import { DAY_MS, FIRST_MS, type Firm, iso, LAST_MS, PLATFORM, type Statement } from './population.ts';

const MONTHS = Array.from({ length: 18 }, (_, index) =>
  new Date(Date.UTC(2022, index, 1)).toISOString().slice(0, 7),
);

type Draw = (random: RandomStream) => Record<string, unknown>;
const fen = (random: RandomStream): number => random.whole(1, 9_000_000);

/** Kinds of monthly reports: what a firm's books or its platform state. */
const REPORTS: Readonly<Record<string, Draw>> = {
  'inventory.closed.v1': (random) => ({
    stockKind: 'own',
    openingStockFen: fen(random),
    closingStockFen: fen(random),
    costOfGoodsSoldFen: fen(random),
    currency: 'CNY',
  }),
  'energy.reported.v1': (random) => ({ energyWh: fen(random) }),
  'revenue.reported.v1': (random) => ({
    revenueFen: fen(random),
    purchasesFen: fen(random),
    currency: 'CNY',
  }),
  'headcount.reported.v1': (random) => ({
    headcount: random.whole(5, 300),
    digitalStaff: random.whole(0, 5),
  }),
  'production.reported.v1': (random) => ({
    plannedSeconds: 600_000,
    actualSeconds: random.whole(100_000, 600_000),
    idealCycleMs: 900,
    producedUnits: random.whole(1_000, 2_000),
    goodUnits: random.whole(1, 999),
    labourSeconds: random.whole(1, 900_000),
  }),
};

/** One statement of a firm, of its platform or of its leader, about some month. */
export function statementOf(firm: Firm, serial: number, random: RandomStream): Statement {
  const period = random.pick(MONTHS);
  const closedMs = Date.parse(`${period}-01T00:00:00Z`) + 35 * DAY_MS;
  // Few distinct instants, so that many statements are of the same one.
  const timeMs = Math.min(closedMs + random.whole(0, 3) * DAY_MS, LAST_MS);
  if (random.chance(0.35)) return ofLeader(firm, serial, timeMs, random);
  const type = random.pick(Object.keys(REPORTS));
  const data = { firmUscc: firm.uscc, period, ...REPORTS[type]?.(random) };
  const isByPlatform = random.chance(0.25);
  return {
    topic: isByPlatform ? platformTopic(PLATFORM) : SUPPLIER_REPORTS,
    firm: firm.uscc,
    source: isByPlatform ? firm.tenant : firm.books,
    id: `${type.split('.')[0]}/${serial}`,
    type,
    timeMs,
    data: type === 'inventory.closed.v1' ? { ...data, holderUscc: firm.uscc } : data,
  };
}

function ofLeader({ uscc, leader }: Firm, serial: number, timeMs: number, random: RandomStream): Statement {
  const parties = { buyerUscc: leader.uscc, supplierUscc: uscc };
  const common = { topic: erpTopic(leader.uscc), firm: uscc, source: leader.source, timeMs };
  if (random.chance(0.5))
    return {
      ...common,
      id: `order/${serial}`,
      type: 'order.placed.v1',
      data: {
        ...parties,
        orderNumber: String(serial),
        placedOn: iso(timeMs).slice(0, 10),
        amountFen: fen(random),
        currency: 'CNY',
      },
    };
  const submittedMs = Math.max(FIRST_MS, timeMs - random.whole(1, 10) * 3_600_000);
  return {
    ...common,
    id: `approval/${serial}`,
    type: 'procurement.approval-decided.v1',
    data: {
      ...parties,
      requestNumber: String(serial),
      matter: 'order',
      submittedAt: iso(submittedMs),
      decidedAt: iso(timeMs),
      outcome: 'approved',
    },
  };
}
