import type { OnboardingStatus, Stage } from '../../../schemas/onboarding.ts';
import { STALL_LIMITS } from '../../../schemas/searchAttributes.ts';
import { DAY_MS, dateOf } from '../../../schemas/time.ts';
import { type Happened, remindersInVain, type WaitingStep } from '../../../schemas/waiting.ts';
import { quantile } from './quantile.ts';

/** What the rules look at. */
export interface StallSubject {
  readonly _id: string;
  readonly status: OnboardingStatus;
  readonly leaderUscc: string | null;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly enteredAt: Date;
    readonly doneAt: Date | null;
  }[];
  readonly steps: readonly (Omit<WaitingStep, 'deadline'> & { readonly stage: Stage })[];
  /** What the platform last said of first data that are overdue. */
  readonly platformSays?: { readonly firstDataAt: string | null; readonly lastHeardAt: string | null };
  readonly history: readonly (Happened & { readonly isTakenBack?: boolean })[];
}

/** Why an onboarding is expected to stall, in words and figures. */
export interface StallReason {
  readonly rule:
    | 'TIME_IN_STAGE'
    | 'MISSED_REMINDERS'
    | 'REPEATED_FAILURE'
    | 'DATA_LOST_ON_THE_WAY'
    | 'NO_DATA_AT_PLATFORM';
  readonly stage: Stage;
  readonly days: number | null;
  /** Within so many days four fifths of those it is compared with were through. */
  readonly usualDays: number | null;
  readonly comparedWith: 'chain' | 'all' | null;
  readonly sample: number | null;
  readonly text: string;
}

/** The reasons why an onboarding is expected to stall, as of an instant. */
export type StallForecast = (subject: StallSubject, asOf: Date) => StallReason[];

const USUAL_SHARE = 0.8;
const MIN_CHAIN = 5;
const MIN_ALL = 10;

const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / DAY_MS;

/**
 * Predicts stalling by three rules that anybody can check: longer in a stage than four fifths of the finished passages of the same chain (of all
 * onboardings, where the chain has fewer than five), reminders that moved nothing, attempts that failed again; and where first data are overdue by
 * what the platform says of them: lost on the way from there, or never come there.
 * @returns the reasons for an open onboarding; none for one that is closed or gets on
 */
export function stallPrediction(
  subjects: readonly Pick<StallSubject, 'leaderUscc' | 'stages'>[],
): StallForecast {
  const byChain = new Map<string, number[]>();
  const add = (key: string, days: number): void => {
    const known = byChain.get(key);
    if (known === undefined) byChain.set(key, [days]);
    else known.push(days);
  };
  for (const { leaderUscc, stages } of subjects)
    for (const { stage, enteredAt, doneAt } of stages) {
      if (doneAt === null) continue;
      const days = daysBetween(enteredAt, doneAt);
      add(`all/${stage}`, days);
      if (leaderUscc !== null) add(`${leaderUscc}/${stage}`, days);
    }
  const usualFor = (leader: string | null, stage: Stage) => {
    const chain = leader === null ? [] : (byChain.get(`${leader}/${stage}`) ?? []);
    const all = byChain.get(`all/${stage}`) ?? [];
    if (chain.length >= MIN_CHAIN)
      return { comparedWith: 'chain' as const, sample: chain.length, days: quantile(chain, USUAL_SHARE) };
    if (all.length >= MIN_ALL)
      return { comparedWith: 'all' as const, sample: all.length, days: quantile(all, USUAL_SHARE) };
    return null;
  };

  const slow = (subject: StallSubject, asOf: Date): StallReason[] =>
    subject.stages.flatMap(({ stage, enteredAt, doneAt }): StallReason[] => {
      const usual = doneAt === null ? usualFor(subject.leaderUscc, stage) : null;
      const days = Math.floor(daysBetween(enteredAt, asOf));
      if (usual === null || usual.days === null || days <= usual.days) return [];
      const { comparedWith, sample } = usual;
      const usualDays = Math.ceil(usual.days);
      const whom = comparedWith === 'chain' ? 'of its chain' : 'of all onboardings';
      const text = `${days} days in ${stage}; four fifths of ${sample} ${whom} were through within ${usualDays}`;
      return [{ rule: 'TIME_IN_STAGE', stage, days, usualDays, comparedWith, sample, text }];
    });

  const unmoved = (subject: StallSubject): StallReason[] =>
    subject.steps
      .filter((step) => step.waitingOn !== null)
      .flatMap((step): StallReason[] => {
        const common = { stage: step.stage, days: null, usualDays: null, comparedWith: null, sample: null };
        const sent = remindersInVain(
          step,
          subject.history.filter(({ isTakenBack }) => isTakenBack !== true),
        );
        const failed = step.attempts.filter(({ outcome }) => outcome === 'failed').length;
        return [
          ...(sent >= STALL_LIMITS.reminders
            ? [
                {
                  ...common,
                  rule: 'MISSED_REMINDERS' as const,
                  text: `${sent} reminders about ${step.step} moved nothing`,
                },
              ]
            : []),
          ...(failed >= STALL_LIMITS.failedAttempts
            ? [{ ...common, rule: 'REPEATED_FAILURE' as const, text: `${step.step} failed ${failed} times` }]
            : []),
        ];
      });

  return (subject: StallSubject, asOf: Date): StallReason[] =>
    subject.status === 'ACTIVE' ? [...slow(subject, asOf), ...unmoved(subject), ...withoutData(subject)] : [];
}

function withoutData({ platformSays }: StallSubject): StallReason[] {
  if (platformSays === undefined) return [];
  const { firstDataAt, lastHeardAt } = platformSays;
  const common = { days: null, usualDays: null, comparedWith: null, sample: null };
  const stage = 'DATA_CONNECTED' as const;
  const dayOf = (instant: string): string => dateOf(new Date(instant));
  if (firstDataAt !== null) {
    const text = `the platform says that it has had data since ${dayOf(firstDataAt)}; none has come here: see to what it passes on`;
    return [{ ...common, rule: 'DATA_LOST_ON_THE_WAY', stage, text }];
  }
  const heard =
    lastHeardAt === null
      ? 'has never heard of the devices'
      : `last heard of the devices on ${dayOf(lastHeardAt)}`;
  return [
    {
      ...common,
      rule: 'NO_DATA_AT_PLATFORM',
      stage,
      text: `the platform says that it has had no valid data, and ${heard}: see to the devices`,
    },
  ];
}
