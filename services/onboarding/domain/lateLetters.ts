import type { OnboardingStatus } from '../../../schemas/onboarding.ts';
import type { Notification } from './notifications.ts';

/** What a late letter hangs on: it goes out only if that still stands once the stream has caught up. */
export interface LateSubject {
  readonly workflowId: string;
  /** null: the onboarding as a whole. */
  readonly step: string | null;
  /** The deadline that the letter names; null where it names none. */
  readonly deadline: string | null;
}

/** As much of an onboarding as decides. */
interface Standing {
  readonly status: OnboardingStatus;
  readonly steps: readonly {
    readonly step: string;
    readonly state: string;
    readonly deadline: string | null;
  }[];
}

/** Whether what an event says may still call for somebody however late it comes: null for what is told in time or never. */
export function lateSubjectOf(
  type: string,
  workflowId: string,
  data: Readonly<Record<string, unknown>>,
): LateSubject | null {
  const step = String(data.step);
  switch (type) {
    case 'onboarding.reminder-sent.v1':
      return { workflowId, step, deadline: String(data.deadline) };
    case 'onboarding.step-returned.v1':
    case 'onboarding.help-requested.v1':
      return { workflowId, step, deadline: null };
    case 'onboarding.expiry-announced.v1':
      return { workflowId, step: null, deadline: null };
    default:
      return null;
  }
}

/** Of the rungs of one ladder that come late together, one letter is left for each recipient. */
export function asOneLetter(letter: Notification, { workflowId, step, deadline }: LateSubject): Notification {
  if (deadline === null) return letter;
  return { ...letter, id: `late ${workflowId} ${step} ${deadline} → ${letter.party}` };
}

const OVER: ReadonlySet<string> = new Set(['DONE', 'SKIPPED', 'FAILED']);

/** Whether the onboarding goes on, its step is open, and the deadline is the one that the letter names. */
export function isStillDue({ step, deadline }: LateSubject, onboarding: Standing | null): boolean {
  if (onboarding?.status !== 'ACTIVE') return false;
  if (step === null) return true;
  const progress = onboarding.steps.find((one) => one.step === step);
  if (progress === undefined || OVER.has(progress.state)) return false;
  return deadline === null || Date.parse(deadline) === Date.parse(progress.deadline ?? '');
}
