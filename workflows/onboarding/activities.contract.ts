import type { EventType } from '../../schemas/events/index.ts';
import type { DataPoint, DataQuestion } from './effects.ts';
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

/**
 * What an onboarding's workflow asks of the world. All are safe to repeat.
 * The platform's calls fail with type PLATFORM_REFUSED where repeating is of no use.
 */
export interface OnboardingActivities {
  /** What is on record about this onboarding: empty for one that begins, everything for one whose workflow was lost. */
  recallFacts(key: { readonly workflowId: string; readonly supplierUscc: string }): Promise<readonly Fact[]>;
  /** The watermark, once every fact up to it has been signalled; null before. */
  readClock(): Promise<string | null>;
  /** The first event of the tenant in each of the earliest months, between `since` and `through`, both included. */
  readTenantData(
    request: DataQuestion & {
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
  /** Inverse of issueCredential; nothing happens where none was issued. */
  revokeCredential(call: PlatformCall): Promise<void>;
  /** Inverse of createTenant; nothing happens where none was created. */
  disableTenant(call: PlatformCall): Promise<void>;
}
