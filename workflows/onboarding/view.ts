import type { OnboardingStatus, Stage } from '../../schemas/onboarding.ts';
import type { OnboardingState } from './decider.ts';
import { engagedAt, engagementsOf } from './engaged.ts';
import type { Fact, FactData } from './facts.ts';
import { deadlineOf } from './ladder.ts';
import type { Attempt, StepProgress, StepState } from './progress.ts';
import type { StepStanding } from './steps.ts';

/** Not before any instant, compared as text. */
const LAST_OF_ALL = '9999';

/** The status to show: active until it is closed. */
export const statusOf = (state: OnboardingState): OnboardingStatus =>
  state.status === 'CLOSED' ? state.ending.status : 'ACTIVE';

/** The open frontier: the earliest stage of the programme that is not done; the last one when all are. */
export function stageOf(state: OnboardingState): Stage {
  let last: Stage = 'NOMINATED';
  for (const { definition, doneAt } of state.steps.values()) {
    if (doneAt === null) return definition.stage;
    last = definition.stage;
  }
  return last;
}

/**
 * What brought the firm here and says where it belongs: its leader's nomination, also where the firm had applied before; else what it, or a
 * provider for it, applied with.
 */
export function nominationOf(state: OnboardingState): FactData | null {
  const first = state.steps.get('NOMINATED')?.facts[0];
  if (first?.type !== 'onboarding.supplier-applied.v1') return first?.data ?? null;
  const late = new Set(state.status === 'CLOSED' ? state.late : []);
  const byLeader = state.standing.find(
    (fact) => fact.type === 'onboarding.supplier-nominated.v1' && !late.has(fact),
  );
  return (byLeader ?? first).data;
}

/** The facts that were not taken back and did not come too late. */
export function countingFacts(state: OnboardingState): Fact[] {
  const late = new Set(state.status === 'CLOSED' ? state.late : []);
  return state.facts.filter((fact) => !late.has(fact) && !state.takenBack.has(fact.id));
}

/** Who is engaged as provider, by all that is known; with `at`, who was at that instant. */
export function engagedProvider(state: OnboardingState, at = LAST_OF_ALL): string | null {
  const counting = countingFacts(state);
  if (state.reading.reports === 'by-the-engaged') return engagedAt(engagementsOf(counting), at);
  const named = counting.findLast(({ time, data }) => data.providerUscc !== undefined && time <= at);
  return named?.data.providerUscc ?? null;
}

/** Who stated a fact: a person by name and role, or the source that it came from. */
export function actorOf(fact: Fact): string {
  const { actor } = fact.data;
  return actor ? `${actor.name} (${actor.role})` : fact.id.slice(0, fact.id.indexOf(' '));
}

/** Every step with its state, who has to move, and all its attempts. */
export function progressOf(state: OnboardingState): StepProgress[] {
  const standings = [...state.steps.values()];
  const frontier = stageOf(state);
  const isFailure = isFailureIn(standings, frontier);
  return standings.map((standing) => {
    const stepState = stateOf(standing, state, isFailure);
    const isOpen = state.status !== 'CLOSED' && standing.openedAt !== null && standing.doneAt === null;
    return {
      step: standing.definition.step,
      stage: standing.definition.stage,
      state: stepState,
      waitingOn: isOpen ? standing.definition.waitingOn : null,
      deadline: isOpen ? deadlineOf(standing) : null,
      attempts: attemptsOf(standing),
      evidence: standing.evidence.map((fact) => ({
        at: fact.time,
        actor: actorOf(fact),
        sha256: fact.data.evidenceSha256 ?? '',
        fileName: fact.data.fileName ?? '',
      })),
    };
  });
}

/** Which open steps an onboarding failed by: those with a failed attempt; where none has one, those of the stage it stood at. */
function isFailureIn(standings: readonly StepStanding[], frontier: Stage): (one: StepStanding) => boolean {
  const isKnown = standings.some(({ doneAt, failures }) => doneAt === null && failures.length > 0);
  return ({ failures, definition }) => (isKnown ? failures.length > 0 : definition.stage === frontier);
}

function stateOf(
  standing: StepStanding,
  state: OnboardingState,
  isFailure: (one: StepStanding) => boolean,
): StepState {
  if (standing.doneAt !== null) return standing.skip === null ? 'DONE' : 'SKIPPED';
  const isFailed =
    state.status === 'CLOSED' &&
    (state.ending.status === 'FAILED' || state.ending.status === 'DECLINED') &&
    isFailure(standing);
  if (isFailed) return 'FAILED';
  const isBegun = standing.facts.length > 0 || standing.evidence.length > 0;
  if (state.status === 'CLOSED' || standing.openedAt === null) return isBegun ? 'IN_PROGRESS' : 'TO_DO';
  return isBegun ? 'IN_PROGRESS' : 'WAITING_ON';
}

function attemptsOf(standing: StepStanding): Attempt[] {
  const failed = standing.failures.map(
    ({ fact, reason }): Attempt => ({
      at: fact.time,
      actor: actorOf(fact),
      outcome: failedHow(fact),
      reason,
      comment: fact.data.comment ?? null,
    }),
  );
  const ended = standing.skip === null ? standing.facts : [...standing.facts, standing.skip];
  const done = ended.map(
    (fact): Attempt => ({
      at: fact.time,
      actor: actorOf(fact),
      outcome: fact === standing.skip ? 'skipped' : 'done',
      reason: null,
      comment: fact.data.comment ?? null,
    }),
  );
  return [...failed, ...done].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function failedHow({ type, data }: Fact): Attempt['outcome'] {
  if (type === 'onboarding.step-returned.v1') return 'returned';
  return type === 'onboarding.plan-declined.v1' || data.outcome === 'declined' ? 'declined' : 'failed';
}
