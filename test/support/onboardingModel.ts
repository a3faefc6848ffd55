import type { ActCommand } from '../../schemas/api/acts.ts';
import { addMonths, periodOf, startOfPeriod } from '../../schemas/time.ts';
import type { OutgoingAct } from '../../workflows/onboarding/activities.contract.ts';
import { fold, foldReported, type OnboardingState } from '../../workflows/onboarding/decider.ts';
import {
  type DataAnswer,
  dataQuestion,
  type Effect,
  nextEffect,
} from '../../workflows/onboarding/effects.ts';
import { actIdentity, type Fact, factOf } from '../../workflows/onboarding/facts.ts';
import { judgeAct, recordOf } from '../../workflows/onboarding/humanActs.ts';
import { causeOf, stating } from '../../workflows/onboarding/outcomes.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import { TODAYS_READING } from '../../workflows/onboarding/reading.ts';
import type { Refusal } from '../../workflows/onboarding/refusal.ts';
import { momentsOf } from '../../workflows/onboarding/returns.ts';
import { readingOf } from '../../workflows/onboarding/superficial.ts';

/** One thing that happens to a workflow: a fact comes, it is told how far time has come, or somebody wants to do something. */
export type Happening =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'clock'; readonly at: string }
  | { readonly kind: 'act'; readonly command: ActCommand };

/** What became of somebody's wish. */
export type Verdict = 'taken' | 'duplicate' | Refusal['code'];

export interface ModelRun {
  readonly state: OnboardingState;
  readonly facts: readonly Fact[];
  readonly acts: readonly OutgoingAct[];
  /** What stands on the platform at the end. */
  readonly platform: ReadonlySet<'tenant' | 'credential' | 'devices'>;
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
/** The clock on the wall, after everything that happens here. */
const FAR_AWAY_MS = Date.parse('2040-01-01T00:00:00Z');
const KEY = { workflowId: 'w', supplierUscc: 's', platform: 'p', programme: 'x' };

/** Runs the decider the way the workflow does, on a platform that is a set, with the tenant's data given by their times. */
export function runModel(happenings: readonly Happening[], dataTimes: readonly string[]): ModelRun {
  const make = stating(KEY, () => now().round);
  const known = new Map<string, Fact>();
  const acts: OutgoingAct[] = [];
  const platform = new Set<'tenant' | 'credential' | 'devices'>();
  const platformLog: string[] = [];
  const reserved = new Set<'subsidy' | 'provider'>();
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

  const outcomeOf = (effect: Effect, state: OnboardingState): OutgoingAct => {
    const { at } = effect;
    const cause = causeOf(state.facts, at);
    switch (effect.kind) {
      case 'register':
        return make.registered(at, cause, state.programme.version);
      case 'verify-identity':
        return make.identityVerified(at, cause, 'register');
      case 'create-tenant':
        platform.add('tenant');
        done('create-tenant');
        return make.tenantCreated(at, cause, 't');
      case 'issue-credential':
        platform.add('credential');
        done('issue-credential');
        return make.credentialIssued(at, cause, 'c', at);
      case 'register-devices':
        platform.add('devices');
        done('register-devices');
        return make.devicesRegistered(at, cause, 3);
      case 'reserve-subsidy':
        reserved.add('subsidy');
        return make.subsidyReserved(at, cause, null);
      case 'reserve-provider':
        reserved.add('provider');
        return make.providerReserved(at, cause, null);
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
        return make.reminderSent(effect, cause);
      case 'close': {
        const closed = make.closed(state, effect.ending, cause);
        if (effect.ending.status !== 'ACCEPTED') {
          if (platform.delete('devices')) {
            done('remove-devices');
            record(make.devicesRemoved(at, cause, true));
          }
          if (platform.delete('credential')) {
            done('revoke-credential');
            record(make.credentialRevoked(at, cause, true));
          }
          if (platform.delete('tenant')) {
            done('disable-tenant');
            record(make.tenantDisabled(at, cause, true));
          }
          if (reserved.delete('provider')) record(make.providerReleased(at, cause, true));
          if (reserved.delete('subsidy')) record(make.subsidyReleased(at, cause, true));
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
      record(outcomeOf(next, state));
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
