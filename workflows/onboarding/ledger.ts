import { patched } from '@temporalio/workflow';
import type { OutgoingAct } from './activities.contract.ts';
import { own, ownRecorded } from './calls.ts';
import { isCorrection } from './corrections.ts';
import { fold, foldReported, type OnboardingPhase, type OnboardingState, phasesOf } from './decider.ts';
import { hasStrangers } from './engaged.ts';
import { actIdentity, type Fact, factOf } from './facts.ts';
import type { OnboardingInput } from './messages.ts';
import { EARLIEST_READING, type Reading } from './reading.ts';
import { isReturn, momentsOf } from './returns.ts';

export const asFact = (act: OutgoingAct): Fact => factOf({ ...act, id: actIdentity(act.id) });

/** What a workflow run knows, and what it has stated but not yet published. */
export class Ledger {
  readonly #input: OnboardingInput;
  readonly #known = new Map<string, Fact>();
  readonly #outbox: OutgoingAct[] = [];
  /** Whether it knows what was on record when the run began. */
  hasRecalled: boolean;
  #state: OnboardingState;
  /** Corrections and returns up to this time are in force. */
  #horizon = '';
  #reading: Reading = EARLIEST_READING;
  #clockAt: string | null;
  #hasNews = true;

  constructor(input: OnboardingInput) {
    this.#input = input;
    this.#take(input.carried?.facts ?? []);
    this.hasRecalled = input.carried !== undefined;
    this.#clockAt = input.carried?.clockAt ?? null;
    this.#state = this.#fold();
  }

  /** As it stood when the corrections and returns up to now in business time were in force: what the system acts on. */
  get state(): OnboardingState {
    return this.#state;
  }

  /** By all that was reported: what people's acts are judged by. */
  get reported(): OnboardingState {
    return foldReported([...this.#known.values()], this.#input.programmeVersion, this.#reading);
  }

  /** By all that was reported, from one moment at which facts count otherwise to the next. */
  get phases(): OnboardingPhase[] {
    return phasesOf([...this.#known.values()], this.#input.programmeVersion, this.#reading);
  }

  /** Whether a step was given back, or a fact taken back, at a time that has not been passed yet. */
  get isMomentAhead(): boolean {
    return this.#reading.returns === 'from-their-time' && this.#nextMoment() !== undefined;
  }

  /** Up to when the stream is known to be complete; it never goes back, and stops short of the next moment. */
  get clockAt(): string | null {
    const next = this.#nextMoment();
    return next !== undefined && this.#clockAt !== null && next <= this.#clockAt
      ? justBefore(next)
      : this.#clockAt;
  }

  /** Puts the next corrections and returns in force once time has passed them. @returns whether there were any */
  passMoment(): boolean {
    const next = this.#nextMoment();
    if (next === undefined || this.#clockAt === null || next > this.#clockAt) return false;
    this.#horizon = next;
    this.#state = this.#fold();
    return true;
  }

  #nextMoment(): string | undefined {
    return momentsOf(this.#known.values(), this.#reading).find((moment) => moment > this.#horizon);
  }

  #fold(): OnboardingState {
    return fold(this.#known.values(), this.#input.programmeVersion, this.#horizon, this.#reading);
  }

  /** Whether something came since `clearNews`. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  clearNews(): void {
    this.#hasNews = false;
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  isDue(at: string): boolean {
    const { clockAt } = this;
    return clockAt !== null && at <= clockAt;
  }

  /** Takes in facts; those known already change nothing. */
  learn(facts: readonly Fact[]): void {
    const fresh = facts.filter((fact) => !this.#known.has(fact.id));
    if (fresh.length === 0) return;
    this.#take(fresh);
    this.#state = this.#fold();
    this.#hasNews = true;
  }

  #take(facts: readonly Fact[]): void {
    for (const fact of facts) this.#known.set(fact.id, fact);
    const { returns, use, reports, refusals } = this.#reading;
    if (returns === 'at-once' && facts.some(isReturn) && patched('returns-from-their-time'))
      this.#reading = { ...this.#reading, returns: 'from-their-time' };
    if (use === 'ever' && facts.some(isCorrection) && patched('use-since-go-live'))
      this.#reading = { ...this.#reading, use: 'since-go-live' };
    if (
      refusals === 'after-the-reopening' &&
      facts.some(({ type }) => type === 'onboarding.reopened.v1') &&
      patched('refused-at-reopening')
    )
      this.#reading = { ...this.#reading, refusals: 'from-the-reopening' };
    const mayTellProvider = facts.some((fact) => fact.data.providerUscc !== undefined || isCorrection(fact));
    if (
      reports === 'by-anybody' &&
      mayTellProvider &&
      hasStrangers(this.#known.values()) &&
      patched('heard-if-engaged')
    )
      this.#reading = { ...this.#reading, reports: 'by-the-engaged' };
  }

  advance(at: string | null): void {
    if (at === null || (this.#clockAt !== null && at <= this.#clockAt)) return;
    this.#clockAt = at;
    this.#hasNews = true;
  }

  /** States an act: known at once, published by the next `publish`. */
  record(act: OutgoingAct): void {
    this.#outbox.push(act);
    this.learn([asFact(act)]);
  }

  /** @param isLast whether the run ends after this */
  async publish(isLast = false): Promise<void> {
    if (this.#outbox.length === 0) return;
    const acts = [...this.#outbox];
    await (isLast ? ownRecorded : own).publishActs({ supplierUscc: this.#input.supplierUscc, acts });
    this.#outbox.splice(0, acts.length);
  }

  /**
   * What a fresh run of this workflow needs to go on; only once everything is published.
   * @param besides what it needs to know beside the facts
   */
  carryOver(besides: Pick<NonNullable<OnboardingInput['carried']>, 'begun' | 'unfinished'>): OnboardingInput {
    const carried = { facts: [...this.#known.values()], clockAt: this.#clockAt, ...besides };
    return { ...this.#input, carried };
  }
}

/** The last instant before another, in milliseconds. */
const justBefore = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();
