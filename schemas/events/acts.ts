import { z } from 'zod';
import { Instant, PartyId, Period, PersonName, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { FailureReason, Stage, TerminalStatus } from '../onboarding.ts';
import { define, open } from './define.ts';

/** What the system itself learnt or was told through its own API; topic chainlight.acts, source /system/… . */
const byRegistry = { statedBy: ['system'], speaker: {}, factDates: [] } as const;
const act = { ...byRegistry, about: 'supplierUscc' } as const;
const onboarding = { supplierUscc: Uscc, platform: PartyId, programme: ProgrammeCode };

export const ACTOR_ROLES = [
  'operator',
  'leader',
  'supplier',
  'provider',
  'rater',
  'financial-auditor',
  'bureau',
  'system',
] as const;
export const Actor = z.object({
  name: PersonName,
  role: z.enum(ACTOR_ROLES),
  /** The firm the person acts for, where there is one; separation of duties looks at it. */
  uscc: Uscc.optional(),
});
export type Actor = z.infer<typeof Actor>;
/** A reason that a person gives. */
export const Reason = z.string().trim().min(4).max(1000);

const humanAct = { ...onboarding, actor: Actor };
const Score = z.number().min(0).max(100);
const Level = z.number().int().min(0).max(4);

export const leaderRegistered = define('leader.registered.v1', {
  ...byRegistry,
  about: 'leaderUscc',
  description: 'A chain leader was registered together with the sources that may speak for it.',
  data: open({
    leaderUscc: Uscc,
    name: z.string().min(1).max(120),
    sources: z.array(z.string().min(1).max(200)).min(1).max(50),
  }),
});

export const registered = define('onboarding.registered.v1', {
  ...act,
  description:
    'The nominated supplier was registered. The onboarding keeps this version of the programme to its end.',
  data: open({ ...onboarding, programmeVersion: z.string().min(1).max(60) }),
});

export const identityVerified = define('onboarding.identity-verified.v1', {
  ...act,
  description: 'The identity of the supplier was verified with the platform’s register of firms.',
  data: open({ ...onboarding, register: z.string().min(1).max(80) }),
});

export const planApproved = define('onboarding.plan-approved.v1', {
  ...act,
  description: 'A person approved the transformation plan.',
  data: open({ ...humanAct, reason: Reason }),
});

export const planDeclined = define('onboarding.plan-declined.v1', {
  ...act,
  description: 'A person declined the transformation plan; the onboarding ends as DECLINED.',
  data: open({ ...humanAct, reason: Reason, failureReason: FailureReason.optional() }),
});

export const selfAssessed = define('onboarding.self-assessed.v1', {
  ...act,
  description: 'The supplier assessed its own digital level. It never counts as a rating.',
  data: open({ ...humanAct, edition: z.enum(['2022', '2024']), score: Score, level: Level }),
});

export const financeAudited = define('onboarding.finance-audited.v1', {
  ...act,
  description: 'A financial auditor compared contract, invoice and payment.',
  data: open({ ...humanAct, outcome: z.enum(['matched', 'mismatched']), reason: Reason }),
});

export const withdrawn = define('onboarding.withdrawn.v1', {
  ...act,
  description: 'The supplier withdrew through the product’s own pages.',
  data: open({ ...humanAct, failureReason: FailureReason, reason: Reason }),
});

export const tenantCreated = define('onboarding.tenant-created.v1', {
  ...act,
  description: 'The platform created a tenant for the supplier.',
  data: open({ ...onboarding, tenantId: z.string().min(1).max(200) }),
});

export const credentialIssued = define('onboarding.credential-issued.v1', {
  ...act,
  description:
    'The platform issued the credential with which the supplier’s data are sent. The secret itself is never recorded.',
  data: open({
    ...onboarding,
    credentialId: z.string().min(1).max(200),
    issuedAt: Instant,
  }),
});

export const platformRefused = define('onboarding.platform-refused.v1', {
  ...act,
  description: 'The platform refused a request for good; the onboarding fails unless it is retried.',
  data: open({ ...onboarding, operation: z.string().min(1).max(60), message: z.string().max(500) }),
});

export const credentialRevoked = define('onboarding.credential-revoked.v1', {
  ...act,
  description: 'Compensation: the credential was revoked (or had never been issued).',
  data: open({ ...onboarding, existed: z.boolean() }),
});

export const tenantDisabled = define('onboarding.tenant-disabled.v1', {
  ...act,
  description: 'Compensation: the tenant was disabled (or had never been created).',
  data: open({ ...onboarding, existed: z.boolean() }),
});

export const reminderSent = define('onboarding.reminder-sent.v1', {
  ...act,
  description: 'A step was not done by its deadline; somebody was reminded.',
  data: open({
    ...onboarding,
    step: z.string().min(1).max(60),
    stage: Stage,
    recipient: z.enum(['supplier', 'leader', 'bureau']),
    rung: z.number().int().min(1),
    /** Number of failed attempts at the step before; the ladder begins anew after each. */
    attempt: z.number().int().min(0),
    deadline: Instant,
  }),
});

export const dataConnected = define('onboarding.data-connected.v1', {
  ...act,
  description: 'The first valid event of the supplier’s tenant arrived after its credential was issued.',
  data: open({
    ...onboarding,
    firstEventSource: z.string(),
    firstEventId: z.string(),
    firstEventAt: Instant,
  }),
});

export const sustainedUse = define('onboarding.use-sustained.v1', {
  ...act,
  description: 'Data have come from the tenant in as many months as the programme asks for.',
  data: open({ ...onboarding, months: z.array(Period).min(1) }),
});

export const onboardingClosed = define('onboarding.closed.v1', {
  ...act,
  description: 'The onboarding reached its end. What arrives later is a finding, never a change.',
  data: open({
    ...onboarding,
    status: TerminalStatus,
    /** The stage that was open when it ended. */
    stage: Stage,
    failureReason: FailureReason.nullable(),
    decidedBy: z.string().min(1).max(200),
    /** Ids of the facts that were known, for telling what came too late. */
    basis: z.array(z.string()).max(500),
  }),
});

export const baselineFrozen = define('baseline.frozen.v1', {
  ...act,
  description: 'The figures before the contract were frozen as the baseline.',
  data: open({
    supplierUscc: Uscc,
    programme: ProgrammeCode,
    contractMonth: Period,
    months: z.array(Period).max(12),
    /** Per figure the summed numerator and denominator over the months, or null with a reason. */
    figures: z.record(
      z.string(),
      z.object({
        numerator: z.number().nullable(),
        denominator: z.number().nullable(),
        months: z.number().int().min(0),
        reason: z.string().optional(),
        sourceClass: z.string().optional(),
        grade: z.string().optional(),
      }),
    ),
    eventCount: z.number().int().min(0),
    figuresSha256: Sha256,
  }),
});
