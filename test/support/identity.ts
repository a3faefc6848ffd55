import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { API_AUDIENCE, TENANCY_CLAIM, type Tenancy } from '../../schemas/tenancy.ts';
import { buildIssuer, type Directory, loadKeys } from '../../services/identity/index.ts';
import type { IdentitySettings } from '../../services/runtime/config.ts';
import { createTokenSource } from '../../services/runtime/tokenSource.ts';
import { rememberSecret } from './logSearch.ts';

/** A real issuer for a test, with an account and a client for each tenancy under the same name. */
export interface TestIssuer {
  readonly settings: IdentitySettings;
  /** An access token of the client `name`. */
  token(name: string): Promise<string>;
  /** The header that signs a request in as the client `name`. */
  as(name: string): Promise<{ authorization: string }>;
  /** A token with the issuer's own signature and whatever claims a test wants; a name without a tenancy has no role. */
  foreignToken(name: string, claims: { audience?: string; expiresAt?: number }): Promise<string>;
  close(): Promise<void>;
}

const SECRET = 'a-secret-of-the-tests-and-of-nothing-else';

export async function startTestIssuer(tenancies: Readonly<Record<string, Tenancy>>): Promise<TestIssuer> {
  const directory: Directory = {
    console: { clientId: 'console', clientSecret: SECRET },
    accounts: Object.entries(tenancies).map(([id, tenancy]) => ({
      id,
      name: `Test ${id}`,
      about: { zh: id, en: id },
      tenancy,
    })),
    clients: Object.entries(tenancies).map(([id, tenancy]) => ({ id, secret: SECRET, tenancy })),
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const keys = await loadKeys(join(mkdtempSync(join(tmpdir(), 'issuer-')), 'keys.json'), new Date());
  const server = buildIssuer({ url, directory, keys });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const remembered = new Set<string>();
  const sources = new Map(
    Object.keys(tenancies).map((clientId) => [
      clientId,
      createTokenSource({ issuer: url, clientId, clientSecret: SECRET }),
    ]),
  );
  rememberSecret(SECRET);
  const token = async (name: string): Promise<string> => {
    const secret = (await sources.get(name)?.()) ?? '';
    if (!remembered.has(secret)) rememberSecret(secret);
    remembered.add(secret);
    return secret;
  };
  return {
    settings: { OIDC_ISSUER: url, OIDC_CLIENT_ID: 'console', OIDC_CLIENT_SECRET: SECRET },
    token,
    as: async (name) => ({ authorization: `Bearer ${await token(name)}` }),
    foreignToken: async (name, { audience = API_AUDIENCE, expiresAt = Date.now() / 1_000 + 60 }) => {
      const [signing] = keys.signing;
      if (signing === undefined) throw new Error('the issuer has no key');
      const tenancy = tenancies[name];
      return new SignJWT(tenancy === undefined ? {} : { [TENANCY_CLAIM]: tenancy })
        .setProtectedHeader({ alg: signing.alg ?? '', kid: signing.kid ?? '' })
        .setIssuer(url)
        .setSubject(name)
        .setAudience(audience)
        .setIssuedAt(Math.floor(expiresAt) - 600)
        .setExpirationTime(Math.floor(expiresAt))
        .sign(await importJWK(signing));
    },
    close: () => closeServer(server),
  };
}

/** Signs a browser in at the issuer's page, as a person does: by choosing an account. */
export async function chooseAccount(page: Page, account: string): Promise<void> {
  await page.click(`button[value="${account}"]`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await closeServer(server);
  return port;
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
