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

/** Corrections that are kept of one event; further ones are refused. */
export const MAX_CORRECTIONS = 1_000;
/** A correction may be taken back, that taking back in turn, and so on: what goes deeper than this is not looked at. */
export const MAX_CORRECTION_LEVELS = 32;

/**
 * Identities that no longer stand. A correction can itself be taken back, by one stated later (then by identity): so
 * there is no circle, and the order of arrival does not matter.
 */
export function voidedIdentities(corrections: readonly Correction[]): ReadonlySet<string> {
  const latestFirst = [...corrections].sort((a, b) =>
    a.timeMs === b.timeMs ? (a._id < b._id ? 1 : -1) : b.timeMs - a.timeMs,
  );
  const voided = new Set<string>();
  // What could take a correction back was looked at before it: what stands so far is later.
  for (const { _id, target } of latestFirst) if (!voided.has(_id)) voided.add(target);
  return voided;
}
