import type { FailureReason, OnboardingStatus, Stage } from '../../schemas/onboarding.ts';

export type StepState = 'TO_DO' | 'IN_PROGRESS' | 'WAITING_ON' | 'DONE' | 'FAILED' | 'SKIPPED';

/** One try at a step, kept for ever. */
export interface Attempt {
  readonly at: string;
  readonly actor: string;
  readonly outcome: 'done' | 'failed' | 'declined' | 'returned' | 'skipped';
  readonly reason: FailureReason | null;
  readonly comment: string | null;
}

/** A document handed in for a step. */
export interface Evidence {
  readonly at: string;
  readonly actor: string;
  readonly sha256: string;
  readonly fileName: string;
}

export interface StepProgress {
  readonly step: string;
  readonly stage: Stage;
  readonly state: StepState;
  /** Who has to move; null where nobody is waited for. */
  readonly waitingOn: string | null;
  /** ISO 8601; null where the step is not open or has no deadline. */
  readonly deadline: string | null;
  readonly attempts: readonly Attempt[];
  readonly evidence: readonly Evidence[];
}

/** Answer to the query `progress`. */
export interface Progress {
  readonly workflowId: string;
  readonly programmeVersion: string;
  readonly status: OnboardingStatus;
  readonly stage: Stage;
  readonly steps: readonly StepProgress[];
  /** Business time of what the workflow will do next by itself; null when nothing is due at any time. */
  readonly nextDueAt: string | null;
  /** Up to when the workflow knows the stream to be complete; null before it was told. */
  readonly clockAt: string | null;
}
