import { z } from 'zod';
import {
  AcceptedInvitation,
  AcceptInvitation,
  DeclineInvitation,
  Invitation,
  InvitationList,
  InvitationQuery,
  IssuedInvitation,
  IssueInvitation,
  ShownInvitation,
} from '../invitations.ts';
import { operation } from './define.ts';

const post = { method: 'POST', tag: 'invitations' } as const;
const one = z.strictObject({ id: z.uuid() });

/** An answer kept for repetitions would keep the code. */
const unkept = { ...post, idempotent: false } as const;

export const issueInvitation = operation({
  ...unkept,
  id: 'issueInvitation',
  path: '/api/v1/invitations',
  summary: 'Invites a person to act for a firm; the only answer that holds the code',
  body: IssueInvitation,
  answers: { 201: IssuedInvitation },
});
export const resendInvitation = operation({
  ...unkept,
  id: 'resendInvitation',
  path: '/api/v1/invitations/{id}/resend',
  summary: 'Gives an invitation a new code and a new end; the code before no longer holds',
  params: one,
  answers: { 200: IssuedInvitation },
});
export const withdrawInvitation = operation({
  ...post,
  id: 'withdrawInvitation',
  path: '/api/v1/invitations/{id}/withdraw',
  summary: 'Takes an invitation back; the firm itself or the operator also ends what was accepted by it',
  params: one,
  answers: { 200: Invitation },
});
export const listInvitations = operation({
  id: 'listInvitations',
  method: 'GET',
  path: '/api/v1/invitations',
  tag: 'invitations',
  summary: 'Invitations that the reader issued, and those to its own firms',
  query: InvitationQuery,
  answers: { 200: InvitationList },
});
export const lookAtInvitation = operation({
  ...unkept,
  id: 'lookAtInvitation',
  path: '/api/v1/invitations/look',
  summary: 'Who invites to act for which firm, to whoever holds the code; changes nothing',
  body: AcceptInvitation,
  answers: { 200: ShownInvitation },
});
export const declineInvitation = operation({
  ...post,
  id: 'declineInvitation',
  path: '/api/v1/invitations/decline',
  summary: 'Declines an invitation by its code, which no longer holds then; the inviter is shown why',
  body: DeclineInvitation,
  answers: { 200: Invitation },
});
export const acceptInvitation = operation({
  ...post,
  id: 'acceptInvitation',
  path: '/api/v1/invitations/accept',
  summary: 'Accepts an invitation by its code; the person may act for the firm from then on',
  body: AcceptInvitation,
  answers: { 200: AcceptedInvitation },
});
