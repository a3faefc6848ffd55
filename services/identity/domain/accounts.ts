import { z } from 'zod';
import { Tenancy } from '../../../schemas/tenancy.ts';

/** Somebody who can sign in at the demo issuer. There is no password: the issuer listens on the local machine alone. */
export const DemoAccount = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  name: z.string().min(1).max(120),
  /** What the account shows, for the one who chooses. */
  about: z.object({ zh: z.string(), en: z.string() }),
  tenancy: Tenancy,
});
export type DemoAccount = z.infer<typeof DemoAccount>;

/** A system that signs in by itself (client credentials). */
export const DemoClient = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  secret: z.string().min(32),
  tenancy: Tenancy,
});
export type DemoClient = z.infer<typeof DemoClient>;

/** All that the demo issuer knows; the stack writes it, readable by its owner alone. */
export const Directory = z.object({
  console: z.object({ clientId: z.string(), clientSecret: z.string().min(32) }),
  accounts: z.array(DemoAccount),
  clients: z.array(DemoClient),
});
export type Directory = z.infer<typeof Directory>;
