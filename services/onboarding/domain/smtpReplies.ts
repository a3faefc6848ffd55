/** What a mail server's refusal says of itself, as nodemailer puts it. */
interface SmtpRefusal {
  readonly responseCode?: unknown;
  /** The command that was refused. */
  readonly command?: unknown;
}

/** Refusals of the address or of the letter. Those of the greeting, the sign-in or the sender concern the server's settings, and pass. */
const OF_THE_LETTER: ReadonlySet<unknown> = new Set(['RCPT TO', 'DATA']);
/** Commands in a wrong order: the session's fault, not the letter's. */
const BAD_SEQUENCE = 503;

/** Whether sending a letter failed in such a way that sending it again would fail the same: a permanent reply (RFC 5321, 5yz) to the letter itself. */
export function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { responseCode, command } = error as Error & SmtpRefusal;
  return (
    OF_THE_LETTER.has(command) &&
    typeof responseCode === 'number' &&
    responseCode >= 500 &&
    responseCode <= 599 &&
    responseCode !== BAD_SEQUENCE
  );
}
