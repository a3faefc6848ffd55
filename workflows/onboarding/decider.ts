import { type Ending, endingOf } from './endings.ts';
import { type Fact, inOrder, isOutcome } from './facts.ts';
import { type ProgrammeDefinition, programmeOf } from './programme.ts';
import { type Steps, standingOf } from './steps.ts';

interface Common {
  readonly programme: ProgrammeDefinition;
  /** Every fact known, in business order. */
  readonly facts: readonly Fact[];
  /** Where each step stands, by the facts that count: those not after the ending. */
  readonly steps: Steps;
}

/** An onboarding, as the facts tell it. */
export type OnboardingState =
  | (Common & {
      readonly status: 'ACTIVE';
      /** What will end it, as far as is known; it is closed once time has passed that moment. */
      readonly ending: Ending | null;
    })
  | (Common & {
      readonly status: 'CLOSED';
      readonly ending: Ending;
      /** Facts that the closing did not know or that came after it in time; they change nothing. */
      readonly late: readonly Fact[];
    });

/**
 * Reads the state out of the set of facts; the order and number of arrivals make no difference.
 * @param fallbackVersion version of the programme until an event names one
 */
export function fold(known: Iterable<Fact>, fallbackVersion: string): OnboardingState {
  const facts = inOrder(known);
  const named = facts.find((fact) => fact.type === 'onboarding.registered.v1')?.data.programmeVersion;
  const programme = programmeOf(named ?? fallbackVersion);
  const closing = facts.find((fact) => fact.type === 'onboarding.closed.v1');
  if (closing !== undefined) return closedBy(closing, facts, programme);

  const ending = endingOf(facts, standingOf(facts, programme), programme);
  return {
    status: 'ACTIVE',
    programme,
    facts,
    ending,
    steps: standingOf(ending === null ? facts : upTo(facts, ending.at), programme),
  };
}

function closedBy(closing: Fact, facts: readonly Fact[], programme: ProgrammeDefinition): OnboardingState {
  const basis = new Set(closing.data.basis);
  const counts = (fact: Fact): boolean => basis.has(fact.id) || isOutcome(fact);
  return {
    status: 'CLOSED',
    programme,
    facts,
    steps: standingOf(facts.filter(counts), programme),
    ending: {
      at: closing.time,
      status: closing.data.status ?? 'FAILED',
      failureReason: closing.data.failure ?? null,
      decidedBy: closing.id,
      comment: closing.data.comment ?? null,
    },
    late: facts.filter((fact) => !counts(fact)),
  };
}

const upTo = (facts: readonly Fact[], instant: string): Fact[] =>
  facts.filter((fact) => fact.time <= instant);

/** Identities of the facts on which a closing rests: all that the workflow was told up to that moment. */
export const basisOf = (state: OnboardingState, ending: Ending): string[] =>
  upTo(state.facts, ending.at)
    .filter((fact) => !isOutcome(fact))
    .map((fact) => fact.id);
