import type { Funnel } from '../../../schemas/api/onboarding.ts';
import {
  type FailureReason,
  type OnboardingStatus,
  STAGES,
  type Stage,
} from '../../../schemas/onboarding.ts';
import { DAY_MS } from '../../../schemas/time.ts';
import { isOverdue } from '../../../schemas/waiting.ts';
import { competingRisks, numbersAtRisk, type Observation } from './competingRisks.ts';

/** What the funnel needs to know of an onboarding. */
export interface FunnelSubject {
  readonly status: OnboardingStatus;
  /** Where it stands, or stood when it ended. */
  readonly stage: Stage;
  readonly failureReason: FailureReason | null;
  readonly closedAt: Date | null;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly enteredAt: Date;
    readonly doneAt: Date | null;
  }[];
  readonly steps: readonly {
    readonly stage: Stage;
    readonly waitingOn: string | null;
    readonly deadline: string | null;
  }[];
}

const DONE = 'DONE';
/** After so many days in a stage it is said how many are still there. */
const AT_RISK_AFTER_DAYS = [0, 30, 60, 90, 180, 360] as const;

/** The reason of an ending as one word: group/cause, or how it ended where no reason was stated. */
export const endingReasonOf = ({ failureReason, status }: FunnelSubject): string =>
  failureReason === null ? status : `${failureReason.group}/${failureReason.cause}`;

/** Ended without acceptance. */
export const hasFailed = ({ status }: FunnelSubject): boolean => status !== 'ACTIVE' && status !== 'ACCEPTED';

/** What the funnel counts at a stage. */
export const FUNNEL_COUNTS = ['entered', 'done', 'open', 'overdue', 'failed'] as const;
export type FunnelCount = (typeof FUNNEL_COUNTS)[number];

/** Whether an onboarding is one of those that the funnel counts at a stage. */
export function isCounted(subject: FunnelSubject, stage: Stage, count: FunnelCount, asOf: Date): boolean {
  if (count === 'failed') return hasFailed(subject) && subject.stage === stage;
  const passage = subject.stages.find((one) => one.stage === stage);
  if (passage === undefined) return false;
  const isOpen = subject.status === 'ACTIVE' && passage.doneAt === null;
  switch (count) {
    case 'entered':
      return true;
    case 'done':
      return passage.doneAt !== null;
    case 'open':
      return isOpen;
    case 'overdue':
      return isOpen && isLate(subject, stage, asOf);
    default: {
      const unknown: never = count;
      return unknown;
    }
  }
}

type Passage = FunnelSubject['stages'][number];

function observationOf(subject: FunnelSubject, passage: Passage, asOf: Date): Observation {
  const { stage, enteredAt, doneAt } = passage;
  const isEnd = hasFailed(subject) && subject.stage === stage;
  const until = doneAt ?? subject.closedAt ?? asOf;
  const outcome = doneAt !== null ? DONE : isEnd ? endingReasonOf(subject) : null;
  return { days: Math.max(0, until.getTime() - enteredAt.getTime()) / DAY_MS, outcome };
}

/** How long one onboarding was, or has been, in a stage; null for one that never entered it. */
export function timeInStage(
  subject: FunnelSubject,
  stage: Stage,
  asOf: Date,
): { readonly days: number; readonly isDone: boolean } | null {
  const passage = subject.stages.find((one) => one.stage === stage);
  if (passage === undefined) return null;
  const { days, outcome } = observationOf(subject, passage, asOf);
  return { days, isDone: outcome === DONE };
}

/** The funnel's median days to get through a stage, those who are still in it taken as not through yet. */
export function medianDaysOf(subjects: readonly FunnelSubject[], stage: Stage, asOf: Date): number | null {
  const observations = subjects.flatMap((subject) => {
    const passage = subject.stages.find((one) => one.stage === stage);
    return passage === undefined ? [] : [observationOf(subject, passage, asOf)];
  });
  return competingRisks(observations, DONE).medianDays;
}

/**
 * The funnel, counted by onboarding. A stage may be left by being done or by an ending, for one of the reasons: these compete, so that
 * the incidence of a reason is estimated by Aalen–Johansen from the day the stage was entered. What is open is censored at `asOf`.
 * Two shares are kept apart: of the failures, those at this stage; of those that entered the stage, those that failed there.
 * Stages that stand open beside the one at which an onboarding ended are censored at its end.
 */
export function funnelOf<Subject extends FunnelSubject>(
  subjects: readonly Subject[],
  asOf: Date,
  isPredictedToStall: (subject: Subject, stage: Stage) => boolean,
): Funnel {
  const failed = subjects.filter(hasFailed);
  const stages: Funnel['stages'] = [];
  const failures: Funnel['failures'] = [];
  for (const stage of STAGES) {
    const passages = subjects.flatMap((subject) => {
      const passage = subject.stages.find((one) => one.stage === stage);
      return passage === undefined ? [] : [{ subject, ...passage }];
    });
    const observations = passages.map(({ subject, ...passage }) => observationOf(subject, passage, asOf));
    const risks = competingRisks(observations, DONE);
    const counted = (count: FunnelCount) => subjects.filter((one) => isCounted(one, stage, count, asOf));
    const open = counted('open');
    // One may end at its first stage without ever having entered it: withdrawn before it was nominated.
    const enteredAndEnded = passages.filter(({ subject }) => hasFailed(subject) && subject.stage === stage);
    const endedHere = counted('failed');
    stages.push({
      stage,
      entered: passages.length,
      done: counted('done').length,
      failed: endedHere.length,
      stalled: counted('overdue').length,
      predictedToStall: open.filter((subject) => isPredictedToStall(subject, stage)).length,
      medianDays: risks.medianDays,
      atRisk: open.length,
      numbersAtRisk: numbersAtRisk(observations, AT_RISK_AFTER_DAYS),
      shareOfFailures: failed.length === 0 ? null : endedHere.length / failed.length,
      failureShare: passages.length === 0 ? null : enteredAndEnded.length / passages.length,
    });
    const counts = new Map<string, number>();
    for (const subject of endedHere)
      counts.set(endingReasonOf(subject), (counts.get(endingReasonOf(subject)) ?? 0) + 1);
    for (const [reason, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
      failures.push({
        stage,
        reason,
        count,
        shareOfFailures: count / failed.length,
        cumulativeIncidence: risks.incidence.get(reason) ?? null,
      });
  }
  return { asOf: asOf.toISOString(), stages, failures, countedBy: 'onboarding' };
}

const isLate = (subject: FunnelSubject, stage: Stage, asOf: Date): boolean =>
  subject.steps.some((step) => step.stage === stage && isOverdue(step, asOf));
