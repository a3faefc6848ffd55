/** A declared correction: its target stands no longer. With `replace` another event stands in its place, by itself. */
export interface Correction {
  /** Identity of the correcting event. */
  readonly _id: string;
  /** Identity of the event that is taken back. */
  readonly target: string;
  /** Business time, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Identity of what an accepted `correction.declared` takes back: an event of the same source. */
export const correctedIdentity = (identity: string, data: Readonly<Record<string, unknown>>): string =>
  `${identity.slice(0, identity.indexOf(' '))} ${String(data.correctedId)}`;

/**
 * Identities that no longer stand. A correction can itself be taken back, by one stated later (then by identity): so
 * there is no circle, and the order of arrival does not matter.
 */
export function voidedIdentities(corrections: readonly Correction[]): ReadonlySet<string> {
  const byTarget = new Map<string, Correction[]>();
  for (const correction of corrections)
    byTarget.set(correction.target, [...(byTarget.get(correction.target) ?? []), correction]);
  const stands = (correction: Correction): boolean =>
    !(byTarget.get(correction._id) ?? []).some(
      (later) =>
        (later.timeMs > correction.timeMs ||
          (later.timeMs === correction.timeMs && later._id > correction._id)) &&
        stands(later),
    );
  return new Set([...byTarget].filter(([, list]) => list.some(stands)).map(([target]) => target));
}
