import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

/** Only elliptic-curve signatures: short tokens, and one algorithm for a reader to allow. */
export const SIGNING_ALGORITHM = 'ES256';
const ROTATE_AFTER_MS = 90 * 86_400_000;
/** The newest signs; the one before stays published until what it signed has run out. */
const KEPT_KEYS = 2;

const KeyFile = z.object({
  cookieKeys: z.array(z.string()).min(1),
  keys: z
    .array(z.object({ madeAt: z.iso.datetime(), jwk: z.custom<JWK>((value) => typeof value === 'object') }))
    .min(1),
});
type KeyFile = z.infer<typeof KeyFile>;

export interface IssuerKeys {
  /** Newest first; it signs. */
  readonly signing: readonly JWK[];
  readonly cookies: readonly string[];
}

/** The issuer's own keys from its file, made at the first start and renewed every 90 days. The file is its owner's alone. */
export async function loadKeys(file: string, now: Date): Promise<IssuerKeys> {
  const found = existsSync(file) ? KeyFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  const newest = found?.keys[0];
  const isFresh = newest !== undefined && now.getTime() - Date.parse(newest.madeAt) < ROTATE_AFTER_MS;
  const content: KeyFile = {
    cookieKeys: found?.cookieKeys ?? [randomBytes(32).toString('base64url')],
    keys: isFresh
      ? (found?.keys ?? [])
      : [{ madeAt: now.toISOString(), jwk: await makeKey() }, ...(found?.keys ?? [])].slice(0, KEPT_KEYS),
  };
  if (!isFresh) writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return { signing: content.keys.map(({ jwk }) => jwk), cookies: content.cookieKeys };
}

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return { ...(await exportJWK(privateKey)), kid, alg: SIGNING_ALGORITHM, use: 'sig' };
}
