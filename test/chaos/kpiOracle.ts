import { takenBack } from './oracle.ts';
import type { SentEvent } from './topicRecord.ts';

/** What one class of sources says about one firm, month and kind: the statement that stands, and how many there are. */
export interface ExpectedSlot {
  readonly t: number;
  readonly n: number;
  readonly v: readonly (number | null)[];
}

export interface ExpectedMonth {
  /** `<kind>/<source class>` → what stands */
  readonly slots: Map<string, ExpectedSlot>;
  /** Seconds from submission to decision → how many. */
  readonly approvals: Map<string, number>;
}

const FIELDS: Readonly<Record<string, readonly [kind: string, ...fields: string[]]>> = {
  'inventory.closed.v1': ['inventory', 'openingStockFen', 'closingStockFen', 'costOfGoodsSoldFen'],
  'energy.reported.v1': ['energy', 'energyWh'],
  'revenue.reported.v1': ['revenue', 'revenueFen', 'purchasesFen'],
  'headcount.reported.v1': ['headcount', 'headcount', 'digitalStaff'],
  'production.reported.v1': [
    'production',
    'plannedSeconds',
    'actualSeconds',
    'idealCycleMs',
    'producedUnits',
    'goodUnits',
    'labourSeconds',
  ],
};
const SHANGHAI_MS = 8 * 3_600_000;

/** `<USCC>/<month>` → what its document must hold, from the accepted events that no correction takes back. */
export function expectedMonths(accepted: readonly SentEvent[]): Map<string, ExpectedMonth> {
  const gone = takenBack(accepted);
  const months = new Map<string, ExpectedMonth>();
  const monthOf = (firm: string, period: string): ExpectedMonth => {
    const key = `${firm}/${period}`;
    const month = months.get(key) ?? { slots: new Map(), approvals: new Map() };
    months.set(key, month);
    return month;
  };
  // In the order in which statements stand, so that the last one stays.
  const standing = accepted
    .filter((event) => !gone.has(event.identity))
    .sort((a, b) => a.timeMs - b.timeMs || (a.identity < b.identity ? -1 : 1));
  for (const { type, source, timeMs, data } of standing) {
    if (type === 'procurement.approval-decided.v1') {
      const period = new Date(timeMs + SHANGHAI_MS).toISOString().slice(0, 7);
      const { approvals } = monthOf(String(data.supplierUscc), period);
      const waitedMs = Date.parse(String(data.decidedAt)) - Date.parse(String(data.submittedAt));
      const seconds = String(Math.round(waitedMs / 1_000));
      approvals.set(seconds, (approvals.get(seconds) ?? 0) + 1);
      continue;
    }
    const [kind, ...fields] = FIELDS[type] ?? [];
    if (kind === undefined) continue;
    const { slots } = monthOf(String(data.firmUscc), String(data.period));
    const key = `${kind}/${source.split('/')[1]}`;
    slots.set(key, {
      t: timeMs,
      n: (slots.get(key)?.n ?? 0) + 1,
      v: fields.map((field) => (typeof data[field] === 'number' ? (data[field] as number) : null)),
    });
  }
  return months;
}
