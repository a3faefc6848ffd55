import { z } from 'zod';
import { Instant, Uscc } from '../ids.ts';
import { Tenancy } from '../tenancy.ts';

const SignInFirm = z.object({
  uscc: Uscc,
  name: z.string().nullable(),
  onboardings: z.number().int().min(0),
});

/** Who is signed in, and the firms that the sign-in speaks for, by name. */
export const Me = z.object({
  subject: z.string(),
  name: z.string(),
  tenancy: Tenancy,
  /** For a bureau its level; null for everybody else. */
  level: z.enum(['ministry', 'province', 'city', 'district', 'zone']).nullable(),
  firms: z.array(SignInFirm),
  /** For a provider the firms that let it act for them today; empty for everybody else. */
  delegatedBy: z.array(SignInFirm),
  /** Business time: what the figures speak of; null before the first event. */
  businessTime: Instant.nullable(),
  /** Whether all data are simulated. */
  simulated: z.boolean(),
});
export type Me = z.infer<typeof Me>;

export const SignInQuery = z.strictObject({
  /** Where to go afterwards: a path of this server. */
  returnTo: z
    .string()
    .max(500)
    .regex(/^\/(?![/\\])[^\\]*$/, 'must be a path that begins with one slash')
    .default('/'),
  /** `login` asks anew even where the issuer remembers the browser. */
  prompt: z.literal('login').optional(),
});
export const SignInAnswer = z.object({
  code: z.string().max(2_000).optional(),
  state: z.string().max(200).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(1_000).optional(),
  iss: z.string().max(500).optional(),
});

export const SignedOut = z.object({
  /** Where to sign in as somebody else. */
  signInUrl: z.string(),
  /** Where the issuer ends its own memory of the browser; null where it offers none. */
  endSessionUrl: z.string().nullable(),
});
export type SignedOut = z.infer<typeof SignedOut>;
