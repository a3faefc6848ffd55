import type { Fact } from './facts.ts';

/** A declared correction: its target stands no longer. With `replace` another event stands in its place, by itself. */
export interface Correction {
  /** Identity of the correcting event. */
  readonly _id: string;
  /** Identity of the event that is taken back. */
  readonly target: string;
  readonly timeMs: number;
  readonly action: string;
}

export function correctionOf(fact: Fact): Correction {
  const source = fact.identity.slice(0, fact.identity.indexOf(' '));
  return {
    _id: fact.identity,
    target: `${source} ${String(fact.data.correctedId)}`,
    timeMs: fact.timeMs,
    action: String(fact.data.action),
  };
}

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
