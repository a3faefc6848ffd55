import type { FailureReason } from '../../schemas/onboarding.ts';
import { DAY_MS } from '../../schemas/time.ts';
import type { Fact } from './facts.ts';
import type { ProgrammeDefinition, StepDefinition } from './programme.ts';

export const addDays = (instant: string, days: number): string =>
  new Date(Date.parse(instant) + days * DAY_MS).toISOString();

export const latest = (instants: readonly string[]): string =>
  instants.reduce((last, next) => (next > last ? next : last), '');

/** A try at a step that did not succeed. */
export interface Failure {
  readonly fact: Fact;
  readonly reason: FailureReason | null;
}

export interface StepStanding {
  readonly definition: StepDefinition;
  /** When its last prerequisite was done; null while one is missing. */
  readonly openedAt: string | null;
  /** When it was done: the latest of its own facts and its prerequisites; null while something is missing. */
  readonly doneAt: string | null;
  /** The facts that it needs, as far as they have come, each the earliest of its type. */
  readonly facts: readonly Fact[];
  readonly failures: readonly Failure[];
}

export type Steps = ReadonlyMap<string, StepStanding>;

/**
 * Where every step stands. A fact that comes before the prerequisites of its step is kept: the step is done once they are.
 * @param facts in business order
 */
export function standingOf(facts: readonly Fact[], programme: ProgrammeDefinition): Steps {
  const steps = new Map<string, StepStanding>();
  for (const definition of programme.steps) {
    const own = definition.needs.flatMap(
      (type) => facts.find((fact) => fact.type === type && shortcomingOf(fact, programme) === null) ?? [],
    );
    const before = definition.after.map((step) => steps.get(step)?.doneAt ?? null);
    const openedAt = isComplete(before) ? latest(before) : null;
    const isDone = openedAt !== null && own.length === definition.needs.length;
    steps.set(definition.step, {
      definition,
      openedAt: definition.after.length === 0 ? (own[0]?.time ?? null) : openedAt,
      doneAt: isDone ? latest([openedAt, ...own.map((fact) => fact.time)]) : null,
      facts: own,
      failures: facts.flatMap((fact) => failureOf(fact, definition, programme)),
    });
  }
  return steps;
}

const isComplete = (instants: readonly (string | null)[]): instants is readonly string[] =>
  instants.every((instant) => instant !== null);

/** Why a fact of a step's own type does not complete it; null when it does. */
function shortcomingOf(fact: Fact, programme: ProgrammeDefinition): FailureReason | null {
  switch (fact.type) {
    case 'onboarding.level-assessed.v1':
      return (fact.data.level ?? 0) >= programme.targetLevel
        ? null
        : { group: 'LEVEL_NOT_REACHED', cause: 'BELOW_TARGET_LEVEL' };
    case 'onboarding.finance-audited.v1':
      return fact.data.outcome === 'matched' ? null : { group: 'EVIDENCE', cause: 'MISMATCHED' };
    case 'onboarding.acceptance-decided.v1':
      return fact.data.outcome === 'accepted' ? null : { group: 'EVIDENCE', cause: 'REJECTED' };
    default:
      return null;
  }
}

function failureOf(fact: Fact, definition: StepDefinition, programme: ProgrammeDefinition): Failure[] {
  if (fact.type === 'onboarding.step-failed.v1')
    return isAbout(fact.data.step, definition) ? [{ fact, reason: fact.data.failure ?? null }] : [];
  if (fact.type === 'onboarding.plan-declined.v1')
    return definition.needs.includes('onboarding.plan-approved.v1')
      ? [{ fact, reason: fact.data.failure ?? null }]
      : [];
  if (fact.type === 'onboarding.platform-refused.v1') {
    const isIdentity = fact.data.operation === 'verify-identity';
    const failed = isIdentity ? 'onboarding.identity-verified.v1' : 'onboarding.credential-issued.v1';
    return definition.needs.includes(failed) ? [{ fact, reason: null }] : [];
  }
  if (!definition.needs.includes(fact.type)) return [];
  const shortcoming = shortcomingOf(fact, programme);
  return shortcoming === null ? [] : [{ fact, reason: shortcoming }];
}

const isAbout = (named: string | undefined, { step, alsoCalled = [] }: StepDefinition): boolean =>
  named === step || (named !== undefined && alsoCalled.includes(named.toLowerCase()));
