/** Where an invitation's link leads; its code stands behind `#`, which no server and no log sees. */
export const INVITATION_PAGE = '/invitation';

const KEPT_AS = 'chainlight.invitation';

/**
 * The code of the link that was opened. It leaves the address at once, so that no history keeps it, and stays in this tab over the
 * sign-in alone.
 */
export function takeInvitationCode(): string {
  const { hash, pathname, search } = window.location;
  if (pathname === INVITATION_PAGE && hash.length > 1) {
    window.sessionStorage.setItem(KEPT_AS, decodeURIComponent(hash.slice(1)));
    window.history.replaceState(window.history.state, '', `${pathname}${search}`);
  }
  return window.sessionStorage.getItem(KEPT_AS) ?? '';
}

export const forgetInvitationCode = (): void => window.sessionStorage.removeItem(KEPT_AS);
