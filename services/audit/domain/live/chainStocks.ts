import type { DisplacementRow, StockRow } from '../../../../schemas/api/auditRun.ts';
import type { AuditFacts, AuditFirm, AuditStock } from '../../../../schemas/auditFacts.ts';
import { addMonths, periodsBetween } from '../../../../schemas/time.ts';
import type { AuditGap } from '../../../../schemas/wording.ts';
import { displacementOf, type StockChange } from '../displacement.ts';
import { placesOf } from './network.ts';

const WINDOW_MONTHS = 12;
const MONTHS_A_YEAR = 12;

interface Window {
  readonly first: string;
  readonly last: string;
  readonly periods: readonly string[];
}

/** Stock and cost of goods sold over a window, summed over firms. */
interface Held {
  readonly stockFen: number;
  readonly yearlyCostFen: number | null;
}

const NOTHING: StockRow = {
  stockBeforeFen: null,
  stockAfterFen: null,
  stockChange: null,
  turnsBefore: null,
  turnsAfter: null,
  turnsChange: null,
};

/**
 * Stock and turns of each leader, its suppliers and both together: the twelve months before the first contract in the chain
 * against the latest twelve (the same months of the year). A leader's gain that reappears on its suppliers' books is none
 * for the chain.
 */
export function displacementRows(facts: AuditFacts, only: string | null): DisplacementRow[] {
  const places = placesOf(facts);
  const lastPeriod = lastStockPeriod(facts);
  return facts.firms
    .filter((firm) => firm.isLeader && (only === null || firm.uscc === only))
    .map((leader) => {
      const suppliers = facts.firms.filter((firm) => places.get(firm.uscc)?.chains.includes(leader.uscc));
      return rowOf(leader, suppliers, lastPeriod);
    });
}

function rowOf(leader: AuditFirm, suppliers: readonly AuditFirm[], lastPeriod: string): DisplacementRow {
  const none = (reason: AuditGap | null): DisplacementRow => ({
    leaderUscc: leader.uscc,
    name: leader.name,
    suppliers: 0,
    before: null,
    after: null,
    leader: NOTHING,
    supplierStock: NOTHING,
    chain: NOTHING,
    displaced: null,
    reason,
  });
  const contracts = suppliers.flatMap((firm) =>
    firm.enrolments.flatMap(({ contractMonth }) => contractMonth ?? []),
  );
  const [first] = contracts.sort();
  if (first === undefined) return none('no supplier of this chain signed a contract');
  const before = windowOf(addMonths(first, -WINDOW_MONTHS));
  const after = windowOf(addMonths(lastPeriod, 1 - WINDOW_MONTHS));
  if (after.first <= first) return none('fewer than twelve months since the first contract in this chain');
  const own = { before: heldBy([leader], before), after: heldBy([leader], after) };
  const complete = suppliers.filter(
    (firm) => heldBy([firm], before) !== null && heldBy([firm], after) !== null,
  );
  const others = { before: heldBy(complete, before), after: heldBy(complete, after) };
  if (complete.length === 0 || others.before === null || others.after === null)
    return none('no supplier of this chain has closed its stock in every month of both windows');
  const supplierStock = stockRowOf(others.before, others.after);
  const spans = { before: spanOf(before), after: spanOf(after), suppliers: complete.length };
  if (own.before === null || own.after === null)
    return {
      ...none('the leader has not closed its stock in every month of both windows'),
      ...spans,
      supplierStock,
    };
  const change = (a: Held, b: Held): StockChange => ({ before: a.stockFen, after: b.stockFen });
  const { displaced } = displacementOf(change(own.before, own.after), change(others.before, others.after));
  return {
    ...none(null),
    ...spans,
    leader: stockRowOf(own.before, own.after),
    supplierStock,
    chain: stockRowOf(sum(own.before, others.before), sum(own.after, others.after)),
    displaced,
    reason: null,
  };
}

const spanOf = ({ first, last }: Window) => ({ first, last });

function windowOf(first: string): Window {
  const last = addMonths(first, WINDOW_MONTHS - 1);
  return { first, last, periods: periodsBetween(first, last) };
}

/** The last month that more than half of the firms with any stock have closed. */
function lastStockPeriod(facts: AuditFacts): string {
  const counts = new Map<string, number>();
  for (const { stocks } of facts.firms)
    for (const { period } of stocks) counts.set(period, (counts.get(period) ?? 0) + 1);
  const usual = Math.max(0, ...counts.values());
  const known = [...counts].filter(([period, count]) => period <= facts.lastPeriod && count > usual / 2);
  return (
    known
      .map(([period]) => period)
      .sort()
      .at(-1) ?? facts.lastPeriod
  );
}

/** Sum over firms of the mean stock; null where some firm lacks some month. Costs are null where one is not stated. */
function heldBy(firms: readonly AuditFirm[], { periods }: Window): Held | null {
  let stockFen = 0;
  let yearlyCostFen: number | null = 0;
  for (const { stocks } of firms) {
    const byPeriod = new Map(stocks.map((stock): [string, AuditStock] => [stock.period, stock]));
    for (const period of periods) {
      const month = byPeriod.get(period);
      if (month === undefined) return null;
      stockFen += (month.openingFen + month.closingFen) / 2;
      yearlyCostFen = month.costFen === null || yearlyCostFen === null ? null : yearlyCostFen + month.costFen;
    }
  }
  return {
    stockFen: stockFen / periods.length,
    yearlyCostFen: yearlyCostFen === null ? null : (yearlyCostFen * MONTHS_A_YEAR) / periods.length,
  };
}

const sum = (a: Held, b: Held): Held => ({
  stockFen: a.stockFen + b.stockFen,
  yearlyCostFen:
    a.yearlyCostFen === null || b.yearlyCostFen === null ? null : a.yearlyCostFen + b.yearlyCostFen,
});

function stockRowOf(before: Held, after: Held): StockRow {
  const turns = ({ stockFen, yearlyCostFen }: Held) =>
    yearlyCostFen === null || stockFen === 0 ? null : yearlyCostFen / stockFen;
  const [was, is] = [turns(before), turns(after)];
  return {
    stockBeforeFen: Math.round(before.stockFen),
    stockAfterFen: Math.round(after.stockFen),
    stockChange: before.stockFen > 0 ? after.stockFen / before.stockFen - 1 : null,
    turnsBefore: was,
    turnsAfter: is,
    turnsChange: was === null || is === null || was === 0 ? null : is / was - 1,
  };
}
