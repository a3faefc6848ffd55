import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChainlightError } from '../../../schemas/errors.ts';

/** An Ed25519 key pair for signing what is published. */
export interface Signer {
  /** First 16 hex digits of the SHA-256 of the public key (DER). */
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** @returns the signature, base64 */
  sign(text: string): string;
}

const idOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/**
 * The key in a PEM file, readable by its owner alone; made when there is none.
 * @throws ChainlightError BAD_INPUT for a file that holds another kind of key, or none
 */
export async function openSigner(file: string): Promise<Signer> {
  const privateKey = privateKeyIn(await pemOf(file));
  if (privateKey?.asymmetricKeyType !== 'ed25519')
    throw new ChainlightError('BAD_INPUT', `${file} holds no private Ed25519 key in PEM`);
  const publicKey = createPublicKey(privateKey);
  return {
    keyId: idOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}

function privateKeyIn(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

async function pemOf(file: string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch(() => null);
  if (existing !== null) return existing;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
    return pem;
  } catch {
    // Somebody else has just made it.
    return readFile(file, 'utf8');
  }
}

/** Whether a signature fits a text and a public key; false for a key that is none. */
export function isSignedBy(publicKeyPem: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey(publicKeyPem);
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

export const isPublicKey = (pem: string): boolean => keyIdOf(pem) !== null;

/** Id of a public key; null for one that cannot be read. */
export function keyIdOf(publicKeyPem: string): string | null {
  try {
    return idOf(createPublicKey(publicKeyPem));
  } catch {
    return null;
  }
}
