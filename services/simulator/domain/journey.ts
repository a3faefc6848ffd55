import type { FailureReason, Phase } from '../../../schemas/onboarding.ts';
import { addMonths } from '../../../schemas/time.ts';
import { addDays, inLaterMonthThan, LAST_PERIOD, monthStart, periodOfMs } from './calendar.ts';
import { PROVIDER_NAMES, RATERS, WINDOW_DAYS } from './catalogue.ts';
import type { Firm } from './firms.ts';
import { type RandomStream, randomStream } from './random.ts';

/** One thing that happens in an onboarding, as somebody outside the system states it or does it. */
export type JourneyStep = { readonly at: number } & (
  | { readonly kind: 'diagnosed'; readonly level: number; readonly score: number }
  | { readonly kind: 'plan-filed' }
  | { readonly kind: 'plan-approved' }
  | { readonly kind: 'plan-declined'; readonly reason: FailureReason }
  | { readonly kind: 'contract-signed' }
  | { readonly kind: 'training-completed' }
  | { readonly kind: 'system-deployed' }
  | { readonly kind: 'tenant-connected' }
  | { readonly kind: 'go-live-confirmed' }
  | { readonly kind: 'self-assessed'; readonly level: number; readonly score: number }
  | { readonly kind: 'level-assessed'; readonly level: number; readonly score: number }
  | { readonly kind: 'finance-audited' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'subsidy-paid' }
  | {
      readonly kind: 'step-failed';
      readonly step: string;
      readonly reason: FailureReason;
      readonly final: boolean;
    }
  | { readonly kind: 'withdrew'; readonly reason: FailureReason }
  | { readonly kind: 'late-training-report' }
);

export type JourneyEnd =
  | {
      readonly status: 'WITHDRAWN' | 'DECLINED' | 'FAILED';
      readonly at: number;
      readonly phase: Phase;
      readonly reason: FailureReason;
    }
  | { readonly status: 'ACCEPTED' | 'EXPIRED'; readonly at: number }
  | { readonly status: 'ACTIVE' };

export interface Journey {
  readonly firm: Firm;
  readonly nominatedAt: number;
  readonly provider: number;
  readonly rater: (typeof RATERS)[number];
  readonly steps: readonly JourneyStep[];
  readonly end: JourneyEnd;
  readonly contractAt: number | null;
  readonly connectedAt: number | null;
  readonly liveAt: number | null;
  /** From then on the tenant sends nothing more; null while it goes on. */
  readonly silentFrom: number | null;
}

type Cause = readonly [group: FailureReason['group'], cause: string];
const reasonOf = ([group, cause]: Cause): FailureReason => ({ group, cause });

const MISFIT: Cause = ['MISMATCH', 'SOLUTION_DOES_NOT_FIT'];
const RESISTANCE: Cause = ['UNWILLING', 'EMPLOYEE_RESISTANCE'];

/** How strongly the margin over what a step demands decides whether it holds. */
const STEEPNESS = 16;

/** Probability that a step breaks on a firm whose capacity (trait and help together) is set against a demand. */
const breakProbability = (capacity: number, demand: number): number =>
  1 / (1 + Math.exp((capacity - demand) * STEEPNESS));

/**
 * Draws one firm's way through the programme. Nothing is dealt out: each stage asks for certain traits, help in the city
 * makes up for part of what is missing, and where the demand is not met the firm withdraws, is declined, fails, or stalls
 * until the window closes, for the reason of the trait that broke.
 */
export function drawJourney(seed: number, firm: Firm): Journey | null {
  if (firm.nominatedAt === null) return null;
  return new Walk(firm, firm.nominatedAt, randomStream(seed, `journey/${firm.index}`)).walk();
}

class Walk {
  private readonly steps: JourneyStep[] = [];
  private clock: number;
  private contractAt: number | null = null;
  private connectedAt: number | null = null;
  private liveAt: number | null = null;
  private end: JourneyEnd | null = null;
  private readonly help: number;
  private readonly horizon = monthStart(addMonths(LAST_PERIOD, 1));

  constructor(
    private readonly firm: Firm,
    private readonly nominatedAt: number,
    private readonly random: RandomStream,
  ) {
    this.clock = nominatedAt;
    this.help = firm.city.help;
  }

  walk(): Journey {
    const provider = this.random.whole(0, PROVIDER_NAMES.length - 1);
    const rater = this.random.pick(RATERS);
    const stages = [
      this.diagnose,
      this.plan,
      this.decide,
      this.contract,
      this.implement,
      this.goLive,
      this.accept,
    ];
    for (const stage of stages) {
      stage.call(this);
      if (this.end !== null) break;
    }
    return this.cut(provider, rater);
  }

  /** Awareness and fear of disclosure: without them there is not even a diagnosis. */
  private diagnose(): void {
    const { leadership, openness } = this.firm.traits;
    this.pass(20, 40);
    if (this.breaks(0.75 * leadership + 0.25 * openness + 0.2 * this.help, 0.2)) {
      this.withdraw(['UNWILLING', leadership < openness ? 'NO_OWNER' : 'AWARENESS'], 'early');
      return;
    }
    if (this.breaks(openness + 0.2 * this.help, 0.16)) {
      this.withdraw(['DARE_NOT', 'DATA_DISCLOSURE_FEAR'], 'early');
      return;
    }
    this.add({
      kind: 'diagnosed',
      level: this.firm.traits.erp > 0.55 ? 1 : 0,
      score: round1(14 + 20 * this.firm.traits.erp),
    });
  }

  /** The provider looks for a solution that fits, and for people who can run it. */
  private plan(): void {
    const { fit, staff, erp } = this.firm.traits;
    this.pass(18, 36);
    if (this.stalls(0.6 * staff + 0.4 * this.firm.traits.leadership, 0.05)) return;
    if (this.breaks(fit + 0.12 * this.help, 0.17)) {
      this.add({ kind: 'step-failed', step: 'plan', reason: reasonOf(MISFIT), final: false });
      this.pass(14, 28);
      if (this.breaks(fit + 0.3 * this.help, 0.24)) {
        this.fail('plan', MISFIT, 'early');
        return;
      }
    }
    if (this.breaks(0.7 * staff + 0.3 * erp + 0.25 * this.help, 0.3)) {
      this.fail('plan', ['UNABLE', staff < erp ? 'NO_STAFF' : 'NO_ERP'], 'early');
      return;
    }
    this.add({ kind: 'plan-filed' });
  }

  /** The bureau looks at the money; a firm that sees its own purse may go first. */
  private decide(): void {
    const { cash } = this.firm.traits;
    this.pass(8, 16);
    if (this.breaks(cash + 0.2 * this.help, 0.2)) {
      const reason = reasonOf(['DARE_NOT', 'PAYBACK_TOO_LONG']);
      this.add({ kind: 'plan-declined', reason });
      this.end = { status: 'DECLINED', at: this.clock, phase: 'early', reason };
      return;
    }
    this.add({ kind: 'plan-approved' });
  }

  private contract(): void {
    const { cash, leadership } = this.firm.traits;
    this.pass(7, 18);
    if (this.breaks(cash + 0.25 * this.help, 0.09)) {
      this.withdraw(['DARE_NOT', 'CASH'], 'mid');
      return;
    }
    if (this.stalls(leadership, -0.08)) return;
    this.add({ kind: 'contract-signed' });
    this.contractAt = this.clock;
  }

  /** Training and deployment run side by side; here solutions that do not fit and staff that resist come to light. */
  private implement(): void {
    const { fit, openness, staff, erp } = this.firm.traits;
    const signedAt = this.clock;
    const morale = 0.65 * openness + 0.35 * staff;
    this.pass(20, 40);
    if (this.breaks(morale + 0.2 * this.help, 0.35)) {
      this.add({ kind: 'step-failed', step: 'training', reason: reasonOf(RESISTANCE), final: false });
      this.pass(12, 24);
      if (this.breaks(morale + 0.3 * this.help, 0.4)) {
        this.fail('training', RESISTANCE, 'mid');
        return;
      }
    }
    this.add({ kind: 'training-completed' });
    const deployedAt = addDays(signedAt, this.random.between(38, 62));
    this.clock = Math.max(this.clock + 86_400_000, deployedAt);
    if (this.breaks(fit + 0.25 * this.help, 0.37)) {
      this.add({ kind: 'step-failed', step: 'deployment', reason: reasonOf(MISFIT), final: false });
      this.pass(12, 24);
      if (this.breaks(fit + 0.35 * this.help, 0.41)) {
        this.fail('deployment', MISFIT, 'mid');
        return;
      }
    }
    if (this.breaks(erp + 0.35 * this.help, 0.17)) {
      this.add({
        kind: 'step-failed',
        step: 'mapping',
        reason: reasonOf(['INTEGRATION', 'MAPPING']),
        final: false,
      });
      this.pass(10, 20);
      if (this.breaks(erp + 0.45 * this.help, 0.15)) {
        this.fail('mapping', ['INTEGRATION', 'MAPPING'], 'mid');
        return;
      }
    }
    this.add({ kind: 'system-deployed' });
    this.pass(2, 7);
    this.add({ kind: 'tenant-connected' });
    this.connectedAt = this.clock;
  }

  private goLive(): void {
    const { staff, leadership } = this.firm.traits;
    this.pass(18, 35);
    if (this.stalls(0.5 * staff + 0.5 * leadership, 0.12)) return;
    this.add({ kind: 'go-live-confirmed' });
    this.liveAt = this.clock;
  }

  /** Self-assessment, rating on site, audit of the money, acceptance: after at least three months of data. */
  private accept(): void {
    const { staff, erp, leadership } = this.firm.traits;
    const afterUse = monthStart(addMonths(periodOfMs(this.connectedAt ?? this.clock), 4));
    this.clock = Math.max(addDays(this.clock, 5), afterUse);
    this.pass(4, 12);
    const strength = 0.4 * staff + 0.3 * erp + 0.3 * leadership + 0.2 * this.help;
    const isBelow = this.breaks(strength, 0.35);
    const level = isBelow ? 1 : strength > 0.95 ? 3 : 2;
    const score = round1((isBelow ? 30 : level === 3 ? 60 : 40) + 9 * this.random.uniform() + 0.4);
    this.add({ kind: 'self-assessed', level: Math.max(level, 2), score: round1(score + (isBelow ? 11 : 3)) });
    this.pass(14, 28);
    this.add({ kind: 'level-assessed', level, score });
    if (isBelow) {
      this.clock = inLaterMonthThan(this.clock, this.clock);
      this.fail('rating', ['LEVEL_NOT_REACHED', 'BELOW_TARGET_LEVEL'], 'late');
      return;
    }
    this.pass(8, 18);
    this.add({ kind: 'finance-audited' });
    this.clock = inLaterMonthThan(addDays(this.clock, this.random.between(8, 20)), this.clock);
    this.add({ kind: 'accepted' });
    this.end = { status: 'ACCEPTED', at: this.clock };
    this.pass(20, 50);
    this.add({ kind: 'subsidy-paid' });
  }

  private add(step: DistributiveOmit<JourneyStep, 'at'>): void {
    this.steps.push({ ...step, at: this.clock } as JourneyStep);
  }

  private pass(fromDays: number, toDays: number): void {
    this.clock = addDays(this.clock, this.random.between(fromDays, toDays));
  }

  private breaks(capacity: number, demand: number): boolean {
    return this.random.chance(breakProbability(capacity, demand));
  }

  /** Nobody moves any more, and nobody says why: the window's end will decide. */
  private stalls(capacity: number, demand: number): boolean {
    if (!this.breaks(capacity + 0.15 * this.help, demand + 0.05)) return false;
    this.end = { status: 'ACTIVE' };
    return true;
  }

  /** A person acts at the end of a month's records: what follows from an act is sent in a later month. */
  private settle(): void {
    const lastAct = this.steps.findLast((step) => HUMAN_ACTS.has(step.kind));
    if (lastAct !== undefined) this.clock = inLaterMonthThan(this.clock, lastAct.at);
  }

  private fail(step: string, cause: Cause, phase: Phase): void {
    this.settle();
    const reason = reasonOf(cause);
    this.add({ kind: 'step-failed', step, reason, final: true });
    this.end = { status: 'FAILED', at: this.clock, phase, reason };
    this.maybeReportLate();
  }

  private withdraw(cause: Cause, phase: Phase): void {
    this.settle();
    const reason = reasonOf(cause);
    this.add({ kind: 'withdrew', reason });
    this.end = { status: 'WITHDRAWN', at: this.clock, phase, reason };
    this.maybeReportLate();
  }

  /** Some firms report a training that nobody waits for any more. */
  private maybeReportLate(): void {
    if (!this.random.chance(0.06)) return;
    this.pass(20, 50);
    this.add({ kind: 'late-training-report' });
  }

  /** Drops what lies after the scenario's end or the window's, and says how the onboarding ends. */
  private cut(provider: number, rater: Journey['rater']): Journey {
    const windowEnd = addDays(this.nominatedAt, WINDOW_DAYS);
    const last = Math.min(windowEnd, this.horizon);
    const isOver = this.end !== null && this.end.status !== 'ACTIVE' && this.end.at < last;
    const expiry: JourneyEnd =
      windowEnd <= this.horizon ? { status: 'EXPIRED', at: windowEnd } : { status: 'ACTIVE' };
    const end = isOver && this.end !== null ? this.end : expiry;
    const before = (at: number | null): number | null => (at !== null && at < last ? at : null);
    const silentFrom = end.status === 'FAILED' || end.status === 'EXPIRED' ? end.at : this.stalledSilence();
    return {
      firm: this.firm,
      nominatedAt: this.nominatedAt,
      provider,
      rater,
      steps: this.steps.filter((step) => step.at < (isOver ? this.horizon : last)),
      end,
      contractAt: before(this.contractAt),
      connectedAt: before(this.connectedAt),
      liveAt: before(this.liveAt),
      silentFrom,
    };
  }

  /** A firm that was connected and never went live soon stops using the system. */
  private stalledSilence(): number | null {
    return this.connectedAt !== null && this.liveAt === null ? addDays(this.connectedAt, 40) : null;
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

const HUMAN_ACTS: ReadonlySet<JourneyStep['kind']> = new Set([
  'plan-approved',
  'plan-declined',
  'self-assessed',
  'finance-audited',
]);

const round1 = (value: number): number => Math.round(value * 10) / 10;
