import { z } from 'zod';
import { Instant, PartyId, Period, PersonName, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { FailureReason, PARTIES, Stage, TerminalStatus } from '../onboarding.ts';
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
/** The one role that may replace a frozen baseline. */
export const AUDITOR = 'financial-auditor' satisfies Actor['role'];
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

export const stepReturned = define('onboarding.step-returned.v1', {
  ...act,
  description: 'A person gave a step back for completion: what was handed in for it no longer counts.',
  data: open({ ...humanAct, step: z.string().min(1).max(60), reason: Reason }),
});

export const evidenceHandedIn = define('onboarding.evidence-handed-in.v1', {
  ...act,
  description: 'A document was handed in for a step. The file itself is kept elsewhere, under its hash.',
  data: open({
    ...humanAct,
    step: z.string().min(1).max(60),
    evidenceSha256: Sha256,
    fileName: z.string().min(1).max(200),
  }),
});

export const stepSkipped = define('onboarding.step-skipped.v1', {
  ...act,
  description: 'A person with authority decided that a step is not needed.',
  data: open({ ...humanAct, step: z.string().min(1).max(60), reason: Reason }),
});

export const providerReassigned = define('onboarding.provider-reassigned.v1', {
  ...act,
  description: 'Another provider takes over; the deadlines of its open steps begin anew.',
  data: open({ ...humanAct, providerUscc: Uscc, reason: Reason }),
});

export const remedyTaken = define('onboarding.remedy-taken.v1', {
  ...act,
  description:
    'After a failed attempt a remedy of the catalogue was taken; whether it worked shows in the step.',
  data: open({
    ...humanAct,
    step: z.string().min(1).max(60),
    remedy: z.string().min(1).max(60),
    reason: Reason,
  }),
});

export const helpRequested = define('onboarding.help-requested.v1', {
  ...act,
  description:
    'The supplier asked for help with a step and said what stands in the way; its leader and its bureau are told.',
  data: open({
    ...humanAct,
    step: z.string().min(1).max(60),
    failureReason: FailureReason,
    reason: Reason,
  }),
});

export const reopened = define('onboarding.reopened.v1', {
  ...act,
  description: 'A person with authority reopened a closed onboarding; findings about what came late stay.',
  data: open({ ...humanAct, closing: z.string().min(1).max(300), reason: Reason }),
});

export const subsidyReserved = define('onboarding.subsidy-reserved.v1', {
  ...act,
  description: 'The plan was approved: money of the programme is set aside for it.',
  data: open({ ...onboarding, amountFen: z.number().int().min(0).nullable() }),
});

export const subsidyReleased = define('onboarding.subsidy-released.v1', {
  ...act,
  description: 'Compensation: the money set aside is free again (or had never been set aside).',
  data: open({
    ...onboarding,
    existed: z.boolean(),
    /** What had been set aside; null where no price was named. */
    amountFen: z.number().int().min(0).nullable().optional(),
  }),
});

export const providerReserved = define('onboarding.provider-reserved.v1', {
  ...act,
  description: 'The plan was approved: its provider is engaged.',
  data: open({ ...onboarding, providerUscc: Uscc.nullable() }),
});

export const providerReleased = define('onboarding.provider-released.v1', {
  ...act,
  description:
    'The provider is no longer engaged: by compensation (it may never have been), or because another one took over.',
  data: open({
    ...onboarding,
    existed: z.boolean(),
    /** Who is let go; null where nobody was named. */
    fromUscc: Uscc.nullable().optional(),
    /** Who took over; absent where the onboarding ended. */
    toUscc: Uscc.optional(),
  }),
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

export const devicesRegistered = define('onboarding.devices-registered.v1', {
  ...act,
  description: 'The platform registered the supplier’s devices with its tenant.',
  data: open({ ...onboarding, devices: z.number().int().min(0) }),
});

export const platformChecked = define('onboarding.platform-checked.v1', {
  ...act,
  description:
    'A supplier’s first data are overdue: what the platform itself says of them. It is held against what has come, and never taken for it.',
  data: open({
    ...onboarding,
    step: z.string().min(1).max(60),
    attempt: z.number().int().min(0),
    /** Of the ladder: with which reminder it was asked. */
    rung: z.number().int().min(1),
    /** False where the platform gave no answer, or knows no such tenant: then both times are null. */
    isAnswered: z.boolean(),
    /** First valid data of the tenant; null where there were none. */
    firstDataAt: Instant.nullable(),
    /** When the tenant's devices were last heard of; null where they never were. */
    lastHeardAt: Instant.nullable(),
  }),
});

export const devicesRemoved = define('onboarding.devices-removed.v1', {
  ...act,
  description: 'Compensation: the devices were removed from the tenant (or had never been registered).',
  data: open({ ...onboarding, existed: z.boolean() }),
});

export const platformGivenUp = define('onboarding.platform-given-up.v1', {
  ...act,
  description:
    'The platform had not answered for so long that the onboarding’s ending was no longer held up; what may have been done there is undone.',
  data: open({ ...onboarding, operation: z.string().min(1).max(60), message: z.string().max(500) }),
});

export const compensationEscalated = define('onboarding.compensation-escalated.v1', {
  ...act,
  description: 'Something done on the platform could not be undone in time: a person has to see to it.',
  data: open({ ...onboarding, operation: z.string().min(1).max(60), message: z.string().max(500) }),
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
    recipient: z.enum(PARTIES),
    rung: z.number().int().min(1),
    /** How often the step’s deadline began anew before: after a failed attempt, a part that was done, a new provider. */
    attempt: z.number().int().min(0),
    deadline: Instant,
  }),
});

export const expiryAnnounced = define('onboarding.expiry-announced.v1', {
  ...act,
  description: 'The programme’s window closes soon: whoever has to move was told.',
  data: open({ ...onboarding, closesAt: Instant, daysLeft: z.number().int().min(1) }),
});

/** How inventory had turned in a chain when an outcome was measured: after ÷ before − 1 of each part, null where there is no figure. */
export const OutcomeDisplacement = z.object({
  leaderUscc: Uscc,
  name: z.string().max(200),
  /** The beginning of the month in which the window closed. */
  asOf: Instant,
  leader: z.number().nullable(),
  suppliers: z.number().nullable(),
  others: z.number().nullable(),
  chain: z.number().nullable(),
  /** Suppliers with a frozen baseline, and those without one, that the sums rest on. */
  supplierFirms: z.number().int().min(0),
  otherFirms: z.number().int().min(0),
  /** Suppliers that report no stock before and after. */
  unmeasured: z.number().int().min(0),
  /** Opens the chain’s figure. */
  figureId: z.string().max(100),
});
export type OutcomeDisplacement = z.infer<typeof OutcomeDisplacement>;

export const outcomeMeasured = define('onboarding.outcome-measured.v1', {
  ...act,
  description: 'So many months after LIVE the measurement was read against the frozen baseline.',
  data: open({
    ...onboarding,
    windowMonths: z.number().int().min(1),
    liveAt: Instant,
    verdict: z.enum(['gain', 'no-gain', 'not-measurable']),
    /** The figure that decides the verdict. */
    kpi: z.string().min(1).max(60),
    before: z.number().nullable(),
    after: z.number().nullable(),
    /** after ÷ before − 1 */
    change: z.number().nullable(),
    /** Why it is not measurable. */
    reason: z.string().max(200).nullable(),
    /** Months of the window with data from the tenant. */
    dataMonths: z.array(Period),
    /** Accepted by the end of the window, and yet silent. Acceptance may come later: `isSilent` says the same without it. */
    isSuperficial: z.boolean(),
    /** No data in the last months of the window, accepted or not; absent where it was read before this was stated. */
    isSilent: z.boolean().optional(),
    /** What became of stock in the firm’s chains, beside a change that was measured. */
    displacement: z.array(OutcomeDisplacement).max(100).optional(),
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

const figuresBefore = {
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
      /** Version of the figure's definition; 1 where absent. */
      version: z.number().int().min(1).optional(),
    }),
  ),
  eventCount: z.number().int().min(0),
  figuresSha256: Sha256,
};
const frozenFigures = { supplierUscc: Uscc, ...figuresBefore };
const replacement = {
  /** Hash of the figures that it replaces. */
  replacesSha256: Sha256,
  actor: Actor.refine(({ role }) => role === AUDITOR, { path: ['role'], message: `must be ${AUDITOR}` }),
  reason: Reason,
};

export const baselineFrozen = define('baseline.frozen.v1', {
  ...act,
  description: 'The figures before the contract were frozen as the baseline.',
  data: open(frozenFigures),
});

export const baselineRefrozen = define('baseline.refrozen.v1', {
  ...act,
  description:
    'An auditor replaced a frozen baseline by the same months as they are known now, with the reason. Nothing else replaces one.',
  data: open({ ...frozenFigures, ...replacement }),
});

const leaderFigures = {
  leaderUscc: Uscc,
  /** Whose contract was the first in the leader's chain, in `programme`. */
  firstSupplierUscc: Uscc,
  ...figuresBefore,
};

export const leaderBaselineFrozen = define('leader-baseline.frozen.v1', {
  ...act,
  about: 'leaderUscc',
  description:
    'A leader’s own figures before the first contract in its chain were frozen: gains of its suppliers are shown with what became of its stock since.',
  data: open(leaderFigures),
});

export const leaderBaselineRefrozen = define('leader-baseline.refrozen.v1', {
  ...act,
  about: 'leaderUscc',
  description:
    'An auditor replaced a leader’s frozen baseline by the same months as they are known now, with the reason.',
  data: open({ ...leaderFigures, ...replacement }),
});
