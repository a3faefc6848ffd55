import { isCorrection } from './corrections.ts';
import type { Fact } from './facts.ts';
import type { Reading } from './reading.ts';

export const isReturn = ({ type }: Fact): boolean => type === 'onboarding.step-returned.v1';

/** Leaves out the returns of a time after `horizon`; null: none. */
export const returnedBy = (
  facts: readonly Fact[],
  horizon: string | null,
  { returns }: Reading,
): readonly Fact[] =>
  returns === 'at-once' || horizon === null
    ? facts
    : facts.filter((fact) => !isReturn(fact) || fact.time <= horizon);

/** The times from which on facts count otherwise: at which they were taken back, or a step was given back. Each once, in order. */
export const momentsOf = (facts: Iterable<Fact>, { returns }: Reading): string[] => {
  const isMoment = (fact: Fact): boolean =>
    isCorrection(fact) || (returns === 'from-their-time' && isReturn(fact));
  return [...new Set([...facts].filter(isMoment).map(({ time }) => time))].sort();
};
