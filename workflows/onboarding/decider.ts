import { type Ending, endingOf } from './endings.ts';
import { type Fact, inOrder, isOutcome } from './facts.ts';
import { type ProgrammeDefinition, programmeOf } from './programme.ts';
import { roundsOf } from './rounds.ts';
import { type Steps, standingOf } from './steps.ts';

interface Common {
  readonly programme: ProgrammeDefinition;
  /** Every fact known, in business order. */
  readonly facts: readonly Fact[];
  /** The facts without those that a reopening made void. */
  readonly standing: readonly Fact[];
  /** 1, and one more for each reopening. */
  readonly round: number;
  /** When it was last reopened; null where it never was. */
  readonly reopenedAt: string | null;
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
  const { closing, ...rounds } = roundsOf(facts);
  const common = { programme, facts, ...rounds };
  if (closing !== null) return closedBy(closing, common);

  const { standing, reopenedAt } = rounds;
  const ending = endingOf(standing, standingOf(standing, programme, reopenedAt), programme, reopenedAt);
  return {
    status: 'ACTIVE',
    ...common,
    ending,
    steps: standingOf(ending === null ? standing : upTo(standing, ending.at), programme, reopenedAt),
  };
}

function closedBy(closing: Fact, common: Omit<Common, 'steps'>): OnboardingState {
  const basis = new Set(closing.data.basis);
  const counts = (fact: Fact): boolean => basis.has(fact.id) || isOutcome(fact);
  return {
    status: 'CLOSED',
    ...common,
    steps: standingOf(common.standing.filter(counts), common.programme, common.reopenedAt),
    ending: {
      at: closing.time,
      status: closing.data.status ?? 'FAILED',
      failureReason: closing.data.failure ?? null,
      decidedBy: closing.id,
      comment: closing.data.comment ?? null,
    },
    late: common.facts.filter((fact) => !counts(fact)),
  };
}

const upTo = (facts: readonly Fact[], instant: string): Fact[] =>
  facts.filter((fact) => fact.time <= instant);

/** Identities of the facts on which a closing rests: all that the workflow was told up to that moment. */
export const basisOf = (state: OnboardingState, ending: Ending): string[] =>
  upTo(state.facts, ending.at)
    .filter((fact) => !isOutcome(fact))
    .map((fact) => fact.id);
