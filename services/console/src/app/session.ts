import { useQuery } from '@tanstack/react-query';
import type { Me } from '../../../../schemas/api/session.ts';
import { get } from '../api/client.ts';

/** Who is signed in; the cookie that says so is out of the script's reach. */
export type Session = Me;

export const SESSION_KEY = ['session'];

export const useSession = () =>
  useQuery({ queryKey: SESSION_KEY, queryFn: () => get<Me>('/api/v1/me'), staleTime: 60_000 });

/** Leaves for the issuer and comes back to the page that was asked for. */
export function signIn(): void {
  const back = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/auth/login?returnTo=${encodeURIComponent(back)}`);
}
