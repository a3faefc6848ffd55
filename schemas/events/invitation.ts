import { z } from 'zod';
import { Instant, PartyId, ProgrammeCode, Sha256, Uscc } from '../ids.ts';
import { bySupplier, decidedBy } from './consent.ts';
import { define, open } from './define.ts';

const invitationId = z.uuid();
/** The code itself stands nowhere: whoever reads the log cannot accept an invitation. */
const codeHash = Sha256.meta({ description: 'SHA-256 of the code' });
export const INVITER = /^(operator|leader\/[0-9A-Y]{18}|supplier\/[0-9A-Y]{18}|bureau\/\d{6}(\/.{1,80})?)$/;
const issuer = z.string().regex(INVITER).meta({ description: 'Who invites: operator, leader/<USCC>, …' });

export const invitationIssued = define('invitation.issued.v1', {
  ...bySupplier,
  description: 'Somebody was invited to act for a firm; whoever holds the code may accept it once.',
  data: open({
    invitationId,
    supplierUscc: Uscc,
    issuer,
    codeHash,
    expiresAt: Instant,
    programme: ProgrammeCode.optional(),
    platform: PartyId.optional(),
    decidedBy,
  }),
});

export const invitationResent = define('invitation.resent.v1', {
  ...bySupplier,
  description: 'An invitation was given a new code and a new end; the code before no longer holds.',
  data: open({ invitationId, supplierUscc: Uscc, codeHash, expiresAt: Instant, decidedBy }),
});

export const invitationWithdrawn = define('invitation.withdrawn.v1', {
  ...bySupplier,
  description: 'An invitation was taken back; what was accepted by it ends.',
  data: open({ invitationId, supplierUscc: Uscc, decidedBy }),
});

export const DECLINED_BECAUSE = ['refused', 'not-our-firm'] as const;

export const invitationDeclined = define('invitation.declined.v1', {
  ...bySupplier,
  description:
    'A person to whom an invitation was given does not accept it; its code no longer holds, and the inviter may give it another.',
  data: open({
    invitationId,
    supplierUscc: Uscc,
    codeHash,
    because: z.enum(DECLINED_BECAUSE),
    declinedBy: decidedBy,
  }),
});

export const invitationAccepted = define('invitation.accepted.v1', {
  ...bySupplier,
  description: 'A person accepted an invitation and may act for the firm from then on.',
  data: open({ invitationId, supplierUscc: Uscc, codeHash, acceptedBy: decidedBy }),
});
