import type { ActCommand } from '../../schemas/api/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import { addMonths, periodOf, startOfPeriod } from '../../schemas/time.ts';
import type { OutgoingAct } from '../../workflows/onboarding/activities.contract.ts';
import { lastOf } from '../../workflows/onboarding/compensation.ts';
import { fold, foldReported, type OnboardingState } from '../../workflows/onboarding/decider.ts';
import {
  type DataAnswer,
  dataQuestion,
  type Effect,
  nextEffect,
  type PlatformStep,
} from '../../workflows/onboarding/effects.ts';
import { actIdentity, DATA_CONNECTED, type Fact, factOf } from '../../workflows/onboarding/facts.ts';
import { judgeAct, recordOf } from '../../workflows/onboarding/humanActs.ts';
import { causeOf, priceAt, stating } from '../../workflows/onboarding/outcomes.ts';
import { CURRENT_PROGRAMME_VERSION, subsidyOf } from '../../workflows/onboarding/programme.ts';
import { TODAYS_READING } from '../../workflows/onboarding/reading.ts';
import type { Refusal } from '../../workflows/onboarding/refusal.ts';
import { momentsOf } from '../../workflows/onboarding/returns.ts';
import { readingOf } from '../../workflows/onboarding/superficial.ts';
import { engagedProvider } from '../../workflows/onboarding/view.ts';

/** One thing that happens to a workflow: a fact comes, it is told how far time has come, or somebody wants to do something. */
export type Happening =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'clock'; readonly at: string }
  | { readonly kind: 'act'; readonly command: ActCommand };

/** What became of somebody's wish. */
export type Verdict = 'taken' | 'duplicate' | Refusal['code'];

type Held = 'tenant' | 'credential' | 'devices';

export interface ModelRun {
  readonly state: OnboardingState;
  readonly facts: readonly Fact[];
  readonly acts: readonly OutgoingAct[];
  /** What stands on the platform at the end. */
  readonly platform: ReadonlySet<Held>;
  readonly platformLog: readonly string[];
  /** Of each act that was wished for, in order. */
  readonly verdicts: readonly Verdict[];
}

const UNMEASURED = {
  verdict: 'not-measurable',
  kpi: 'inventoryTurns',
  before: null,
  after: null,
  change: null,
  reason: 'NO_BASELINE',
} as const;
const DONE_BY: Readonly<Record<Held, readonly EventType[]>> = {
  tenant: ['onboarding.tenant-created.v1'],
  credential: ['onboarding.credential-issued.v1'],
  devices: ['onboarding.devices-registered.v1'],
};
/** The clock on the wall, after everything that happens here. */
const FAR_AWAY_MS = Date.parse('2040-01-01T00:00:00Z');
const KEY = { workflowId: 'w', supplierUscc: 's', platform: 'p', programme: 'x' };

/**
 * What becomes of one call on the platform: done; nobody answers, with or without its having been done; refused for good, with or without. A call
 * without an answer is made again, and given up where the onboarding is to end.
 */
export type PlatformMood = 'done' | 'silent' | 'done-unheard' | 'refused' | 'refused-yet-done';

/**
 * Runs the decider the way the workflow does, on a platform that is a set, with the tenant's data given by their times.
 * @param moods of the platform, call by call; it is in good order after them
 */
export function runModel(
  happenings: readonly Happening[],
  dataTimes: readonly string[],
  moods: readonly PlatformMood[] = [],
): ModelRun {
  const make = stating(KEY, () => now().round);
  const known = new Map<string, Fact>();
  const acts: OutgoingAct[] = [];
  const platform = new Set<Held>();
  const platformLog: string[] = [];
  /** What was taken hold of, or may have been, in that order. */
  let begun: (Held | 'subsidy' | 'provider')[] = [];
  const begin = (what: (typeof begun)[number]): void => void (begun.includes(what) || begun.push(what));
  let calls = 0;
  const mood = (): PlatformMood => moods[calls++] ?? 'done';
  let clockAt = '';
  let horizon = '';
  let answer: DataAnswer | null = null;
  const now = (): OnboardingState => fold(known.values(), CURRENT_PROGRAMME_VERSION, horizon);
  const record = (act: OutgoingAct): void => {
    acts.push(act);
    const fact = factOf({ ...act, id: actIdentity(act.id) });
    known.set(fact.id, fact);
  };
  const done = (log: string): void => void platformLog.push(log);
  const verdicts: Verdict[] = [];
  const attempt = (command: ActCommand): void => {
    const reported = foldReported([...known.values()], CURRENT_PROGRAMME_VERSION);
    const refusal = judgeAct(reported, command, KEY.workflowId, FAR_AWAY_MS);
    if (refusal !== null) return void verdicts.push(refusal.code);
    const closing = reported.status === 'CLOSED' ? reported.ending.decidedBy : undefined;
    const act = recordOf(command, KEY.workflowId, closing);
    const isKnown = known.has(actIdentity(act.id));
    verdicts.push(isKnown ? 'duplicate' : 'taken');
    if (!isKnown) record(act);
  };

  const outcomeOf = (effect: Effect, state: OnboardingState, through: string): OutgoingAct | null => {
    const { at } = effect;
    const cause = causeOf(state.facts, at);
    const take = (what: Held, operation: PlatformStep, fact: OutgoingAct): OutgoingAct | null => {
      begin(what);
      const met = mood();
      if (met !== 'silent' && met !== 'refused' && !platform.has(what)) {
        platform.add(what);
        done(operation);
      }
      if (met === 'done') return fact;
      if (met.startsWith('refused')) return make.platformRefused(at, cause, operation, 'no');
      const isToEnd = state.ending !== null && state.ending.at <= through;
      return isToEnd ? make.platformGivenUp(at, cause, operation, 'no answer') : null;
    };
    /** Asked for a day where nobody answers. */
    const giveBack = (what: Held, operation: string, fact: (existed: boolean) => OutgoingAct): void => {
      const existed = DONE_BY[what].some((type) => state.standing.some((one) => one.type === type));
      const met = mood();
      if (met === 'done' || met === 'done-unheard') {
        if (platform.delete(what)) done(operation);
        record(fact(existed));
      } else record(make.compensationEscalated(at, cause, operation, met));
    };
    switch (effect.kind) {
      case 'register':
        return make.registered(at, cause, state.programme.version);
      case 'verify-identity':
        return make.identityVerified(at, cause, 'register');
      case 'create-tenant':
        return take('tenant', effect.kind, make.tenantCreated(at, cause, 't'));
      case 'issue-credential':
        return take('credential', effect.kind, make.credentialIssued(at, cause, 'c', at));
      case 'register-devices':
        return take('devices', effect.kind, make.devicesRegistered(at, cause, 3));
      case 'reserve-subsidy':
        begin('subsidy');
        return make.subsidyReserved(at, cause, subsidyOf(state.programme, priceAt(state, at)));
      case 'reserve-provider':
        begin('provider');
        return make.providerReserved(at, cause, engagedProvider(state, at));
      case 'move-provider': {
        const [released, engaged] = make.providerMoved(effect, cause);
        record(released);
        return engaged;
      }
      case 'announce-expiry':
        return make.expiryAnnounced(effect, cause);
      case 'measure-outcome': {
        const points = pointsOf(dataTimes, { since: effect.liveAt, months: effect.windowMonths + 1 }, at);
        return make.outcomeMeasured(effect, cause, readingOf(state, effect, UNMEASURED, points));
      }
      case 'connect-data':
        return make.dataConnected(effect);
      case 'sustain-use':
        return make.sustainedUse(effect, cause);
      case 'remind':
        if (state.steps.get(effect.step)?.definition.needs.includes(DATA_CONNECTED))
          record(make.platformChecked(effect, cause, { firstDataAt: null, lastHeardAt: null }));
        return make.reminderSent(effect, cause);
      case 'close': {
        const closed = make.closed(state, effect.ending, cause);
        if (effect.ending.status !== 'ACCEPTED') {
          for (const what of begun.reverse())
            if (what === 'provider')
              record(make.providerReleased(at, cause, true, lastOf(state, what)?.providerUscc ?? null));
            else if (what === 'subsidy')
              record(make.subsidyReleased(at, cause, true, lastOf(state, what)?.amountFen ?? null));
            else if (what === 'devices')
              giveBack(what, 'remove-devices', (existed) => make.devicesRemoved(at, cause, existed));
            else if (what === 'credential')
              giveBack(what, 'revoke-credential', (existed) => make.credentialRevoked(at, cause, existed));
            else giveBack(what, 'disable-tenant', (existed) => make.tenantDisabled(at, cause, existed));
          begun = [];
        }
        return closed;
      }
    }
  };

  for (const happening of happenings) {
    if (happening.kind === 'act') attempt(happening.command);
    else if (happening.kind === 'fact') known.set(happening.fact.id, happening.fact);
    else if (happening.at > clockAt) clockAt = happening.at;
    for (;;) {
      const state = now();
      const question = dataQuestion(state);
      const moment = momentsOf(known.values(), TODAYS_READING).find((one) => one > horizon && one <= clockAt);
      const through = moment === undefined ? clockAt : justBefore(moment);
      if (question !== null && question.since <= through)
        answer = {
          ...question,
          through,
          points: pointsOf(dataTimes, question, through),
          flows: question.flowing
            ? (pointsOf(dataTimes, { since: question.flowing.since, months: 1 }, through)[0] ?? null)
            : null,
        };
      const next = nextEffect(state, answer);
      if (next === null || next.at > through) {
        if (moment === undefined) break;
        horizon = moment;
        continue;
      }
      const outcome = outcomeOf(next, state, through);
      if (outcome !== null) record(outcome);
    }
  }
  return { state: now(), facts: [...known.values()], acts, platform, platformLog, verdicts };
}

const justBefore = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();

function pointsOf(
  times: readonly string[],
  question: { since: string; months: number },
  through: string,
): DataAnswer['points'] {
  const sorted = [...times].sort();
  const points: DataAnswer['points'][number][] = [];
  let since = question.since;
  while (points.length < question.months) {
    const at = sorted.find((time) => time >= since && time <= through);
    if (at === undefined) break;
    const month = periodOf(new Date(at));
    points.push({ month, at, source: 'tenant', id: at });
    since = startOfPeriod(addMonths(month, 1)).toISOString();
  }
  return points;
}
