import { type Corrected, correctedBy } from './corrections.ts';
import { type Ending, endingOf } from './endings.ts';
import { strangersReports } from './engaged.ts';
import { type Fact, inOrder, isOutcome } from './facts.ts';
import { type ProgrammeDefinition, programmeOf } from './programme.ts';
import { type Reading, TODAYS_READING } from './reading.ts';
import { momentsOf, returnedBy } from './returns.ts';
import { roundsOf } from './rounds.ts';
import { type Steps, standingOf } from './steps.ts';

interface Common {
  readonly programme: ProgrammeDefinition;
  readonly reading: Reading;
  /** Every fact known, in business order. */
  readonly facts: readonly Fact[];
  /**
   * The facts without corrections, without those that were taken back or that a reopening made void, without returns not yet in force, and
   * without what a provider reported that was not the one engaged.
   */
  readonly standing: readonly Fact[];
  /** Identities of the facts that were taken back. */
  readonly takenBack: ReadonlySet<string>;
  /** Business time of the last correction in force; what it brings about happens then at the earliest. */
  readonly correctedAt: string | null;
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
 * @param horizon corrections and returns of a later time are not in force yet; null: all are
 */
export function fold(
  known: Iterable<Fact>,
  fallbackVersion: string,
  horizon: string | null = null,
  reading = TODAYS_READING,
): OnboardingState {
  const facts = inOrder(known);
  const named = facts.find((fact) => fact.type === 'onboarding.registered.v1')?.data.programmeVersion;
  const programme = programmeOf(named ?? fallbackVersion);
  const { closing, ...rounds } = roundsOf(facts);
  if (closing !== null) return closedBy(closing, { programme, reading, facts, ...rounds });

  const { reopenedAt } = rounds;
  const corrected = correctedBy(rounds.standing, horizon);
  const standing = heardAmong(returnedBy(corrected.standing, horizon, reading), reading);
  const common = { programme, reading, facts, ...rounds, ...corrected, standing };
  const { correctedAt } = corrected;
  const stepsBy = (some: readonly Fact[]): Steps => standingOf(some, programme, reopenedAt, reading);
  const found = endingOf(standing, stepsBy(standing), programme, reopenedAt, reading);
  const ending =
    found !== null && correctedAt !== null && found.at < correctedAt ? { ...found, at: correctedAt } : found;
  return {
    status: 'ACTIVE',
    ...common,
    ending,
    steps: stepsBy(ending === null ? standing : upTo(standing, ending.at)),
  };
}

/**
 * The state by all that was reported: a correction or a return counts unless the onboarding ends before its time.
 * @param fallbackVersion version of the programme until an event names one
 */
export function foldReported(
  facts: readonly Fact[],
  fallbackVersion: string,
  reading = TODAYS_READING,
): OnboardingState {
  const phases = phasesOf(facts, fallbackVersion, reading);
  const ended = phases.find(
    ({ state, until }) =>
      state.status === 'CLOSED' || until === null || (state.ending !== null && state.ending.at < until),
  );
  return ended?.state ?? fold(facts, fallbackVersion, null, reading);
}

/** The state between one moment from which on facts count otherwise, a correction or a return, and the next. */
export interface OnboardingPhase {
  readonly state: OnboardingState;
  /** When the next one comes; null for the last phase. */
  readonly until: string | null;
}

/** The state as each correction and each return left it, in business order: one phase where there are none. */
export function phasesOf(
  facts: readonly Fact[],
  fallbackVersion: string,
  reading = TODAYS_READING,
): OnboardingPhase[] {
  const moments = momentsOf(facts, reading);
  return ['', ...moments].map((horizon, index) => ({
    state: fold(facts, fallbackVersion, horizon, reading),
    until: moments[index] ?? null,
  }));
}

function closedBy(
  closing: Fact,
  common: Omit<Common, 'steps' | keyof Corrected> & Pick<Common, 'standing'>,
): OnboardingState {
  const { reading } = common;
  const basis = new Set(closing.data.basis);
  const counts = (fact: Fact): boolean => basis.has(fact.id) || isOutcome(fact);
  const counted = correctedBy(common.standing.filter(counts), null);
  return {
    status: 'CLOSED',
    ...common,
    ...counted,
    standing: common.standing.filter(
      (fact) => fact.data.corrects === undefined && !counted.takenBack.has(fact.id),
    ),
    steps: standingOf(heardAmong(counted.standing, reading), common.programme, common.reopenedAt, reading),
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

/** Leaves out what a provider reported that was not the one engaged. */
function heardAmong(facts: readonly Fact[], { reports }: Reading): readonly Fact[] {
  if (reports === 'by-anybody') return facts;
  const strangers = new Set(strangersReports(facts));
  return strangers.size === 0 ? facts : facts.filter((fact) => !strangers.has(fact));
}

const upTo = (facts: readonly Fact[], instant: string): Fact[] =>
  facts.filter((fact) => fact.time <= instant);

/** Identities of the facts on which a closing rests: all that the workflow was told up to that moment. */
export const basisOf = (state: OnboardingState, ending: Ending): string[] =>
  upTo(state.facts, ending.at)
    .filter((fact) => !isOutcome(fact))
    .map((fact) => fact.id);
