import type { OutcomeDisplacement } from '../../schemas/events/acts.ts';
import type { EventType } from '../../schemas/events/index.ts';
import type { DataPoint, DataSpan } from './effects.ts';
import type { Fact } from './facts.ts';

/** An event that the workflow states; published on chainlight.acts with source /system/onboarding. */
export interface OutgoingAct {
  /** Deterministic: stated twice, it is the same event. */
  readonly id: string;
  readonly type: EventType;
  /** Business time, ISO 8601 in UTC. */
  readonly time: string;
  readonly correlationId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What every call on the platform carries; `key` makes it safe to repeat. */
export interface PlatformCall {
  readonly key: string;
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
  /** Business time, ISO 8601 in UTC. */
  readonly at: string;
  readonly correlationId: string;
}

/** What the platform itself says of a tenant's data. */
export interface PlatformSays {
  /** First valid data; null where there were none. */
  readonly firstDataAt: string | null;
  /** When the devices were last heard of; null where they never were. */
  readonly lastHeardAt: string | null;
}

/** What the measurement says about an onboarding at the end of an outcome window. */
export interface Outcome {
  readonly verdict: 'gain' | 'no-gain' | 'not-measurable';
  /** The figure that decides. */
  readonly kpi: string;
  readonly before: number | null;
  readonly after: number | null;
  /** after ÷ before − 1 */
  readonly change: number | null;
  readonly reason: string | null;
  /** What became of stock in the firm's chains, wherever there is a change. */
  readonly displacement?: readonly OutcomeDisplacement[];
}

/** An outcome with what is known of the use of the platform. */
export interface OutcomeReading extends Outcome {
  readonly dataMonths: readonly string[];
  readonly isSuperficial: boolean;
  readonly isSilent: boolean;
}

/** What the measurement's own worker answers, on a task queue of its own. */
export interface MeasurementActivities {
  /** The figures of a firm against its frozen baseline, from what had been stated by `asOf` (ISO 8601, UTC). */
  readOutcome(question: {
    readonly supplierUscc: string;
    readonly kpi: string;
    readonly asOf: string;
  }): Promise<Outcome>;
}

/**
 * What an onboarding's workflow asks of the world. All are safe to repeat.
 * The platform's calls fail with type PLATFORM_REFUSED where repeating is of no use.
 */
export interface OnboardingActivities {
  /** What is on record about this onboarding: empty for one that begins, everything for one whose workflow was lost. */
  recallFacts(key: { readonly workflowId: string; readonly supplierUscc: string }): Promise<readonly Fact[]>;
  /** The watermark, once every fact up to it has been signalled, to this run too; null before. */
  readClock(key?: { readonly workflowId: string }): Promise<string | null>;
  /** The first event of the tenant in each of the earliest months, between `since` and `through`, both included. */
  readTenantData(
    request: DataSpan & {
      readonly supplierUscc: string;
      readonly platform: string;
      readonly through: string;
    },
  ): Promise<readonly DataPoint[]>;
  publishActs(request: {
    readonly supplierUscc: string;
    readonly acts: readonly OutgoingAct[];
  }): Promise<void>;
  verifyIdentity(call: PlatformCall): Promise<{ readonly register: string }>;
  createTenant(call: PlatformCall): Promise<{ readonly tenantId: string }>;
  issueCredential(call: PlatformCall): Promise<{ readonly credentialId: string; readonly issuedAt: string }>;
  registerDevices(call: PlatformCall): Promise<{ readonly devices: number }>;
  /** To be compared with the events, never taken for them. */
  askAboutData(call: PlatformCall): Promise<PlatformSays>;
  /** Inverse of registerDevices; nothing happens where there are none. */
  removeDevices(call: PlatformCall): Promise<void>;
  /** Inverse of issueCredential; nothing happens where none was issued. */
  revokeCredential(call: PlatformCall): Promise<void>;
  /** Inverse of createTenant; nothing happens where none was created. */
  disableTenant(call: PlatformCall): Promise<void>;
}
