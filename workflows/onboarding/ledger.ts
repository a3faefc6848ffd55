import type { OutgoingAct } from './activities.contract.ts';
import { own, ownRecorded } from './calls.ts';
import { momentsOf } from './corrections.ts';
import { fold, foldReported, type OnboardingState } from './decider.ts';
import { actIdentity, type Fact, factOf } from './facts.ts';
import type { OnboardingInput } from './messages.ts';

export const asFact = (act: OutgoingAct): Fact => factOf({ ...act, id: actIdentity(act.id) });

/** What a workflow run knows, and what it has stated but not yet published. */
export class Ledger {
  readonly #input: OnboardingInput;
  readonly #known = new Map<string, Fact>();
  readonly #outbox: OutgoingAct[] = [];
  /** Whether it knows what was on record when the run began. */
  hasRecalled: boolean;
  #state: OnboardingState;
  /** Corrections up to this time are in force. */
  #horizon = '';
  #clockAt: string | null;
  #hasNews = true;

  constructor(input: OnboardingInput) {
    this.#input = input;
    for (const fact of input.carried?.facts ?? []) this.#known.set(fact.id, fact);
    this.hasRecalled = input.carried !== undefined;
    this.#clockAt = input.carried?.clockAt ?? null;
    this.#state = this.#fold();
  }

  /** As it stood when the corrections stated up to now in business time were in force: what the system acts on. */
  get state(): OnboardingState {
    return this.#state;
  }

  /** By all that was reported: what people's acts are judged by. */
  get reported(): OnboardingState {
    return foldReported([...this.#known.values()], this.#input.programmeVersion);
  }

  /** Up to when the stream is known to be complete; it never goes back, and stops short of a correction not yet in force. */
  get clockAt(): string | null {
    const next = this.#nextCorrection();
    return next !== undefined && this.#clockAt !== null && next <= this.#clockAt
      ? justBefore(next)
      : this.#clockAt;
  }

  /** Puts the next corrections in force once time has passed them. @returns whether there were any */
  takeCorrections(): boolean {
    const next = this.#nextCorrection();
    if (next === undefined || this.#clockAt === null || next > this.#clockAt) return false;
    this.#horizon = next;
    this.#state = this.#fold();
    return true;
  }

  #nextCorrection(): string | undefined {
    return momentsOf(this.#known.values()).find((moment) => moment > this.#horizon);
  }

  #fold(): OnboardingState {
    return fold(this.#known.values(), this.#input.programmeVersion, this.#horizon);
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
    for (const fact of fresh) this.#known.set(fact.id, fact);
    this.#state = this.#fold();
    this.#hasNews = true;
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

  /** What a fresh run of this workflow needs to go on; only once everything is published. */
  carryOver(): OnboardingInput {
    return { ...this.#input, carried: { facts: [...this.#known.values()], clockAt: this.#clockAt } };
  }
}

/** The last instant before another, in milliseconds. */
const justBefore = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();
