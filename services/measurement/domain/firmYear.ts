import { type Fact, xorHashes } from './facts.ts';
import {
  addToSlot,
  isHolding,
  isTie,
  SLOT_TYPES,
  type Slot,
  type SlotClass,
  type SlotKind,
  slotClassOf,
  slotKindOf,
} from './slots.ts';
import { workingSeconds } from './workingTime.ts';

/** Times between submission and decision: seconds → how many. A multiset, so the order of arrival does not matter. */
export interface Durations {
  readonly n: number;
  readonly x: string;
  readonly seconds: Readonly<Record<string, number>>;
  /** The same times in office hours of working days. */
  readonly working: Readonly<Record<string, number>>;
}

export interface FirmMonth {
  readonly slots?: Readonly<Partial<Record<SlotKind, Partial<Record<SlotClass, Slot>>>>>;
  /** `<stock kind>/<source class>/<holder>` → stock of this firm as another reports it; never added to the firm's own. */
  readonly holdings?: Readonly<Record<string, Slot>>;
  /** Decisions in buyers' procurement about this firm. */
  readonly approvals?: Durations;
}

/** All that was stated about one firm in one year; months are keyed '01' to '12'. */
export interface FirmYear {
  /** `<USCC>/<year>` */
  readonly _id: string;
  readonly firm: string;
  readonly year: number;
  readonly months: Readonly<Record<string, FirmMonth>>;
}

export const APPROVAL_TYPE = 'procurement.approval-decided.v1';
export const FIRM_YEAR_TYPES: readonly string[] = [...SLOT_TYPES, APPROVAL_TYPE];

/** `_id` of the document that a fact belongs to; null where it belongs to none. */
export function firmYearIdOf(fact: Fact): string | null {
  if (fact.firm === null) return null;
  const isOurs = fact.type === APPROVAL_TYPE || isHolding(fact) || slotKindOf(fact) !== null;
  return isOurs ? `${fact.firm}/${fact.period.slice(0, 4)}` : null;
}

export function addDuration(durations: Durations | undefined, fact: Fact): Durations {
  const submitted = Date.parse(String(fact.data.submittedAt));
  const decided = Date.parse(String(fact.data.decidedAt));
  const counted = (known: Readonly<Record<string, number>> | undefined, seconds: number) => ({
    ...known,
    [seconds]: (known?.[seconds] ?? 0) + 1,
  });
  return {
    n: (durations?.n ?? 0) + 1,
    x: durations ? xorHashes(durations.x, fact.hash) : fact.hash,
    seconds: counted(durations?.seconds, Math.round((decided - submitted) / 1000)),
    working: counted(durations?.working, workingSeconds(submitted, decided)),
  };
}

/** Whether a fact's place in its slot needs the events to decide (two statements of the same instant). */
export function needsEvents(document: FirmYear | null, fact: Fact): boolean {
  const month = document?.months[fact.period.slice(5)];
  if (isHolding(fact)) return isTie(month?.holdings?.[holdingKeyOf(fact)], fact);
  const kind = slotKindOf(fact);
  return kind !== null && isTie(month?.slots?.[kind]?.[slotClassOf(fact)], fact);
}

/** Adds one statement to its firm and year. Pure in the set of facts, ties apart (see `needsEvents`). */
export function addToFirmYear(document: FirmYear | null, fact: Fact): FirmYear {
  const year = fact.period.slice(0, 4);
  const firm = fact.firm ?? '';
  const base = document ?? { _id: `${firm}/${year}`, firm, year: Number(year), months: {} };
  const key = fact.period.slice(5);
  const month = base.months[key] ?? {};
  return { ...base, months: { ...base.months, [key]: addToMonth(month, fact) } };
}

const holdingKeyOf = ({ data, sourceClass }: Fact): string =>
  `${String(data.stockKind)}/${sourceClass}/${String(data.holderUscc)}`;

function addToMonth(month: FirmMonth, fact: Fact): FirmMonth {
  if (isHolding(fact)) {
    const key = holdingKeyOf(fact);
    const held = addToSlot(month.holdings?.[key], 'inventory', fact);
    return { ...month, holdings: { ...month.holdings, [key]: held } };
  }
  const kind = slotKindOf(fact);
  if (kind === null) return { ...month, approvals: addDuration(month.approvals, fact) };
  const slotClass = slotClassOf(fact);
  const slots = month.slots?.[kind];
  return {
    ...month,
    slots: { ...month.slots, [kind]: { ...slots, [slotClass]: addToSlot(slots?.[slotClass], kind, fact) } },
  };
}
