const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** Whether a Host header names this machine itself. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** The product's address for this request: the configured one, or the loopback name that it came by. */
export function addressOf(
  request: { readonly protocol: string; readonly headers: { readonly host?: string | undefined } },
  publicUrl: string | null,
): string {
  return publicUrl === null
    ? `${request.protocol}://${request.headers.host ?? 'localhost'}`
    : new URL(publicUrl).origin;
}
