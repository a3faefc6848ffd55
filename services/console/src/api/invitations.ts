import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AcceptedInvitation,
  Invitation,
  InvitationList,
  IssuedInvitation,
  ShownInvitation,
} from '../../../../schemas/api/invitations.ts';
import { get, post } from './client.ts';
import { newId } from './newId.ts';

const INVITATIONS = '/api/v1/invitations';
const send = <Answer>(path: string, body: object): Promise<Answer> =>
  post<Answer>(`${INVITATIONS}${path}`, body, newId());

/** Who invites to which firm. The code goes in the body: it stands in no address and no log. */
export const useShownInvitation = (code: string) =>
  useQuery({
    queryKey: ['invitation', code],
    queryFn: () => send<ShownInvitation>('/look', { code }),
    enabled: code !== '',
    retry: false,
  });

/** Accepts or declines; what this sign-in may see is read anew after that. */
export function useInvitationAnswer(code: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (answer: 'accept' | NonNullable<Invitation['declinedBecause']>) =>
      answer === 'accept'
        ? send<AcceptedInvitation>('/accept', { code })
        : send<Invitation>('/decline', { code, because: answer }),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'invitation' }),
  });
}

/** Invitations to act for a firm, as far as the reader issued them or is of the firm. */
export const useInvitations = (supplier: string) =>
  useQuery({
    queryKey: ['invitations', supplier],
    queryFn: () => get<InvitationList>(INVITATIONS, { supplier }),
  });

/** Invites to a firm, or gives an invitation a new code: the only answers that hold one. */
export function useInviting(supplier: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (again: string | null) =>
      again === null
        ? send<IssuedInvitation>('', { supplierUscc: supplier })
        : send<IssuedInvitation>(`/${again}/resend`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations', supplier] }),
  });
}

export function useWithdrawal(supplier: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => send<Invitation>(`/${id}/withdraw`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations', supplier] }),
  });
}
