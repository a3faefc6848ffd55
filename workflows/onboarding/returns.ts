import { isCorrection } from './corrections.ts';
import type { Fact } from './facts.ts';

/**
 * From when on a step counts as given back. `at-once`, as soon as that is known, is how runs that earlier code began read it: then what the
 * system does before that time depends on whether it has heard of it.
 */
export type ReturnRule = 'from-their-time' | 'at-once';

export const isReturn = ({ type }: Fact): boolean => type === 'onboarding.step-returned.v1';

/** Leaves out the returns of a time after `horizon`; null: none. */
export const returnedBy = (
  facts: readonly Fact[],
  horizon: string | null,
  rule: ReturnRule,
): readonly Fact[] =>
  rule === 'at-once' || horizon === null
    ? facts
    : facts.filter((fact) => !isReturn(fact) || fact.time <= horizon);

/** The times from which on facts count otherwise: at which they were taken back, or a step was given back. Each once, in order. */
export const momentsOf = (facts: Iterable<Fact>, rule: ReturnRule): string[] => {
  const isMoment = (fact: Fact): boolean =>
    isCorrection(fact) || (rule === 'from-their-time' && isReturn(fact));
  return [...new Set([...facts].filter(isMoment).map(({ time }) => time))].sort();
};
