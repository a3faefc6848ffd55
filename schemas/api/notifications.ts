import { z } from 'zod';

/** Whom a notification goes to: a firm in its part, or a bureau by its region. */
export const Party = z
  .string()
  .regex(
    /^((supplier|leader)\/[0-9A-Z]{18}|bureau\/[1-8]\d{5})$/,
    'must be supplier/<USCC>, leader/<USCC> or bureau/<region code>',
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
});
export type Outbox = z.infer<typeof Outbox>;
