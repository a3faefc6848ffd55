import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IssuedInvitation } from '../../../schemas/api/invitations.ts';
import * as operations from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { bilingual } from '../../../schemas/wording.ts';
import type { GatewayDeps } from '../deps.ts';
import { type InvitationDocument, issuersOf } from '../domain/invitations.ts';
import { addressOf } from '../domain/origin.ts';
import type { Principal } from '../domain/principal.ts';
import { isOwnFirm } from '../domain/visibility.ts';
import { issuerFor, toDecideOn } from '../reads/inviting.ts';
import { serve } from '../serve.ts';

/** Where the console takes a code; it stands behind `#`, so that no server and no log sees it. */
const PAGE = '/invitation#';

/** First access: who invites whom to act for a firm, and who accepts. */
export function invitationRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { invitations, publicUrl, now } = deps;
  const linked = (request: FastifyRequest, issued: Omit<IssuedInvitation, 'link'>): IssuedInvitation => ({
    ...issued,
    link: `${addressOf(request, publicUrl)}${PAGE}${issued.code}`,
  });
  const own = async ({ tenancy }: Principal, id: string): Promise<InvitationDocument> => {
    const found = await invitations.find(id);
    const isOwn =
      found !== null &&
      (tenancy.role === 'operator' ||
        issuersOf(tenancy).includes(found.issuer ?? '') ||
        isOwnFirm(tenancy, found.supplierUscc));
    if (!isOwn) throw new ChainlightError('NOT_FOUND', `there is no invitation ${id} of yours`);
    return found;
  };

  serve(app, deps, operations.issueInvitation, async ({ body, principal, reads, request, reply }) => {
    const issuer = await issuerFor(reads, body.supplierUscc);
    const isOfFirm = principal.tenancy.role === 'operator' || principal.tenancy.role === 'supplier';
    if (!isOfFirm && (await invitations.hasMember(body.supplierUscc)))
      throw new ChainlightError(
        'FORBIDDEN',
        bilingual(
          'somebody acts for this firm already; whoever else may is for the firm itself to say',
          '已有人代表该企业办理；还有谁可以办理，由企业自己决定',
        ),
      );
    const issued = await invitations.issue(body, issuer, principal);
    reply.code(201);
    return linked(request, issued);
  });

  serve(app, deps, operations.resendInvitation, async ({ params, principal, request }) =>
    linked(request, await invitations.resend(await own(principal, params.id), principal)),
  );

  serve(app, deps, operations.withdrawInvitation, async ({ params, principal }) => {
    const found = await own(principal, params.id);
    const { tenancy } = principal;
    const isOfFirm = tenancy.role === 'operator' || isOwnFirm(tenancy, found.supplierUscc);
    if (found.member !== null && !isOfFirm)
      throw new ChainlightError(
        'INVITATION_NOT_OPEN',
        bilingual(
          'it was accepted; only the firm or the operator can end that',
          '邀请已被接受，只有企业或运维可以结束',
        ),
      );
    return invitations.withdraw(found, principal);
  });

  serve(app, deps, operations.listInvitations, async ({ query, principal: { tenancy } }) => ({
    items: await invitations.list(
      tenancy.role === 'operator' ? 'all' : issuersOf(tenancy),
      tenancy.role === 'supplier' ? tenancy.firms : [],
      query.supplier,
    ),
  }));

  serve(app, deps, operations.lookAtInvitation, async ({ body, reads }) => {
    const { document, holds } = await invitations.findByCode(body.code);
    return toDecideOn(reads, document, { holds, now: now() });
  });

  serve(app, deps, operations.declineInvitation, ({ body, principal }) =>
    invitations.decline(body.code, body.because, principal),
  );

  serve(app, deps, operations.acceptInvitation, async ({ body, principal }) => {
    const accepted = await invitations.accept(body.code, principal);
    return {
      invitationId: accepted._id,
      supplierUscc: accepted.supplierUscc,
      programme: accepted.programme,
      platform: accepted.platform,
    };
  });
}
