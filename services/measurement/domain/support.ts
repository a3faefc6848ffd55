import type { Stated } from './enrolment.ts';
import { compareFacts, type Fact } from './facts.ts';
import { addToFirmYear, type FirmYear, firmYearIdOf } from './firmYear.ts';
import type { Windows } from './gains.ts';
import type { Kpi } from './kpi.ts';
import { bestSlot, type SlotKind, slotKindOf } from './slots.ts';

/** Which events stand behind a figure. */
export type Support = TypesBehind | MonthsBehind | EventsBehind;

/** Events of some types; what is not given does not narrow. */
export interface TypesBehind {
  readonly types: readonly string[];
  readonly firms?: readonly string[];
  readonly programme?: string;
  readonly regions?: readonly string[];
  readonly periods?: readonly string[];
  /** Business time up to which they count, where that is earlier than the question's. */
  readonly asOf?: Date;
}

/** What was reported of months of one firm, as far as figures take it. */
export interface MonthsBehind {
  readonly kinds: readonly SlotKind[];
  readonly firm: string;
  readonly periods: readonly string[];
  /** The event that froze the months, where they count as they were known then. */
  readonly frozen?: Stated | undefined;
}

/** Single events that are known by name. */
export interface EventsBehind {
  readonly identities: readonly string[];
}

export const monthsBehind = (
  { kinds }: Pick<Kpi, 'kinds'>,
  firm: string,
  periods: readonly string[],
  frozen?: Stated,
): MonthsBehind => ({ kinds, firm, periods, frozen });

/** Both sides of a change: the months before as they were frozen, those after as they are known. */
export const changeBehind = (
  kpi: Kpi,
  firm: string,
  { before, after }: Windows,
  frozen: Stated | undefined,
): MonthsBehind[] => [monthsBehind(kpi, firm, before, frozen), monthsBehind(kpi, firm, after)];

/**
 * Of statements about months those that figures rest on: for each firm, month and kind of report all of the source class that is taken,
 * so that their count and set hash are the figures' own.
 * @param facts all that had been stated by one moment about the months they are about
 */
export function statementsTaken(facts: readonly Fact[], kinds: readonly SlotKind[]): Fact[] {
  const years = new Map<string, FirmYear>();
  for (const fact of [...facts].sort(compareFacts)) {
    const id = firmYearIdOf(fact);
    if (id !== null) years.set(id, addToFirmYear(years.get(id) ?? null, fact));
  }
  return facts.filter((fact) => {
    const kind = slotKindOf(fact);
    if (kind === null || !kinds.includes(kind)) return false;
    const month = years.get(firmYearIdOf(fact) ?? '')?.months[fact.period.slice(5)];
    return bestSlot(month?.slots?.[kind])?.sourceClass === fact.sourceClass;
  });
}
