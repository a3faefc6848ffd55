import { createTransport } from 'nodemailer';
import type { Deliver } from './outbox.ts';

const TIMEOUT_MS = 20_000;

/** Delivers over SMTP. @param url `smtp://user:password@host:port` or `smtps://…` */
export function createSmtp(url: string, from: string): { deliver: Deliver; close(): void } {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return {
    deliver: async ({ messageId, to, subject, text }) => {
      await transport.sendMail({ from, to, subject, text, messageId });
    },
    close: () => transport.close(),
  };
}
