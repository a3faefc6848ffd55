import { z } from 'zod';
import { Actor, Reason } from '../events/acts.ts';
import { Instant, PartyId, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { FailureReason } from '../onboarding.ts';

const common = {
  /** Chosen by the caller; the same act sent twice under one id has one effect. */
  actId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, 'must be 1 to 40 letters, digits, dots, hyphens or underscores'),
  supplierUscc: Uscc,
  platform: PartyId,
  programme: ProgrammeCode,
  actor: Actor,
  /** Business time: when the person decided. */
  at: Instant,
};
/** Every act there is, by the name under which a programme says who may do it. */
export const ACT_NAMES = [
  'approve-plan',
  'decline-plan',
  'self-assess',
  'audit-finance',
  'withdraw',
  'return-step',
  'hand-in-evidence',
  'skip-step',
  'reassign-provider',
  'take-remedy',
  'ask-for-help',
  'reopen',
] as const;
const StepName = z.string().min(1).max(60);
const Score = z.number().min(0).max(100);
const Level = z.number().int().min(0).max(4);

/** What a person does on an onboarding; sent as the workflow update `act`. */
export const ActCommand = z.discriminatedUnion('act', [
  z.object({ act: z.literal('approve-plan'), ...common, reason: Reason }),
  z.object({
    act: z.literal('decline-plan'),
    ...common,
    reason: Reason,
    /** Where the reason is one of the programme's own. */
    failureReason: FailureReason.optional(),
  }),
  z.object({
    act: z.literal('self-assess'),
    ...common,
    edition: z.enum(['2022', '2024']),
    score: Score,
    level: Level,
  }),
  z.object({
    act: z.literal('audit-finance'),
    ...common,
    outcome: z.enum(['matched', 'mismatched']),
    reason: Reason,
  }),
  z.object({ act: z.literal('withdraw'), ...common, failureReason: FailureReason, reason: Reason }),
  z.object({ act: z.literal('return-step'), ...common, step: StepName, reason: Reason }),
  z.object({
    act: z.literal('hand-in-evidence'),
    ...common,
    step: StepName,
    evidenceSha256: Sha256,
    fileName: z.string().min(1).max(200),
  }),
  z.object({ act: z.literal('skip-step'), ...common, step: StepName, reason: Reason }),
  z.object({ act: z.literal('reassign-provider'), ...common, providerUscc: Uscc, reason: Reason }),
  z.object({
    act: z.literal('take-remedy'),
    ...common,
    step: StepName,
    /** Id in the catalogue of remedies. */
    remedy: z.string().min(1).max(60),
    reason: Reason,
  }),
  z.object({
    act: z.literal('ask-for-help'),
    ...common,
    step: StepName,
    /** What stands in the way. */
    failureReason: FailureReason,
    reason: Reason,
  }),
  /** Undoes a closing; only this, and with a reason. */
  z.object({ act: z.literal('reopen'), ...common, reason: Reason }),
]);
export type ActCommand = z.infer<typeof ActCommand>;
export type ActName = ActCommand['act'];

/**
 * An act as it comes over HTTP. Who acts is taken from the sign-in and when from the clock; only a replayer of history states
 * both itself.
 */
const unsigned = { actor: Actor.optional(), at: Instant.optional() };
type Unsigned<Command> = Command extends ActCommand ? Omit<Command, 'actor' | 'at'> : never;
export type ActRequest = Unsigned<ActCommand> & { actor?: Actor | undefined; at?: string | undefined };
export const ActRequest = z.discriminatedUnion(
  'act',
  (ActCommand.options as readonly z.ZodObject[]).map((option) =>
    option.extend(unsigned),
  ) as unknown as typeof ActCommand.options,
) as unknown as z.ZodType<ActRequest>;

/** Answer to an act: the event that records it. */
export const ActReceipt = z.object({
  workflowId: z.string(),
  /** Source of the recording event on chainlight.acts. */
  source: z.string(),
  /** Its id. */
  eventId: z.string(),
  /** Whether this act had been taken before; it has one effect all the same. */
  duplicate: z.boolean(),
});
export type ActReceipt = z.infer<typeof ActReceipt>;
