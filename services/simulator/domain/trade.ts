import { addMonths, periodsBetween } from '../../../schemas/time.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import type { MonthBooks } from './books.ts';
import {
  addDays,
  CLOSING_DATE,
  dateOfMs,
  FIRST_PERIOD,
  instantOf,
  isoOf,
  LAST_PERIOD,
  monthStart,
  monthsFrom,
} from './calendar.ts';
import type { Firm, Leader, Population } from './firms.ts';
import type { Fact } from './outbox.ts';
import { randomStream } from './random.ts';
import { ownFact } from './reports.ts';

const CNY = { currency: 'CNY' } as const;
const RELATION_FROM = '2022-01-01';
/** Share of a tier-1 supplier's monthly revenue that one order of its leader is worth. */
const ORDER_SHARE = 0.4;
const APPROVALS_BY_LEADER = 3;
/** Every so many firms, the relation is declared weeks after the first orders under it. */
const LATE_RELATION_EVERY = 23;
const CONSIGNMENT_EVERY = 25;

const isLateRelation = (firm: Firm): boolean => firm.index % LATE_RELATION_EVERY === 7;
/** Whether what is stated about a firm in a month may have to wait for its relation. */
export const mayBeParked = (firm: Firm, period: string): boolean =>
  isLateRelation(firm) && period <= addMonths(FIRST_PERIOD, 1);
const hasConsignment = (firm: Firm): boolean => firm.tier === 1 && firm.index % CONSIGNMENT_EVERY === 3;

/** A fact from a leader's ERP. */
export function leaderFact(
  leader: Leader,
  key: string,
  fact: Pick<Fact, 'id' | 'type' | 'timeMs' | 'data'> & { delivery?: Fact['delivery'] },
): Fact {
  return {
    topic: erpTopic(leader.uscc),
    key,
    source: leader.source,
    mode: leader.mode,
    delivery: 'steady',
    ...fact,
  };
}

/** Declares that a leader buys from a firm: tier 1 at the beginning, tier 2 shortly before its nomination. */
function leaderRelation(leader: Leader, firm: Firm, timeMs: number): Fact {
  return leaderFact(leader, firm.uscc, {
    id: `REL-${firm.uscc}`,
    type: 'relation.declared.v1',
    timeMs,
    data: {
      buyerUscc: leader.uscc,
      supplierUscc: firm.uscc,
      validFrom: RELATION_FROM,
      supplierName: firm.name,
    },
    delivery:
      firm.tier === 1 && isLateRelation(firm)
        ? { arrivesAtMs: addDays(monthStart(addMonths(FIRST_PERIOD, 1)), 2.3) }
        : 'none',
  });
}

/** When the leader declares its relation with a firm; null for tier-2 firms that it never nominates. */
function relationAt(firm: Firm): number | null {
  if (firm.tier === 1) return instantOf(`${FIRST_PERIOD}-01`, 9) + firm.index * 1000;
  return firm.nominatedAt === null ? null : addDays(firm.nominatedAt, -3);
}

/** Relations that are declared in a month. */
export function relations(population: Population, period: string): Fact[] {
  const [start, end] = [monthStart(period), monthStart(addMonths(period, 1))];
  const isNow = (at: number | null): at is number => at !== null && at >= start && at < end;
  return population.firms.flatMap((firm) => {
    const at = relationAt(firm);
    const facts = isNow(at) ? [leaderRelation(population.leaders[firm.leader], firm, at)] : [];
    if (period !== FIRST_PERIOD) return facts;
    const declared = firm.buyers.map((buyer) => ({
      ...ownFact(buyer, {
        id: `REL-${firm.uscc}`,
        type: 'relation.declared.v1' as const,
        timeMs: start + 10 * 3_600_000 + firm.index * 1000,
        data: {
          buyerUscc: buyer.uscc,
          supplierUscc: firm.uscc,
          validFrom: RELATION_FROM,
          supplierName: firm.name,
        },
        delivery: 'none',
      }),
      key: firm.uscc,
    }));
    return [...facts, ...declared];
  });
}

/** What a firm's buyers state about it in a month. */
export function tradeFacts(seed: number, population: Population, firm: Firm, books: MonthBooks): Fact[] {
  return firm.tier === 1
    ? leaderTrade(seed, population.leaders[firm.leader], firm, books)
    : supplierTrade(seed, firm, books);
}

/** Orders, receipts, invoices and payments every quarter, incoming inspection twice a year. */
function leaderTrade(seed: number, leader: Leader, firm: Firm, books: MonthBooks): Fact[] {
  const { period } = books;
  const random = randomStream(seed, `trade/${firm.index}/${period}`);
  const start = monthStart(period);
  const turn = monthsFrom(FIRST_PERIOD, period) + firm.index;
  const parties = { buyerUscc: leader.uscc, supplierUscc: firm.uscc };
  const number = `${period.replace('-', '')}-${String(firm.index + 1).padStart(4, '0')}`;
  const amountFen = Math.round(books.revenue.revenueFen * ORDER_SHARE * random.between(0.9, 1.1));
  const quantityUnits = Math.max(1, Math.round(books.production.goodUnits * ORDER_SHARE));
  const say = (
    id: string,
    type: Fact['type'],
    day: number,
    data: (on: string) => Record<string, unknown>,
  ): Fact => {
    const timeMs = addDays(start, day);
    return leaderFact(leader, firm.uscc, {
      id,
      type,
      timeMs,
      data: { ...parties, ...data(dateOfMs(timeMs)) },
    });
  };
  const facts: Fact[] = [];
  const orderNumber = `PO-${number}`;
  if (turn % 3 === 0) {
    const orderDay = random.between(3, 12);
    facts.push(
      say(orderNumber, 'order.placed.v1', orderDay, (placedOn) => ({
        orderNumber,
        placedOn,
        amountFen,
        ...CNY,
        lines: [
          { lineNumber: 10, material: `M${firm.industry}-${firm.index % 97}`, quantityUnits, amountFen },
        ],
      })),
      say(`GR-${number}`, 'goods.received.v1', orderDay + random.between(5, 14), (receivedOn) => ({
        receiptNumber: `GR-${number}`,
        orderNumber,
        receivedOn,
        quantityUnits,
        amountFen,
        ...CNY,
      })),
    );
  }
  if (turn % 3 === 0) {
    const invoiceNumber = `IV-${number}`;
    facts.push(
      say(invoiceNumber, 'invoice.received.v1', random.between(5, 20), (invoicedOn) => ({
        invoiceNumber,
        invoicedOn,
        amountFen: amountFen * 2,
        taxFen: Math.round(amountFen * 0.26),
        ...CNY,
      })),
    );
  }
  if (turn % 3 === 1)
    facts.push(
      say(`PY-${number}`, 'payment.made.v1', random.between(4, 25), (paidOn) => ({
        paymentNumber: `PY-${number}`,
        paidOn,
        amountFen: amountFen * 2,
        ...CNY,
      })),
    );
  if (turn % 6 === 2)
    facts.push(
      say(`IQ-${number}`, 'quality.incoming-reported.v1', random.between(24, 27), () => ({
        period,
        inspectedUnits: quantityUnits,
        rejectedUnits: Math.min(quantityUnits, Math.round(books.quality.escapedUnits * ORDER_SHARE)),
      })),
    );
  return facts;
}

/** Tier-1 firms order from tier 2 every quarter. */
function supplierTrade(seed: number, firm: Firm, books: MonthBooks): Fact[] {
  const { period } = books;
  if ((monthsFrom(FIRST_PERIOD, period) + firm.index) % 3 !== 0) return [];
  const random = randomStream(seed, `trade/${firm.index}/${period}`);
  return firm.buyers.map((buyer) => {
    const timeMs = addDays(monthStart(period), random.between(3, 24));
    const orderNumber = `PO-${period}-${String(firm.index + 1).padStart(4, '0')}`;
    return {
      ...ownFact(buyer, {
        id: orderNumber,
        type: 'order.placed.v1',
        timeMs,
        data: {
          buyerUscc: buyer.uscc,
          supplierUscc: firm.uscc,
          orderNumber,
          placedOn: dateOfMs(timeMs),
          amountFen: Math.round((books.revenue.revenueFen * random.between(0.4, 0.6)) / firm.buyers.length),
          ...CNY,
        },
      }),
      key: firm.uscc,
    };
  });
}

/** Decisions in the leaders' own procurement in a month. */
export function procurementApprovals(
  seed: number,
  population: Population,
  multiplier: number,
  period: string,
): Fact[] {
  return Object.values(population.leaders).flatMap((leader) => {
    const random = randomStream(seed, `approvals/${leader.id}/${period}`);
    const suppliers = population.firms.filter(
      (firm) => firm.leader === leader.id && firm.tier === 1 && !isLateRelation(firm),
    );
    if (suppliers.length === 0) return [];
    return Array.from({ length: Math.round(APPROVALS_BY_LEADER * multiplier) }, (_, index) => {
      const firm = random.pick(suppliers);
      const submittedMs = addDays(monthStart(period), random.between(2, 14));
      const decidedMs = addDays(submittedMs, 3.2 * Math.exp(0.4 * random.normal()));
      const requestNumber = `RQ-${period}-${index + 1}`;
      return leaderFact(leader, firm.uscc, {
        id: requestNumber,
        type: 'procurement.approval-decided.v1',
        timeMs: decidedMs,
        data: {
          buyerUscc: leader.uscc,
          supplierUscc: firm.uscc,
          requestNumber,
          matter: random.pick(['order', 'invoice', 'contract'] as const),
          submittedAt: isoOf(submittedMs),
          decidedAt: isoOf(decidedMs),
          outcome: random.chance(0.93) ? 'approved' : 'declined',
        },
      });
    });
  });
}

/** A leader's stock ledgers: its own, and what it holds for some suppliers on consignment. */
export function drawLeaderStocks(seed: number, population: Population): (period: string) => Fact[] {
  const byPeriod = new Map<string, Fact[]>();
  const add = (leader: Leader, owner: string, baseFen: number, cogsFen: number | null): void => {
    const random = randomStream(seed, `leader-stock/${leader.id}/${owner}`);
    let openingStockFen = Math.round(baseFen * random.between(0.95, 1.05));
    for (const period of periodsBetween(FIRST_PERIOD, LAST_PERIOD)) {
      const closingStockFen = Math.round(baseFen * random.between(0.95, 1.05));
      const isOwn = owner === leader.uscc;
      const facts = byPeriod.get(period) ?? [];
      byPeriod.set(period, facts);
      facts.push(
        leaderFact(leader, owner, {
          id: `${isOwn ? 'STK' : `CON-${owner}`}-${period}`,
          type: 'inventory.closed.v1',
          timeMs: addDays(monthStart(addMonths(period, 1)), random.between(2, 6)),
          data: {
            firmUscc: owner,
            holderUscc: leader.uscc,
            stockKind: isOwn ? 'own' : 'consignment',
            period,
            openingStockFen,
            closingStockFen,
            costOfGoodsSoldFen: cogsFen === null ? null : Math.round(cogsFen * random.between(0.96, 1.04)),
            ...CNY,
          },
        }),
      );
      openingStockFen = closingStockFen;
    }
  };
  for (const leader of Object.values(population.leaders)) add(leader, leader.uscc, 9e10, 4.5e10);
  for (const firm of population.firms)
    if (hasConsignment(firm) && !isLateRelation(firm))
      add(population.leaders[firm.leader], firm.uscc, 1.1e8, null);
  return (period) => byPeriod.get(period) ?? [];
}

/** A leader's last receipts, which carry business time past the end of the scenario. */
export function closingReceipts(population: Population): Fact[] {
  const timeMs = instantOf(CLOSING_DATE);
  return population.firms
    .filter((firm) => firm.tier === 1)
    .map((firm) => {
      const leader = population.leaders[firm.leader];
      const receiptNumber = `GR-END-${String(firm.index + 1).padStart(4, '0')}`;
      return leaderFact(leader, firm.uscc, {
        id: receiptNumber,
        type: 'goods.received.v1',
        timeMs,
        data: {
          buyerUscc: leader.uscc,
          supplierUscc: firm.uscc,
          receiptNumber,
          receivedOn: CLOSING_DATE,
          quantityUnits: 100,
          amountFen: 500_000,
          ...CNY,
        },
        delivery: 'none',
      });
    });
}
