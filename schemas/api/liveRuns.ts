import { z } from 'zod';
import { OnboardingStatus, Stage } from '../onboarding.ts';
import { STALL_RISKS } from '../searchAttributes.ts';

/** Output of `cli onboarding live`: what Temporal lists. A run begun before there were lists has nulls until its next step. */
export const LiveRuns = z.object({
  runs: z.array(
    z.object({
      workflowId: z.string(),
      supplier: z.string().nullable(),
      leader: z.string().nullable(),
      programme: z.string().nullable(),
      status: OnboardingStatus.nullable(),
      stage: Stage.nullable(),
      stallRisk: z.enum(STALL_RISKS).nullable(),
      startedAt: z.iso.datetime(),
    }),
  ),
});
export type LiveRuns = z.infer<typeof LiveRuns>;

/** Output of `cli onboarding reconcile`. */
export const Reconciliation = z.object({
  /** Onboardings that are open on record, or whose outcome is still to be measured. */
  open: z.number().int().min(0),
  /** Runs that Temporal carries. */
  live: z.number().int().min(0),
  /** Open on record, and no run carries them. */
  lost: z.array(z.string()),
  /** Carried by a run, and nothing on record is open. */
  unrecorded: z.array(z.string()),
  /** Those of the lost that were begun anew; they recall from the events what is on record. */
  revived: z.array(z.string()),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

/** Output of `cli onboarding stuck`: runs that Temporal refuses to signal; they are tried again by themselves. */
export const StuckRuns = z.object({
  stuck: z.array(
    z.object({
      workflowId: z.string(),
      supplierUscc: z.string(),
      platform: z.string(),
      programme: z.string(),
      /** Temporal's words when it last refused. */
      why: z.string(),
      since: z.iso.datetime(),
      tries: z.number().int().min(1),
      lastTriedAt: z.iso.datetime(),
      /** When it is told again what it missed. */
      nextTryAt: z.iso.datetime(),
      /** Identities of the events that it has not heard of. */
      untold: z.array(z.string()),
    }),
  ),
  /** The run that was begun anew; null where none was asked for. */
  restarted: z.string().nullable(),
  /** The run that was to be begun anew and is over: it was taken off the list, and stays over. */
  over: z.string().nullable(),
});
export type StuckRuns = z.infer<typeof StuckRuns>;
