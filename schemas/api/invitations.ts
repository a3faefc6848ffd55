import { z } from 'zod';
import { DECLINED_BECAUSE } from '../events/invitation.ts';
import { Instant, PartyId, ProgrammeCode, Uscc } from '../ids.ts';

export const LONGEST_INVITATION_DAYS = 90;

/** Invites a person to act for a firm. */
export const IssueInvitation = z.strictObject({
  supplierUscc: Uscc,
  programme: ProgrammeCode.optional(),
  platform: PartyId.optional(),
  contact: z
    .strictObject({
      email: z.email(),
      phone: z
        .string()
        .regex(/^\+?\d{6,15}$/)
        .optional(),
      locale: z.enum(['zh', 'en']).default('zh'),
    })
    .optional()
    .meta({ description: 'Where the firm is written to, kept where no address of it is known yet' }),
  expiresInDays: z.number().int().min(1).max(LONGEST_INVITATION_DAYS).default(14),
});
export type IssueInvitation = z.infer<typeof IssueInvitation>;

/** The only answer that holds the code; it cannot be read again. */
export const IssuedInvitation = z.object({
  invitationId: z.uuid(),
  code: z.string(),
  /** Page on which the code is accepted; the code stands behind `#`, which browsers do not send. */
  link: z.url(),
  expiresAt: Instant,
});
export type IssuedInvitation = z.infer<typeof IssuedInvitation>;

/** The same at the command line, which may not know the product's address. */
export const InvitationMade = IssuedInvitation.extend({ link: z.url().nullable() });
export type InvitationMade = z.infer<typeof InvitationMade>;

export const InvitationState = z.enum(['open', 'accepted', 'expired', 'declined', 'withdrawn', 'ended']);
export type InvitationState = z.infer<typeof InvitationState>;

export const Invitation = z.object({
  invitationId: z.uuid(),
  supplierUscc: z.string(),
  /** `operator`, `leader/<USCC>`, `supplier/<USCC>` or `bureau/<region>` */
  issuer: z.string(),
  programme: z.string().nullable(),
  platform: z.string().nullable(),
  /** `ended`: was accepted, and taken back later. */
  state: InvitationState,
  issuedAt: Instant,
  /** How often it was given a code. */
  codes: z.number().int().min(1),
  expiresAt: Instant,
  acceptedAt: Instant.nullable(),
  acceptedBy: z.string().nullable(),
  /** Why its present code was declined; null where it was not. */
  declinedBecause: z.enum(DECLINED_BECAUSE).nullable(),
});
export type Invitation = z.infer<typeof Invitation>;
export const InvitationList = z.object({ items: z.array(Invitation) });
export type InvitationList = z.infer<typeof InvitationList>;

/** Invitations of one firm, or of all that the reader may see. */
export const InvitationQuery = z.strictObject({ supplier: Uscc.optional() });

/** What somebody who holds the code is told before they decide. */
export const ShownInvitation = z.object({
  invitationId: z.uuid(),
  supplierUscc: z.string(),
  supplierName: z.string().nullable(),
  /** `operator`, `leader/<USCC>`, `supplier/<USCC>` or `bureau/<region>` */
  issuer: z.string(),
  /** Name of the firm that invites; null for an office, and for a firm whose name is not known. */
  issuerName: z.string().nullable(),
  programme: z.string().nullable(),
  platform: z.string().nullable(),
  /** `replaced`: a newer code was given. */
  state: z.enum([...InvitationState.options, 'replaced']),
  expiresAt: Instant,
  /** Whether the reader acts for this firm already. */
  isOwn: z.boolean(),
});
export type ShownInvitation = z.infer<typeof ShownInvitation>;

export const DeclineInvitation = z.strictObject({
  code: z.string().min(8).max(60),
  because: z.enum(DECLINED_BECAUSE),
});

export const AcceptInvitation = z.strictObject({ code: z.string().min(8).max(60) });
export const AcceptedInvitation = z.object({
  invitationId: z.uuid(),
  supplierUscc: z.string(),
  programme: z.string().nullable(),
  platform: z.string().nullable(),
});
export type AcceptedInvitation = z.infer<typeof AcceptedInvitation>;
