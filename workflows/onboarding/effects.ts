import { latest } from '../../schemas/time.ts';
import type { OnboardingPhase, OnboardingState } from './decider.ts';
import { type Ending, windowEndOf } from './endings.ts';
import { USE_SUSTAINED } from './facts.ts';
import { type OutcomeEffect, outcomeWindows } from './followUp.ts';
import { type ReminderEffect, reminders } from './ladder.ts';
import type { StepStanding } from './steps.ts';
import { addSpan } from './workingDays.ts';

/** What is asked of the platform before an onboarding may go on. */
export type PlatformStep = 'verify-identity' | 'create-tenant' | 'issue-credential' | 'register-devices';

/** Something the system itself will do, at its business time `at`. */
export type Effect =
  | { readonly kind: 'register'; readonly at: string }
  | { readonly kind: PlatformStep; readonly at: string }
  | { readonly kind: 'reserve-subsidy' | 'reserve-provider'; readonly at: string }
  | MoveEffect
  | { readonly kind: 'connect-data'; readonly at: string; readonly first: DataPoint }
  | {
      readonly kind: 'sustain-use';
      readonly at: string;
      readonly months: readonly string[];
      /** More than 1 where a go-live was given back and confirmed again. */
      readonly nth: number;
    }
  | ReminderEffect
  | {
      readonly kind: 'announce-expiry';
      readonly at: string;
      readonly closesAt: string;
      readonly daysLeft: number;
    }
  | OutcomeEffect
  | { readonly kind: 'close'; readonly at: string; readonly ending: Ending };

/** Another provider took over: the reservation follows. */
export interface MoveEffect {
  readonly kind: 'move-provider';
  readonly at: string;
  /** Null where none was named when the plan was approved. */
  readonly fromUscc: string | null;
  readonly toUscc: string;
  /** How many had been engaged before. */
  readonly nth: number;
}

/** The first event of the tenant in a month (Asia/Shanghai), counted from some instant on. */
export interface DataPoint {
  readonly month: string;
  readonly at: string;
  readonly source: string;
  readonly id: string;
}

/** Events of the tenant from an instant on, in so many distinct months. */
export interface DataSpan {
  readonly since: string;
  readonly months: number;
}

/** What the onboarding wants to know of the tenant's data. */
export interface DataQuestion extends DataSpan {
  /** And whether data still flow: an event from `since` on, for a go-live that was confirmed at `confirmedAt`. */
  readonly flowing?: { readonly since: string; readonly confirmedAt: string };
}

/** The answer: the first event of each of the earliest months, as far as `through`. */
export interface DataAnswer extends DataQuestion {
  readonly through: string;
  readonly points: readonly DataPoint[];
  /** The first event by which data still flow; null where there is none, or it was not asked. */
  readonly flows: DataPoint | null;
}

/** Whether nothing more can be learnt. */
export const isAnswered = ({ points, months, flowing, flows }: DataAnswer): boolean =>
  points.length >= months && (flowing === undefined || flows !== null);

/** Whether an answer is one to this question. */
export const isAnswerTo = (answer: DataAnswer | null, question: DataQuestion): answer is DataAnswer =>
  answer?.since === question.since &&
  answer.months === question.months &&
  answer.flowing?.since === question.flowing?.since;

/** Which question about the tenant's data is open; null when none is. */
export function dataQuestion(state: OnboardingState): DataQuestion | null {
  if (state.status === 'CLOSED') return null;
  const connection = state.steps.get('DATA_CONNECTED');
  if (!connection?.openedAt) return null;
  if (connection.doneAt === null) {
    const issued = state.standing.find((fact) => fact.type === 'onboarding.credential-issued.v1');
    return issued ? { since: issued.data.issuedAt ?? issued.time, months: 1 } : null;
  }
  const question = { since: connection.doneAt, months: state.programme.sustainedMonths };
  const { liveDataDays } = state.programme;
  if (liveDataDays === undefined) return hasFact(state, USE_SUSTAINED) ? null : question;
  const live = state.steps.get('LIVE');
  const isStated = live?.facts.some(({ type }) => type === USE_SUSTAINED) ?? true;
  const confirmedAt = live === undefined ? null : confirmationOf(live);
  if (isStated || confirmedAt === null) return null;
  const limit = addSpan(confirmedAt, { days: -liveDataDays, count: 'calendar' });
  return { ...question, flowing: { since: latest([limit, question.since]), confirmedAt } };
}

/** When everything else that LIVE needs had come; null while something is missing. */
function confirmationOf({ definition, facts }: StepStanding): string | null {
  const others = facts.filter(({ type }) => type !== USE_SUSTAINED);
  const needed = definition.needs.filter((type) => type !== USE_SUSTAINED);
  return others.length < needed.length ? null : latest(others.map(({ time }) => time));
}

const hasFact = (state: OnboardingState, type: string): boolean =>
  state.standing.some((fact) => fact.type === type);

/**
 * The next thing the system will do by itself, by business time; null when nothing is due at any time.
 * Nothing may be done before the stream is known to be complete up to its time: then the sequence of effects is a function
 * of the facts alone, however these arrived and however time was advanced.
 */
export function nextEffect(state: OnboardingState, data: DataAnswer | null): Effect | null {
  if (state.status === 'CLOSED') return earliest(outcomeWindows(state));
  const { ending } = state;
  const effects: Effect[] = [
    ...stepEffects(state),
    ...dataEffects(state, data),
    ...reminders(state),
    ...expiryNotices(state),
    ...outcomeWindows(state),
  ].filter((effect) => ending === null || effect.at < ending.at);
  if (ending !== null) effects.push({ kind: 'close', at: ending.at, ending });
  const next = earliest(effects);
  const { correctedAt } = state;
  return next !== null && correctedAt !== null && next.at < correctedAt ? { ...next, at: correctedAt } : next;
}

/**
 * When the system does something by itself next: what is due before a correction or a return is done as if there were none.
 * @param dataFor what is known of the tenant's data
 */
export function nextDueAt(
  phases: readonly OnboardingPhase[],
  dataFor: (question: DataQuestion) => DataAnswer | null,
): string | null {
  for (const { state, until } of phases) {
    const question = dataQuestion(state);
    const next = nextEffect(state, question && dataFor(question));
    if (next !== null && (until === null || next.at < until)) return next.at;
  }
  return null;
}

const earliest = (effects: readonly Effect[]): Effect | null =>
  effects.reduce<Effect | null>((first, next) => (first === null || next.at < first.at ? next : first), null);

function stepEffects(state: OnboardingState): Effect[] {
  const effects: Effect[] = [];
  const open = (step: string): string | null => {
    const standing = state.steps.get(step);
    return standing && standing.doneAt === null ? standing.openedAt : null;
  };
  const { reopenedAt } = state;
  // What a reopening begins anew is done at the reopening, not at the time of the first try.
  const notBefore = (at: string): string => (reopenedAt !== null && reopenedAt > at ? reopenedAt : at);
  const registration = open('REGISTERED');
  if (registration) effects.push({ kind: 'register', at: registration });
  const verification = open('IDENTITY_VERIFIED');
  if (verification && !isGivenUp(state, 'verify-identity'))
    effects.push({ kind: 'verify-identity', at: notBefore(verification) });
  const approvedAt = state.steps.get('PLAN_APPROVED')?.doneAt;
  if (approvedAt)
    for (const reserved of state.programme.reservations)
      if (!hasFact(state, `onboarding.${reserved}-reserved.v1`))
        effects.push({ kind: `reserve-${reserved}`, at: notBefore(approvedAt) });
  effects.push(...providerMoves(state));
  const provisioning = open('PROVISIONED');
  const step = PROVISIONING.find(({ done }) => !hasFact(state, done))?.step;
  if (provisioning && step !== undefined && !isGivenUp(state, step))
    effects.push({ kind: step, at: notBefore(provisioning) });
  return effects;
}

/**
 * The first reassignment that no reservation follows yet and that names somebody else; the next one follows from what that brings about.
 * Told by their order, not their times: a move may be made later than what it follows, and two may be asked for at one instant.
 */
function providerMoves({ programme, standing }: OnboardingState): MoveEffect[] {
  if (programme.providerReservation === undefined) return [];
  const [first, ...moves] = standing.filter(({ type }) => type === 'onboarding.provider-reserved.v1');
  if (first === undefined) return [];
  // The first reservation names whoever was named last by then.
  let open = standing.filter(
    ({ type, time, data }) =>
      type === 'onboarding.provider-reassigned.v1' && time > first.time && data.providerUscc !== undefined,
  );
  for (const { data } of moves)
    open = open.slice(open.findIndex(({ data: asked }) => asked.providerUscc === data.providerUscc) + 1);
  const fromUscc = (moves.at(-1) ?? first).data.providerUscc ?? null;
  const moved = open.find(({ data }) => data.providerUscc !== fromUscc);
  const toUscc = moved?.data.providerUscc;
  if (moved === undefined || toUscc === undefined) return [];
  return [{ kind: 'move-provider', at: moved.time, fromUscc, toUscc, nth: moves.length + 1 }];
}

/** In this order; programmes that ask for less end the step PROVISIONED sooner. */
const PROVISIONING = [
  { step: 'create-tenant', done: 'onboarding.tenant-created.v1' },
  { step: 'issue-credential', done: 'onboarding.credential-issued.v1' },
  { step: 'register-devices', done: 'onboarding.devices-registered.v1' },
] as const satisfies readonly { step: PlatformStep; done: string }[];

const isGivenUp = (state: OnboardingState, operation: PlatformStep): boolean =>
  state.standing.some(
    ({ type, data }) => type === 'onboarding.platform-given-up.v1' && data.operation === operation,
  );

/** The window's end is announced in good time, once per notice and window. */
function expiryNotices(state: OnboardingState): Effect[] {
  const closesAt = windowEndOf(state.steps, state.programme, state.reopenedAt);
  if (closesAt === null) return [];
  const since = state.reopenedAt ?? '';
  const announced = new Set(
    state.facts
      .filter(({ type, time }) => type === 'onboarding.expiry-announced.v1' && time >= since)
      .map(({ data }) => data.daysLeft),
  );
  return state.programme.window.noticeDaysBefore
    .filter((daysLeft) => !announced.has(daysLeft))
    .map((daysLeft) => ({
      kind: 'announce-expiry' as const,
      at: addSpan(closesAt, { days: -daysLeft, count: 'calendar' }),
      closesAt,
      daysLeft,
    }))
    .filter(({ at }) => at >= since);
}

function dataEffects(state: OnboardingState, data: DataAnswer | null): Effect[] {
  const question = dataQuestion(state);
  if (question === null || !isAnswerTo(data, question)) return [];
  const openedAt = state.steps.get('DATA_CONNECTED')?.openedAt ?? '';
  if (state.steps.get('DATA_CONNECTED')?.doneAt === null) {
    const first = data.points[0];
    return first ? [{ kind: 'connect-data', at: latest([first.at, openedAt]), first }] : [];
  }
  const last = data.points[question.months - 1];
  if (last === undefined || !isAnswered(data)) return [];
  const { flowing } = question;
  return [
    {
      kind: 'sustain-use',
      at: latest([last.at, flowing?.confirmedAt ?? '', data.flows?.at ?? '']),
      nth: state.standing.filter(({ type }) => type === USE_SUSTAINED).length + 1,
      months: data.points.slice(0, question.months).map((point) => point.month),
    },
  ];
}
