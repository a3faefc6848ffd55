import { type Correction, voidedIdentities } from '../../schemas/corrections.ts';
import type { Fact } from './facts.ts';

export const isCorrection = (fact: Fact): boolean => fact.data.corrects !== undefined;

/** What corrections make of the facts. */
export interface Corrected {
  /** The facts that stand, without the corrections themselves. */
  readonly standing: readonly Fact[];
  /** Identities of the facts that were taken back. */
  readonly takenBack: ReadonlySet<string>;
  /** Business time of the last correction in force; null where there is none. */
  readonly correctedAt: string | null;
}

/**
 * Takes out what was taken back by a correction of a time up to `horizon`.
 * @param facts in business order
 * @param horizon null: however late
 */
export function correctedBy(facts: readonly Fact[], horizon: string | null): Corrected {
  const all = facts.filter(isCorrection);
  if (all.length === 0) return { standing: facts, takenBack: new Set(), correctedAt: null };
  const inForce = all.filter((fact) => horizon === null || fact.time <= horizon);
  const takenBack = voidedIdentities(inForce.map(asCorrection));
  return {
    standing: facts.filter((fact) => !isCorrection(fact) && !takenBack.has(fact.id)),
    takenBack,
    correctedAt: inForce.at(-1)?.time ?? null,
  };
}

const asCorrection = ({ id, time, data }: Fact): Correction => ({
  _id: id,
  target: data.corrects ?? '',
  timeMs: Date.parse(time),
});
