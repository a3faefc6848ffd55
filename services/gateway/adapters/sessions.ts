import { createHash, randomBytes } from 'node:crypto';
import { Tenancy } from '../../../schemas/tenancy.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { Principal } from '../domain/principal.ts';
import type { SignInAttempt } from './issuer.ts';

/** Long enough for a working day; then the issuer is asked again. */
const SESSION_MS = 8 * 3_600_000;
const ATTEMPT_MS = 10 * 60_000;
/** How long a session that was read is taken as it was: ending one takes effect everywhere within this time. */
const CACHE_MS = 2_000;
const CACHED_SESSIONS = 10_000;

/** Only a hash of what the browser holds is stored: a copy of the database lets nobody in. */
interface SessionDocument extends Principal {
  readonly _id: string;
  readonly expiresAt: Date;
}
interface AttemptDocument extends SignInAttempt {
  readonly _id: string;
  readonly returnTo: string;
  readonly expiresAt: Date;
}

export interface Sessions {
  ensureIndexes(): Promise<void>;
  /** Remembers a sign-in under way; the returned secret goes to the browser. */
  begin(redirectUri: string, returnTo: string): Promise<{ secret: string; attempt: SignInAttempt }>;
  /** Takes a sign-in under way, once. */
  take(secret: string, state: string): Promise<(SignInAttempt & { returnTo: string }) | null>;
  open(principal: Principal): Promise<{ secret: string; expiresAt: Date }>;
  read(secret: string): Promise<Principal | null>;
  end(secret: string): Promise<void>;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const newSecret = (): string => randomBytes(32).toString('base64url');

export function createSessions(db: Db, now: () => Date): Sessions {
  const sessions = db.collection<SessionDocument>('gateway_sessions');
  const attempts = db.collection<AttemptDocument>('gateway_sign_ins');
  const cache = new Map<string, { readUntilMs: number; principal: Principal | null }>();

  return {
    ensureIndexes: async () => {
      const expiry = { key: { expiresAt: 1 as const }, name: 'expiry', expireAfterSeconds: 0 };
      await Promise.all([sessions.createIndexes([expiry]), attempts.createIndexes([expiry])]);
    },

    begin: async (redirectUri, returnTo) => {
      const secret = newSecret();
      const attempt = { state: newSecret(), nonce: newSecret(), verifier: newSecret(), redirectUri };
      const expiresAt = new Date(now().getTime() + ATTEMPT_MS);
      await attempts.insertOne({ _id: hashOf(secret), ...attempt, returnTo, expiresAt });
      return { secret, attempt };
    },

    take: async (secret, state) => {
      const found = await attempts.findOneAndDelete({
        _id: hashOf(secret),
        state: { $eq: state },
        expiresAt: { $gt: now() },
      });
      return found;
    },

    open: async ({ subject, name, tenancy }) => {
      const secret = newSecret();
      const expiresAt = new Date(now().getTime() + SESSION_MS);
      await sessions.insertOne({ _id: hashOf(secret), subject, name, tenancy, expiresAt });
      return { secret, expiresAt };
    },

    read: async (secret) => {
      const id = hashOf(secret);
      const nowMs = now().getTime();
      const cached = cache.get(id);
      if (cached !== undefined && nowMs < cached.readUntilMs) return cached.principal;
      const found = await sessions.findOne({ _id: id, expiresAt: { $gt: now() } });
      const principal =
        found === null
          ? null
          : { subject: found.subject, name: found.name, tenancy: Tenancy.parse(found.tenancy) };
      if (cache.size >= CACHED_SESSIONS) cache.clear();
      cache.set(id, { readUntilMs: nowMs + CACHE_MS, principal });
      return principal;
    },

    end: async (secret) => {
      cache.delete(hashOf(secret));
      await sessions.deleteOne({ _id: hashOf(secret) });
    },
  };
}
