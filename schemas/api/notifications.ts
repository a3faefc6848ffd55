import { z } from 'zod';

/** Whom a notification goes to: a firm in its part, a bureau by its region, or a platform. */
export const Party = z
  .string()
  .regex(
    /^((supplier|leader|provider)\/[0-9A-Z]{18}|bureau\/[1-8]\d{5}|platform\/[a-z0-9][a-z0-9-]{0,62})$/,
    'must be supplier/<USCC>, leader/<USCC>, provider/<USCC>, bureau/<region code> or platform/<id>',
  );

/** Output of `cli contacts set`. */
export const ContactSet = z.object({
  party: Party,
  email: z.email(),
  phone: z
    .string()
    .regex(/^\+?\d{6,15}$/, 'must be 6 to 15 digits, + before a country code')
    .optional(),
  locale: z.enum(['zh', 'en']),
});
export type ContactSet = z.infer<typeof ContactSet>;

/** Output of `cli contacts outbox`. */
export const Outbox = z.object({
  byState: z.record(z.string(), z.number().int().min(0)),
  withoutAddress: z.array(z.string()),
  /** What a mail server refused for good, until it is sent again; the first 100. */
  failed: z.array(
    z.object({ party: z.string(), channel: z.string(), template: z.string(), lastError: z.string() }),
  ),
});
export type Outbox = z.infer<typeof Outbox>;

/** Output of `cli contacts resend`. */
export const LettersRequeued = z.object({ requeued: z.number().int().min(0) });
export type LettersRequeued = z.infer<typeof LettersRequeued>;
