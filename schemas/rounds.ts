/** What reopenings make of the closings of an onboarding: one rule for the workflow and for figures. */
export interface Endings<Closing> {
  /** The earliest that no reopening names; undefined while the onboarding is open. */
  readonly inForce: Closing | undefined;
  /** Those that were undone, in the order of their reopenings; twice where two people reopened the same. */
  readonly undone: readonly Closing[];
}

/**
 * A closing stands until a reopening names it.
 * @param closings identity → closing, in business order
 * @param named what each reopening names, in business order; a name that no closing bears counts for nothing
 */
export function endingsOf<Closing>(
  closings: ReadonlyMap<string, Closing>,
  named: readonly string[],
): Endings<Closing> {
  const reopened = new Set(named);
  const inForce = [...closings].find(([identity]) => !reopened.has(identity))?.[1];
  return { inForce, undone: named.flatMap((identity) => closings.get(identity) ?? []) };
}
