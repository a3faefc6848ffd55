import type { OutcomeDisplacement } from '../../../schemas/events/acts.ts';
import {
  type FailureReason,
  type OnboardingStatus,
  type Phase,
  phaseOf,
  STAGES,
  type Stage,
} from '../../../schemas/onboarding.ts';
import { foldReported, type OnboardingState, phasesOf } from '../../../workflows/onboarding/decider.ts';
import { dataQuestion, nextDueAt } from '../../../workflows/onboarding/effects.ts';
import { strangersReports } from '../../../workflows/onboarding/engaged.ts';
import { DATA_CONNECTED, type Fact, inOrder, PLATFORM_CHECKED } from '../../../workflows/onboarding/facts.ts';
import { followUpOf } from '../../../workflows/onboarding/followUp.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import type { StepProgress } from '../../../workflows/onboarding/progress.ts';
import { lateFacts } from '../../../workflows/onboarding/rounds.ts';
import {
  countingFacts,
  engagedProvider,
  nominationOf,
  progressOf,
  stageOf,
  statusOf,
} from '../../../workflows/onboarding/view.ts';
import { type HistoryEntry, historyOf } from './history.ts';
import { type ActiveMonth, expectedAnswer } from './tenantActivity.ts';

/** Help that the supplier asked for and that the step still needs. */
export interface HelpWanted {
  readonly step: string;
  readonly reason: FailureReason | null;
  readonly comment: string | null;
  readonly at: string;
}

export interface StagePassage {
  readonly stage: Stage;
  readonly enteredAt: Date;
  readonly doneAt: Date | null;
}

export interface OnboardingFinding {
  readonly code: 'LATE_AFTER_CLOSE' | 'PROVIDER_NOT_ENGAGED' | 'SUPERFICIAL_COMPLETION';
  /** Identity of the event that shows it. */
  readonly eventId: string;
  readonly type: string;
  readonly at: string;
}

/** What the platform last said of the first data that are waited for. */
export interface PlatformAnswer {
  /** When it was asked, by business time. */
  readonly at: string;
  readonly firstDataAt: string | null;
  readonly lastHeardAt: string | null;
}

/** What the measurement said at the end of an outcome window. */
export interface OutcomeEntry {
  readonly windowMonths: number;
  readonly at: string;
  readonly verdict: 'gain' | 'no-gain' | 'not-measurable';
  readonly kpi: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  readonly reason: string | null;
  readonly isSuperficial: boolean;
  /** Absent where nothing was measured, and of windows that closed before it was kept. */
  readonly displacement?: OutcomeDisplacement[];
}

/** An onboarding as its accepted events tell it; collection `onboardings`. */
export interface OnboardingDocument {
  /** The workflow's id. */
  readonly _id: string;
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
  readonly programmeVersion: string;
  readonly supplierName: string | null;
  readonly leaderUscc: string | null;
  readonly providerUscc: string | null;
  readonly cityCode: string | null;
  readonly districtCode: string | null;
  readonly zone: string | null;
  readonly industryCode: string | null;
  readonly tier: number | null;
  readonly status: OnboardingStatus;
  /** The open frontier; once closed, the stage at which it ended. */
  readonly stage: Stage;
  readonly phase: Phase;
  readonly followUp: 'NOT_STARTED' | 'RUNNING' | 'DONE';
  /** What the outcome windows found, by their length. */
  readonly outcomes: readonly OutcomeEntry[];
  readonly steps: readonly StepProgress[];
  readonly stages: readonly StagePassage[];
  readonly history: readonly HistoryEntry[];
  /** The newest request of each step that is not done; empty once the onboarding has ended. */
  readonly help: readonly HelpWanted[];
  readonly nominatedAt: Date | null;
  readonly contractedAt: Date | null;
  readonly connectedAt: Date | null;
  readonly liveAt: Date | null;
  readonly closedAt: Date | null;
  readonly failureReason: FailureReason | null;
  /** Latest on-site level after the transformation; a self-assessment never counts. */
  readonly level: number | null;
  readonly baselineLevel: number | null;
  readonly findings: readonly OnboardingFinding[];
  /** Whether it waits for the first data of its tenant, or for enough months of them. */
  readonly awaitsData: boolean;
  /** Absent unless first data are overdue and the platform has answered. */
  readonly platformSays?: PlatformAnswer;
  /** Business time of what the workflow does next by itself. */
  readonly nextDueAt: Date | null;
  readonly facts: readonly Fact[];
}

export interface OnboardingKey {
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
}

/** The document of an onboarding: a function of the set of its facts and of the months with data. */
export function documentOf(
  id: string,
  { supplierUscc, platform, programme }: OnboardingKey,
  known: readonly Fact[],
  activity: readonly ActiveMonth[],
): OnboardingDocument {
  const state = foldReported(known, CURRENT_PROGRAMME_VERSION);
  const phases = phasesOf(known, CURRENT_PROGRAMME_VERSION);
  const doneAt = (step: string): Date | null => toDate(state.steps.get(step)?.doneAt ?? null);
  const nomination = nominationOf(state);
  const closed = state.status === 'CLOSED' ? state.ending : null;
  const stage = closed?.status === 'ACCEPTED' ? 'ACCEPTED' : stageOf(state);
  return {
    _id: id,
    supplierUscc,
    platform,
    programme,
    programmeVersion: state.programme.version,
    supplierName: nomination?.supplierName ?? null,
    leaderUscc: nomination?.leaderUscc ?? null,
    providerUscc: engagedProvider(state),
    cityCode: nomination?.cityCode ?? null,
    districtCode: nomination?.districtCode ?? null,
    zone: nomination?.zone ?? null,
    industryCode: nomination?.industryCode ?? null,
    tier: nomination?.tier ?? null,
    status: statusOf(state),
    stage,
    phase: phaseOf(stage),
    followUp: followUpOf(state),
    outcomes: outcomesOf(state),
    steps: progressOf(state),
    stages: passagesOf(state),
    history: historyOf(state.facts, state.takenBack),
    help: helpWanted(state),
    nominatedAt: doneAt('NOMINATED'),
    contractedAt: doneAt('CONTRACTED'),
    connectedAt: doneAt('DATA_CONNECTED'),
    liveAt: doneAt('LIVE'),
    closedAt: toDate(closed?.at ?? null),
    failureReason: closed?.failureReason ?? null,
    level: lastValue(state, (fact) =>
      fact.type === 'onboarding.level-assessed.v1' ? fact.data.level : undefined,
    ),
    baselineLevel: lastValue(state, (fact) =>
      fact.type === 'onboarding.diagnosis-completed.v1' ? fact.data.level : undefined,
    ),
    findings: findingsOf(state),
    ...platformAnswer(state),
    awaitsData: phases.some((phase) => dataQuestion(phase.state) !== null),
    nextDueAt: toDate(nextDueAt(phases, (question) => expectedAnswer(question, activity))),
    facts: state.facts,
  };
}

function platformAnswer(state: OnboardingState): Pick<OnboardingDocument, 'platformSays'> {
  const connection = [...state.steps.values()].find(({ definition }) =>
    definition.needs.includes(DATA_CONNECTED),
  );
  const answer = state.standing.findLast(({ type, data }) => type === PLATFORM_CHECKED && data.isAnswered);
  if (state.status === 'CLOSED' || connection?.doneAt !== null || answer === undefined) return {};
  const { firstDataAt = null, lastHeardAt = null } = answer.data;
  return { platformSays: { at: answer.time, firstDataAt, lastHeardAt } };
}

/** What was not taken back, of a document or of as much of one as was read. */
export function withoutTakenBack<Read extends Pick<Fact, 'id'>>(document: {
  readonly facts: readonly Read[];
  readonly history: readonly Pick<HistoryEntry, 'id' | 'isTakenBack'>[];
}): Read[] {
  const takenBack = new Set(document.history.flatMap(({ id, isTakenBack }) => (isTakenBack ? id : [])));
  return document.facts.filter(({ id }) => !takenBack.has(id));
}

const toDate = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));

/** The last value in business order, among the facts that count. */
function lastValue<Value>(state: OnboardingState, read: (fact: Fact) => Value | undefined): Value | null {
  const values = countingFacts(state)
    .map(read)
    .filter((value) => value !== undefined);
  return values.at(-1) ?? null;
}

function helpWanted(state: OnboardingState): HelpWanted[] {
  if (state.status === 'CLOSED') return [];
  const asked = inOrder(state.facts).filter(({ type }) => type === 'onboarding.help-requested.v1');
  return [...state.steps.values()].flatMap(({ definition, doneAt }) => {
    const last = asked.findLast(({ data }) => data.step === definition.step);
    if (last === undefined || doneAt !== null) return [];
    const { failure, comment } = last.data;
    return [{ step: definition.step, reason: failure ?? null, comment: comment ?? null, at: last.time }];
  });
}

/** When each stage was entered and left; a stage is done when all its steps are. */
function passagesOf(state: OnboardingState): StagePassage[] {
  return STAGES.flatMap((stage): StagePassage[] => {
    const steps = [...state.steps.values()].filter((step) => step.definition.stage === stage);
    const entered = steps.flatMap((step) => step.openedAt ?? []).sort()[0];
    if (entered === undefined) return [];
    const done = steps.map((step) => step.doneAt);
    const isDone = done.every((instant) => instant !== null);
    return [
      {
        stage,
        enteredAt: new Date(entered),
        doneAt: isDone ? toDate([...done].sort().at(-1) ?? null) : null,
      },
    ];
  });
}

const findingsOf = (state: OnboardingState): OnboardingFinding[] => [
  ...lateFacts(state.facts).map((fact) => toFinding('LATE_AFTER_CLOSE', fact)),
  ...strangersReports(countingFacts(state)).map((fact) => toFinding('PROVIDER_NOT_ENGAGED', fact)),
  ...readingsOf(state)
    .slice(-1)
    .filter((reading) => isSuperficial(state, reading))
    .map((reading) => toFinding('SUPERFICIAL_COMPLETION', reading)),
];

const readingsOf = (state: OnboardingState): Fact[] =>
  state.facts.filter(({ type }) => type === 'onboarding.outcome-measured.v1');

/** Accepted, before the window closed or after, and silent at its end. Before silence was stated by itself, only the former is known. */
const isSuperficial = (state: OnboardingState, { data }: Fact): boolean =>
  state.status === 'CLOSED' &&
  state.ending.status === 'ACCEPTED' &&
  (data.isSilent ?? data.isSuperficial ?? false);

const toFinding = (code: OnboardingFinding['code'], fact: Fact): OnboardingFinding => ({
  code,
  eventId: fact.id,
  type: fact.type,
  at: fact.time,
});

const outcomesOf = (state: OnboardingState): OutcomeEntry[] =>
  readingsOf(state).map((reading) => {
    const { time, data } = reading;
    return {
      windowMonths: data.windowMonths ?? 0,
      at: time,
      verdict: data.verdict ?? 'not-measurable',
      kpi: data.kpi ?? '',
      before: data.before ?? null,
      after: data.after ?? null,
      change: data.change ?? null,
      reason: data.comment ?? null,
      isSuperficial: isSuperficial(state, reading),
      ...(data.displacement === undefined ? {} : { displacement: [...data.displacement] }),
    };
  });
