import { periodsBetween } from '../../../../schemas/time.ts';
import type { FirmMonth, FirmYear } from '../firmYear.ts';
import { SLOT_FIELDS, type Slot, type SlotClass, type SlotKind, valuesText } from '../slots.ts';
import { type FindingFact, grouped, latest, type Suspicion, suspicion } from './guard.ts';

/** Guards over the months that firms report. */

interface Reported {
  readonly period: string;
  readonly month: FirmMonth;
}

/** A test over the months of one firm, in rising order: firms can be gone through without holding them all. */
type FirmGuard = (firm: string, months: readonly Reported[]) => Suspicion[];

interface StatedSlot extends Reported {
  readonly kind: SlotKind;
  readonly sourceClass: SlotClass;
  readonly slot: Slot;
}

const slotsOf = (reported: Reported): StatedSlot[] =>
  Object.entries(reported.month.slots ?? {}).flatMap(([kind, classes]) =>
    Object.entries(classes ?? {}).map(([sourceClass, slot]) => ({
      ...reported,
      kind: kind as SlotKind,
      sourceClass: sourceClass as SlotClass,
      slot,
    })),
  );

const named = (kind: SlotKind, values: string): Record<string, string> =>
  Object.fromEntries(
    values.split(',').map((value, index) => [SLOT_FIELDS[kind][index] ?? 'currency', value]),
  );

/** Two statements of one source class for one month that differ, and neither takes the other back. */
const closedTwice: FirmGuard = (firm, months) =>
  months.flatMap((reported) =>
    slotsOf(reported).flatMap(({ period, kind, sourceClass, slot }): Suspicion[] =>
      slot.o === undefined
        ? []
        : [
            suspicion(
              'CLOSED_TWICE',
              'warning',
              `${firm}/${period}/${kind}/${sourceClass}`,
              [firm],
              [
                { period, kind, sourceClass, stands: named(kind, valuesText(slot)) },
                ...slot.o.map((values) => ({ period, kind, sourceClass, superseded: named(kind, values) })),
              ],
              [valuesText(slot), ...slot.o].map((key) => ({ key, timeMs: slot.t })),
            ),
          ],
    ),
  );

/** A month that opens with another stock than the month before closed with, within one source class. */
const ledgerBroken: FirmGuard = (firm, months) => {
  const breaks: Record<string, unknown>[] = [];
  const facts: FindingFact[] = [];
  const last = new Map<string, StatedSlot>();
  for (const stated of months.flatMap(slotsOf)) {
    if (stated.kind !== 'inventory') continue;
    const before = last.get(stated.sourceClass);
    last.set(stated.sourceClass, stated);
    if (before === undefined || !isNextMonth(before.period, stated.period)) continue;
    const [closedFen, opensFen] = [before.slot.v[1], stated.slot.v[0]];
    if (closedFen === opensFen || before.slot.u !== stated.slot.u) continue;
    const { sourceClass, period } = stated;
    breaks.push({ period, sourceClass, closingBeforeFen: closedFen, openingFen: opensFen });
    facts.push({
      key: [sourceClass, period, closedFen, opensFen].join(' '),
      timeMs: Math.max(before.slot.t, stated.slot.t),
    });
  }
  return breaks.length === 0 ? [] : [suspicion('LEDGER_BROKEN', 'warning', firm, [firm], breaks, facts)];
};

const isNextMonth = (before: string, after: string): boolean => periodsBetween(before, after).length === 2;

/** Facts of months in rising order, each with the run of months without a gap that it is part of. */
function inRuns(facts: readonly (FindingFact & { readonly period: string })[]): FindingFact[] {
  let [start, last] = ['', ''];
  return facts.map(({ period, ...fact }) => {
    if (last !== period && (last === '' || !isNextMonth(last, period))) start = period;
    last = period;
    return { ...fact, run: `from ${start}` };
  });
}

/** What is stated month by month, by the name under which a gap is shown; of stock closes also whether they state what was sold. */
function seriesOf(stated: StatedSlot): string[] {
  const { kind, slot } = stated;
  if (kind === 'qualityManual' || kind === 'qualityAi') return ['quality'];
  return kind === 'inventory' && slot.v[2] !== null ? [kind, 'costOfGoodsSold'] : [kind];
}

/** Months between the first and the last of a series that nobody stated. */
const monthsMissing: FirmGuard = (firm, months) => {
  const series = new Map<string, StatedSlot[]>();
  for (const stated of months.flatMap(slotsOf))
    for (const name of seriesOf(stated)) series.set(name, [...(series.get(name) ?? []), stated]);
  const evidence: Record<string, unknown>[] = [];
  const facts: FindingFact[] = [];
  for (const [name, stated] of series) {
    const [first, last] = [stated[0], stated.at(-1)];
    if (first === undefined || last === undefined) continue;
    const known = new Set(stated.map(({ period }) => period));
    const missing = periodsBetween(first.period, last.period).filter((period) => !known.has(period));
    // A month without any close is said once.
    const own = name === 'costOfGoodsSold' ? missing.filter((gap) => isClosed(series, gap)) : missing;
    if (own.length === 0) continue;
    evidence.push(name === 'inventory' ? { missing: own } : { kind: name, missing: own });
    // A gap is known since the first statement behind it.
    for (const gap of own)
      facts.push({
        key: name === 'inventory' ? gap : `${name} ${gap}`,
        timeMs: (stated.find(({ period }) => period > gap) ?? last).slot.t,
      });
  }
  return evidence.length === 0 ? [] : [suspicion('MONTHS_MISSING', 'info', firm, [firm], evidence, facts)];
};

const isClosed = (series: ReadonlyMap<string, readonly StatedSlot[]>, gap: string): boolean =>
  (series.get('inventory') ?? []).some(({ period }) => period === gap);

/**
 * Books that go on in another currency than in the month stated before, within one kind and source class. Books that were
 * always kept in a foreign currency change nothing: their figures are null with CURRENCY.
 */
const currencyChanged: FirmGuard = (firm, months) => {
  const changes: Record<string, unknown>[] = [];
  const facts: FindingFact[] = [];
  const last = new Map<string, StatedSlot>();
  for (const stated of months.flatMap(slotsOf)) {
    const { period, kind, sourceClass, slot } = stated;
    const before = last.get(`${kind}/${sourceClass}`);
    last.set(`${kind}/${sourceClass}`, stated);
    if (before === undefined || before.slot.u === slot.u) continue;
    changes.push({
      period,
      kind,
      sourceClass,
      currencyBefore: before.slot.u ?? 'CNY',
      currency: slot.u ?? 'CNY',
    });
    facts.push({
      key: [kind, sourceClass, period, slot.u ?? 'CNY'].join(' '),
      timeMs: Math.max(before.slot.t, slot.t),
    });
  }
  return changes.length === 0 ? [] : [suspicion('CURRENCY_CHANGED', 'warning', firm, [firm], changes, facts)];
};

/** Stock in the owner's ledger that a holder reports as well, by owner and holder. */
const stockReportedTwice: FirmGuard = (firm, months) => {
  const both = months.flatMap(({ period, month }) => {
    const own = Object.values(month.slots?.inventory ?? {});
    if (own.length === 0) return [];
    return Object.entries(month.holdings ?? {})
      .filter(([key]) => key.startsWith('consignment/'))
      .map(([key, held]) => ({ period, key, held, own }));
  });
  return [...grouped(both, ({ key }) => key)].map(([key, all]) => {
    const holder = holderOf(key);
    return suspicion(
      'STOCK_REPORTED_TWICE',
      'warning',
      `${firm}/${holder}`,
      [firm, holder],
      all.map(({ period, held, own }) => ({
        period,
        heldClosingFen: held.v[1],
        ownClosingFen: own[0]?.v[1],
      })),
      inRuns(
        all.map(({ period, held, own }) => ({
          key: period,
          period,
          timeMs: Math.max(held.t, Math.min(...own.map(({ t }) => t))),
        })),
      ),
    );
  });
};

const holderOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Leaders that state different closing stocks of one firm for one month. */
const snapshotConflict: FirmGuard = (firm, months) => {
  const conflicts = months.flatMap(({ period, month }) => {
    const held = Object.entries(month.holdings ?? {}).filter(([key]) => key.startsWith('own/chain/'));
    const closings = new Set(held.map(([, slot]) => slot.v[1]));
    return closings.size < 2 ? [] : [{ period, held }];
  });
  if (conflicts.length === 0) return [];
  const holders = conflicts.flatMap(({ held }) => held.map(([key]) => holderOf(key)));
  return [
    suspicion(
      'SNAPSHOT_CONFLICT',
      'warning',
      firm,
      [firm, ...new Set(holders.sort())],
      conflicts.map(({ period, held }) => ({
        period,
        closingFen: Object.fromEntries(held.map(([key, slot]) => [holderOf(key), slot.v[1]])),
      })),
      inRuns(
        conflicts.map(({ period, held }) => ({
          key: `${period} ${held
            .map(([key, slot]) => `${holderOf(key)} ${slot.v[1]}`)
            .sort()
            .join(' ')}`,
          period,
          timeMs: latest(held.map(([, slot]) => slot.t)),
        })),
      ),
    ),
  ];
};

const FIRM_GUARDS: readonly FirmGuard[] = [
  stockReportedTwice,
  snapshotConflict,
  closedTwice,
  ledgerBroken,
  monthsMissing,
  currencyChanged,
];

/** Runs every guard over what one firm reported. */
export function suspicionsOfMonths(firm: string, years: readonly FirmYear[]): Suspicion[] {
  const months = years
    .flatMap(({ year, months: ofYear }) =>
      Object.entries(ofYear).map(([month, content]) => ({ period: `${year}-${month}`, month: content })),
    )
    .sort((a, b) => (a.period < b.period ? -1 : 1));
  return FIRM_GUARDS.flatMap((guard) => guard(firm, months));
}
