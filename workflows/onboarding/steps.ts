import type { EventType } from '../../schemas/events/index.ts';
import type { FailureReason } from '../../schemas/onboarding.ts';
import { latest } from '../../schemas/time.ts';
import { type Fact, isOutcome, USE_SUSTAINED } from './facts.ts';
import { type ProgrammeDefinition, remindsWaitedFor, type StepDefinition } from './programme.ts';
import { TODAYS_READING } from './reading.ts';
import { isReturn } from './returns.ts';

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
  /** Somebody's decision that it is not needed; null where there is none. */
  readonly skip: Fact | null;
  /** Documents handed in for it. */
  readonly evidence: readonly Fact[];
  /** When its deadline began anew, other than by a failed attempt. */
  readonly restarts: readonly string[];
  /** The last time that it, or a step that it rests on, was given back; null where neither was. */
  readonly begunAnew: BegunAnew | null;
}

export interface BegunAnew {
  readonly at: string;
  /** More tries than it can have had before, so that those after it have numbers of their own. */
  readonly tries: number;
}

export type Steps = ReadonlyMap<string, StepStanding>;

/**
 * Where every step stands. A fact that comes before the prerequisites of its step is kept: the step is done once they are.
 * @param facts in business order
 * A step that was given back is done anew by what comes after that; what the system itself stated for it stands.
 * @param reopenedAt when deadlines began anew; null where the onboarding was never reopened
 */
export function standingOf(
  facts: readonly Fact[],
  programme: ProgrammeDefinition,
  reopenedAt: string | null = null,
  reading = TODAYS_READING,
): Steps {
  const steps = new Map<string, StepStanding>();
  const parties = partiesOf(facts);
  /** When each step, or one that it rests on, was given back. */
  const givenBack = new Map<string, readonly string[]>();
  for (const definition of programme.steps) {
    const about = facts.filter(({ data }) => data.step === definition.step);
    const returnedAt = about.findLast(isReturn)?.time ?? '';
    const sinceReturn = facts.filter(
      (fact) =>
        fact.time > returnedAt || (reading.returns === 'from-their-time' && outlivesReturn(fact, programme)),
    );
    const counting =
      reading.use === 'ever' ? sinceReturn : withoutEarlierUse(sinceReturn, definition, programme);
    const firstOf = (type: string): Fact[] =>
      counting
        .filter((fact) => fact.type === type && shortcomingOf(fact, programme, parties) === null)
        .slice(0, 1);
    const all = definition.needs.flatMap(firstOf);
    const either = (definition.needsOneOf ?? []).flatMap(firstOf).sort(byTime).slice(0, 1);
    const own = [...all, ...either];
    const isMet =
      all.length === definition.needs.length && (definition.needsOneOf === undefined || either.length === 1);
    const skip = about.find((fact) => isSkip(fact) && fact.time > returnedAt) ?? null;
    const before = definition.after.map((step) => steps.get(step)?.doneAt ?? null);
    const openedAt = isComplete(before) ? latest(before) : null;
    const metAt = isMet ? latest(own.map((fact) => fact.time)) : null;
    const isSkipped = skip !== null && (metAt === null || skip.time < metAt);
    const endedAt = isSkipped ? skip.time : metAt;
    const begins = definition.after.length === 0 ? (own[0]?.time ?? null) : openedAt;
    const failures = facts.flatMap((fact) => failureOf(fact, definition, programme, parties));
    const restarts = restartsOf(facts, definition, reopenedAt);
    const returned = about.filter(isReturn).map(({ time }) => time);
    const beneath = definition.after.flatMap((step) => givenBack.get(step) ?? []);
    givenBack.set(definition.step, [...returned, ...beneath]);
    steps.set(definition.step, {
      definition,
      openedAt: begins,
      doneAt: openedAt !== null && endedAt !== null ? latest([openedAt, endedAt]) : null,
      facts: own,
      failures,
      skip: isSkipped ? skip : null,
      evidence: about.filter(({ type }) => type === 'onboarding.evidence-handed-in.v1'),
      restarts: [...restarts, ...(remindsWaitedFor(programme) ? own.map(({ time }) => time) : [])],
      begunAnew:
        reading.returns === 'at-once' || begins === null
          ? null
          : begunAnewBy([...returned, ...beneath.filter((at) => at < begins)], begins, [
              ...facts.filter(({ type }) => isNeeded(type, definition)).map(({ time }) => time),
              ...failures.filter(({ fact }) => !isReturn(fact)).map(({ fact }) => fact.time),
              ...restarts,
            ]),
    });
  }
  return steps;
}

/** What the system itself stated for a step that is given back stands; that data still flow is asked anew with each go-live. */
const outlivesReturn = (fact: Fact, { liveDataDays }: ProgrammeDefinition): boolean =>
  isOutcome(fact) && (liveDataDays === undefined || fact.type !== USE_SUSTAINED);

/** Leaves out what was stated of use before the go-live that stands, where each go-live is asked for data that still flow. */
function withoutEarlierUse(
  facts: readonly Fact[],
  { needs }: StepDefinition,
  { liveDataDays }: ProgrammeDefinition,
): readonly Fact[] {
  const others = needs.filter((type) => type !== USE_SUSTAINED);
  if (liveDataDays === undefined || others.length === needs.length) return facts;
  const confirmed = others.map((needed) => facts.find(({ type }) => type === needed)?.time ?? null);
  const since = isComplete(confirmed) ? latest(confirmed) : null;
  return facts.filter(({ type, time }) => type !== USE_SUSTAINED || (since !== null && time >= since));
}

/** Every try begins with the step's opening, with its being given back, or with one of `moves`. */
function begunAnewBy(
  returns: readonly string[],
  openedAt: string,
  moves: readonly string[],
): BegunAnew | null {
  if (returns.length === 0) return null;
  const at = latest([openedAt, ...returns]);
  return { at, tries: [...returns, ...moves].filter((time) => time <= at).length };
}

const isNeeded = (type: EventType, { needs, needsOneOf = [] }: StepDefinition): boolean =>
  needs.includes(type) || needsOneOf.includes(type);
const isSkip = ({ type }: Fact): boolean => type === 'onboarding.step-skipped.v1';
const byTime = (a: Fact, b: Fact): number => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0);

/** A new provider begins what it has to do anew, and so does everybody after a reopening. */
function restartsOf(
  facts: readonly Fact[],
  { waitingOn }: StepDefinition,
  reopenedAt: string | null,
): string[] {
  const reassigned =
    waitingOn === 'provider'
      ? facts.filter(({ type }) => type === 'onboarding.provider-reassigned.v1').map(({ time }) => time)
      : [];
  return reopenedAt === null ? reassigned : [...reassigned, reopenedAt];
}

/** Firms with an interest in the supplier's result: its leaders and its providers. */
function partiesOf(facts: readonly Fact[]): ReadonlySet<string> {
  return new Set(facts.flatMap(({ data }) => [data.leaderUscc ?? [], data.providerUscc ?? []].flat()));
}

const isComplete = (instants: readonly (string | null)[]): instants is readonly string[] =>
  instants.every((instant) => instant !== null);

/** Why a fact of a step's own type does not complete it; null when it does. */
function shortcomingOf(
  fact: Fact,
  programme: ProgrammeDefinition,
  parties: ReadonlySet<string>,
): FailureReason | null {
  switch (fact.type) {
    case 'onboarding.level-assessed.v1':
      // Separation of duties: a provider does not rate its own customer, nor a leader its own supplier, nor any firm itself.
      if (fact.data.isOwnRating === true || parties.has(fact.data.raterUscc ?? ''))
        return { group: 'EVIDENCE', cause: 'REJECTED' };
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

function failureOf(
  fact: Fact,
  definition: StepDefinition,
  programme: ProgrammeDefinition,
  parties: ReadonlySet<string>,
): Failure[] {
  if (fact.type === 'onboarding.step-returned.v1')
    return fact.data.step === definition.step
      ? [{ fact, reason: { group: 'EVIDENCE', cause: 'REJECTED' } }]
      : [];
  if (fact.type === 'onboarding.step-failed.v1')
    return isAbout(fact.data.step, definition) ? [{ fact, reason: fact.data.failure ?? null }] : [];
  if (fact.type === 'onboarding.plan-declined.v1')
    return definition.needs.includes('onboarding.plan-approved.v1')
      ? [{ fact, reason: fact.data.failure ?? null }]
      : [];
  if (fact.type === 'onboarding.platform-refused.v1' || fact.type === 'onboarding.platform-given-up.v1') {
    const isIdentity = fact.data.operation === 'verify-identity';
    const failed = isIdentity ? 'onboarding.identity-verified.v1' : 'onboarding.credential-issued.v1';
    return definition.needs.includes(failed) ? [{ fact, reason: null }] : [];
  }
  if (!definition.needs.includes(fact.type)) return [];
  const shortcoming = shortcomingOf(fact, programme, parties);
  return shortcoming === null ? [] : [{ fact, reason: shortcoming }];
}

const isAbout = (named: string | undefined, { step, alsoCalled = [] }: StepDefinition): boolean =>
  named === step || (named !== undefined && alsoCalled.includes(named.toLowerCase()));
