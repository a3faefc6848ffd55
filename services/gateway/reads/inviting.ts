import type { ShownInvitation } from '../../../schemas/api/invitations.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { type InvitationDocument, issuersOf, shownInvitation } from '../domain/invitations.ts';
import { isOwnFirm, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';

/**
 * The name under which the reader may invite somebody to act for a firm: a supplier for its own firms, a leader for suppliers of its
 * chain, a bureau for firms of its region and for firms that no onboarding places anywhere, the operator for all.
 * @throws ChainlightError NOT_FOUND for a firm that is none of its concern
 */
export async function issuerFor({ db, principal }: ReadContext, supplierUscc: string): Promise<string> {
  const { tenancy } = principal;
  const unknown = new ChainlightError('NOT_FOUND', `there is no firm ${supplierUscc} that you may invite to`);
  if (tenancy.role === 'operator') return 'operator';
  if (tenancy.role === 'supplier') {
    if (isOwnFirm(tenancy, supplierUscc)) return `supplier/${supplierUscc}`;
    throw unknown;
  }
  const ofFirm = { supplierUscc: { $eq: supplierUscc } };
  const seen = await onboardingsOf(db).findOne({ $and: [visibleTo(tenancy) as object, ofFirm] });
  if (tenancy.role === 'leader') {
    if (seen?.leaderUscc) return `leader/${seen.leaderUscc}`;
    const relation = await db
      .collection<{ buyerUscc: string; supplierUscc: string }>('relations')
      .findOne({ buyerUscc: { $in: tenancy.firms }, 'declared.0': { $exists: true }, ...ofFirm });
    if (relation !== null) return `leader/${relation.buyerUscc}`;
    throw unknown;
  }
  const [issuer] = issuersOf(tenancy);
  const isPlaced = seen !== null || (await onboardingsOf(db).findOne(ofFirm)) !== null;
  if (issuer === undefined || (seen === null && isPlaced)) throw unknown;
  return issuer;
}

/** An invitation to somebody who holds its code and has not decided yet: the firm and who invites, by name. */
export async function toDecideOn(
  { db, principal }: ReadContext,
  document: InvitationDocument,
  { holds, now }: { readonly holds: boolean; readonly now: Date },
): Promise<ShownInvitation> {
  const { invitationId, supplierUscc, issuer, programme, platform, expiresAt, state } = shownInvitation(
    document,
    now,
  );
  const nameOf = async (uscc: string): Promise<string | null> =>
    (
      await onboardingsOf(db).findOne(
        { supplierUscc: { $eq: uscc }, supplierName: { $ne: null } },
        { projection: { supplierName: 1 } },
      )
    )?.supplierName ?? null;
  const [role, uscc = ''] = issuer.split('/');
  const leader =
    role === 'leader'
      ? await db.collection<{ _id: string; name?: string }>('leaders').findOne({ _id: { $eq: uscc } })
      : null;
  return {
    ...{ invitationId, supplierUscc, issuer, programme, platform, expiresAt },
    supplierName: await nameOf(supplierUscc),
    issuerName: leader?.name ?? (role === 'supplier' ? await nameOf(uscc) : null),
    state: state === 'open' && !holds ? 'replaced' : state,
    isOwn: document.member === principal.subject || isOwnFirm(principal.tenancy, supplierUscc),
  };
}
