import { issuerOf, leftOut, type SubsidyEntry, type SubsidyLedger, subsidyBalance } from '../ledgers.ts';
import {
  distinct,
  type FindingFact,
  factsOfSeveral,
  type Guard,
  grouped,
  type Suspicion,
  suspicion,
} from './guard.ts';

/** Guards over what was set aside, paid and claimed back. */

type Entries = readonly SubsidyEntry[];
const sumFen = (entries: Entries): number => entries.reduce((sum, { amountFen }) => sum + amountFen, 0);
const ofKind = (entries: Entries, kind: SubsidyEntry['kind']): Entries =>
  entries.filter((entry) => entry.kind === kind);

/** The entries with which a sum went beyond a limit, in the order in which they were stated. */
function beyond(entries: Entries, limitFen: number): FindingFact[] {
  let sum = 0;
  return entries.flatMap(({ amountFen, identity, timeMs }) => {
    sum += amountFen;
    return sum > limitFen ? [{ key: `${identity} beyond ${limitFen}`, timeMs }] : [];
  });
}

interface Overdrawn {
  readonly number: string;
  readonly allowedFen: number;
  readonly drawnFen: number;
  readonly facts: readonly FindingFact[];
}

/** Entries that name what they draw on, and together draw more than that: a number that is not in the ledger allows nothing. */
const overdrawn = (drawing: Entries, drawnOn: Entries): Overdrawn[] =>
  [...grouped(drawing, ({ against }) => against)].flatMap(([number, all]) => {
    const allowedFen = sumFen(drawnOn.filter((entry) => entry.number === number));
    const drawnFen = sumFen(all);
    return drawnFen <= allowedFen ? [] : [{ number, allowedFen, drawnFen, facts: beyond(all, allowedFen) }];
  });

/** More was paid than had been set aside: in all, or of one reservation. Where nothing is on record, the record may be what is missing. */
function unreserved(ledger: SubsidyLedger, counted: Entries): Suspicion[] {
  const { programme } = ledger;
  const balance = subsidyBalance(ledger);
  const paid = ofKind(counted, 'paid');
  const inAll = balance.netFen > balance.reservedFen ? beyond(paid, balance.reservedFen) : [];
  const single = overdrawn(paid, ofKind(counted, 'reserved'));
  if (inAll.length + single.length === 0) return [];
  const evidence = [
    { programme, ...balance },
    ...single.map(({ number, allowedFen, drawnFen }) => ({
      reservationNumber: number,
      reservedFen: allowedFen,
      paidFen: drawnFen,
    })),
  ];
  const severity = balance.reservedFen === 0 ? 'warning' : 'critical';
  const facts = [...inAll, ...single.flatMap((one) => one.facts)];
  return [suspicion('SUBSIDY_UNRESERVED', severity, ledger._id, [ledger.firm], evidence, facts)];
}

/** More was claimed back than had been paid: in all, or of one payment. */
function overclaimed(ledger: SubsidyLedger, counted: Entries): Suspicion[] {
  const { programme } = ledger;
  const balance = subsidyBalance(ledger);
  const claimed = ofKind(counted, 'clawed-back');
  const inAll = balance.clawedBackFen > balance.paidFen ? beyond(claimed, balance.paidFen) : [];
  const single = overdrawn(claimed, ofKind(counted, 'paid'));
  if (inAll.length + single.length === 0) return [];
  const evidence = [
    { programme, ...balance },
    ...single.map(({ number, allowedFen, drawnFen }) => ({
      paymentNumber: number,
      paidFen: allowedFen,
      clawedBackFen: drawnFen,
    })),
  ];
  const facts = [...inAll, ...single.flatMap((one) => one.facts)];
  return [suspicion('CLAWBACK_EXCEEDS', 'critical', ledger._id, [ledger.firm], evidence, facts)];
}

const shown = ({ kind, number, on, amountFen, currency, identity }: SubsidyEntry) => ({
  kind,
  number,
  on,
  amountFen,
  currency,
  event: identity,
});

/** One number stated more than once: what was stated last counts, the others are in no sum. */
function statedTwice(ledger: SubsidyLedger): Suspicion[] {
  const { entries, firm, _id } = ledger;
  const out = leftOut(entries);
  const again = entries.filter(({ identity }) => out.get(identity) === 'stated-again');
  if (again.length === 0) return [];
  const same = entries.filter((entry) =>
    again.some(
      (one) => one.kind === entry.kind && one.number === entry.number && issuerOf(one) === issuerOf(entry),
    ),
  );
  return [suspicion('SUBSIDY_STATED_TWICE', 'critical', _id, [firm], same.map(shown), severally(same))];
}

const severally = (entries: Entries): FindingFact[] =>
  factsOfSeveral(
    entries,
    ({ identity }) => identity,
    ({ timeMs }) => timeMs,
  );

function foreign(ledger: SubsidyLedger): Suspicion[] {
  const out = leftOut(ledger.entries);
  const entries = ledger.entries.filter(({ identity }) => out.get(identity) === 'not-cny');
  if (entries.length === 0) return [];
  const facts = entries.map(({ identity, timeMs }) => ({ key: identity, timeMs }));
  return [suspicion('SUBSIDY_CURRENCY', 'warning', ledger._id, [ledger.firm], entries.map(shown), facts)];
}

/** What does not add up within one firm's subsidies of one programme. */
export function suspicionsOfLedger(ledger: SubsidyLedger): Suspicion[] {
  const out = leftOut(ledger.entries);
  const counted = ledger.entries.filter(({ identity }) => !out.has(identity));
  return [
    ...unreserved(ledger, counted),
    ...overclaimed(ledger, counted),
    ...statedTwice(ledger),
    ...foreign(ledger),
  ];
}

export const subsidies: Guard = (world) => [...world.models.subsidies.values()].flatMap(suspicionsOfLedger);

/** One bureau's payment number for two firms or programmes: both are counted, until one of them is corrected. */
export const paymentReused: Guard = (world) => {
  const paid = [...world.models.subsidies.values()].flatMap(({ firm, programme, entries }) =>
    ofKind(entries, 'paid').map((entry) => ({ firm, programme, entry })),
  );
  const byNumber = grouped(paid, ({ entry }) => entry.number && `${issuerOf(entry)}/${entry.number}`);
  return [...byNumber].flatMap(([key, same]) => {
    if (distinct(same.map(({ firm, programme }) => `${programme}/${firm}`)).length < 2) return [];
    return [
      suspicion(
        'SUBSIDY_STATED_TWICE',
        'critical',
        key,
        distinct(same.map(({ firm }) => firm)).sort(),
        same.map(({ firm, programme, entry }) => ({ firm, programme, ...shown(entry) })),
        severally(same.map(({ entry }) => entry)),
      ),
    ];
  });
};
