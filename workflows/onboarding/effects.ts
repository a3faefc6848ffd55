import type { Stage } from '../../schemas/onboarding.ts';
import type { OnboardingState } from './decider.ts';
import type { Ending } from './endings.ts';
import type { ReminderRung } from './programme.ts';
import { addDays, latest, type StepStanding } from './steps.ts';

/** Something the system itself will do, at its business time `at`. */
export type Effect =
  | { readonly kind: 'register'; readonly at: string }
  | { readonly kind: 'verify-identity'; readonly at: string }
  | { readonly kind: 'create-tenant'; readonly at: string }
  | { readonly kind: 'issue-credential'; readonly at: string }
  | { readonly kind: 'connect-data'; readonly at: string; readonly first: DataPoint }
  | { readonly kind: 'sustain-use'; readonly at: string; readonly months: readonly string[] }
  | {
      readonly kind: 'remind';
      readonly at: string;
      readonly step: string;
      readonly stage: Stage;
      readonly recipient: ReminderRung['recipient'];
      readonly rung: number;
      readonly attempt: number;
      readonly deadline: string;
    }
  | { readonly kind: 'close'; readonly at: string; readonly ending: Ending };

/** The first event of the tenant in a month (Asia/Shanghai), counted from some instant on. */
export interface DataPoint {
  readonly month: string;
  readonly at: string;
  readonly source: string;
  readonly id: string;
}

/** What the onboarding wants to know of the tenant's data. */
export interface DataQuestion {
  /** Events from this instant on count. */
  readonly since: string;
  /** In this many distinct months. */
  readonly months: number;
}

/** The answer: the first event of each of the earliest months, as far as `through`. */
export interface DataAnswer extends DataQuestion {
  readonly through: string;
  readonly points: readonly DataPoint[];
}

/** Which question about the tenant's data is open; null when none is. */
export function dataQuestion(state: OnboardingState): DataQuestion | null {
  if (state.status === 'CLOSED') return null;
  const connection = state.steps.get('DATA_CONNECTED');
  if (!connection?.openedAt) return null;
  if (connection.doneAt === null) {
    const issued = state.facts.find((fact) => fact.type === 'onboarding.credential-issued.v1');
    return issued ? { since: issued.data.issuedAt ?? issued.time, months: 1 } : null;
  }
  return hasFact(state, 'onboarding.use-sustained.v1')
    ? null
    : { since: connection.doneAt, months: state.programme.sustainedMonths };
}

const hasFact = (state: OnboardingState, type: string): boolean =>
  state.facts.some((fact) => fact.type === type);

/**
 * The next thing the system will do by itself, by business time; null when nothing is due at any time.
 * Nothing may be done before the stream is known to be complete up to its time: then the sequence of effects is a function
 * of the facts alone, however these arrived and however time was advanced.
 */
export function nextEffect(state: OnboardingState, data: DataAnswer | null): Effect | null {
  if (state.status === 'CLOSED') return null;
  const { ending } = state;
  const effects = [...stepEffects(state), ...dataEffects(state, data), ...reminders(state)].filter(
    (effect) => ending === null || effect.at < ending.at,
  );
  if (ending !== null) effects.push({ kind: 'close', at: ending.at, ending });
  return effects.reduce<Effect | null>(
    (first, next) => (first === null || next.at < first.at ? next : first),
    null,
  );
}

function stepEffects(state: OnboardingState): Effect[] {
  const effects: Effect[] = [];
  const open = (step: string): string | null => {
    const standing = state.steps.get(step);
    return standing && standing.doneAt === null ? standing.openedAt : null;
  };
  const registration = open('REGISTERED');
  if (registration) effects.push({ kind: 'register', at: registration });
  const verification = open('IDENTITY_VERIFIED');
  if (verification) effects.push({ kind: 'verify-identity', at: verification });
  const provisioning = open('PROVISIONED');
  if (provisioning)
    effects.push({
      kind: hasFact(state, 'onboarding.tenant-created.v1') ? 'issue-credential' : 'create-tenant',
      at: provisioning,
    });
  return effects;
}

function dataEffects(state: OnboardingState, data: DataAnswer | null): Effect[] {
  const question = dataQuestion(state);
  if (question === null || data === null || data.since !== question.since) return [];
  const openedAt = state.steps.get('DATA_CONNECTED')?.openedAt ?? '';
  if (state.steps.get('DATA_CONNECTED')?.doneAt === null) {
    const first = data.points[0];
    return first ? [{ kind: 'connect-data', at: latest([first.at, openedAt]), first }] : [];
  }
  const last = data.points[question.months - 1];
  if (last === undefined) return [];
  return [
    {
      kind: 'sustain-use',
      at: last.at,
      months: data.points.slice(0, question.months).map((point) => point.month),
    },
  ];
}

/** The ladder of every step that has a deadline; each failed attempt begins it anew, and the step's being done ends it. */
function reminders(state: OnboardingState): Effect[] {
  const sent = new Set(
    state.facts
      .filter((fact) => fact.type === 'onboarding.reminder-sent.v1')
      .map((fact) => reminderKey(fact.data.step ?? '', fact.data.attempt ?? 0, fact.data.rung ?? 0)),
  );
  return [...state.steps.values()].flatMap((standing) =>
    attemptsOf(standing).flatMap(({ attempt, deadline, until }) =>
      state.programme.reminders.flatMap((rung, index): Effect[] => {
        const at = addDays(deadline, rung.daysAfterDeadline);
        const { step, stage } = standing.definition;
        const isMoot = (until !== null && at >= until) || sent.has(reminderKey(step, attempt, index + 1));
        if (isMoot) return [];
        return [
          { kind: 'remind', at, step, stage, recipient: rung.recipient, rung: index + 1, attempt, deadline },
        ];
      }),
    ),
  );
}

/** Names a reminder within its onboarding. */
export const reminderKey = (step: string, attempt: number, rung: number): string =>
  attempt === 0 ? `${step}/${rung}` : `${step}/${attempt}/${rung}`;

interface AttemptWindow {
  readonly attempt: number;
  readonly deadline: string;
  readonly until: string | null;
}

function attemptsOf(standing: StepStanding): AttemptWindow[] {
  const { deadlineDays } = standing.definition;
  if (standing.openedAt === null || deadlineDays === null) return [];
  const openedAt = standing.openedAt;
  const failed = standing.failures
    .map((failure) => failure.fact.time)
    .filter((time) => time > openedAt && (standing.doneAt === null || time < standing.doneAt));
  const starts = [openedAt, ...failed];
  return starts.map((start, attempt) => ({
    attempt,
    deadline: addDays(start, deadlineDays),
    until: starts[attempt + 1] ?? standing.doneAt,
  }));
}

/** The deadline that stands for an open step now; null where it has none. */
export function deadlineOf(standing: StepStanding): string | null {
  return standing.doneAt === null ? (attemptsOf(standing).at(-1)?.deadline ?? null) : null;
}
