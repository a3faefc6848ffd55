import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A whole test run writes a copy of its logs into this folder (services/runtime/logger.ts); afterwards they are searched for secrets. */
const SECRETS_FILE = 'secrets.txt';
const LONG_ENOUGH = 12;
/** What no log may hold whoever made it: a signed token, a header or a cookie that lets somebody in. */
const PATTERNS = [
  /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  /bearer [\w.~+/-]{12,}/i,
  /basic [a-z0-9+/]{16,}={0,2}/i,
  /chainlight_(session|sign_in)=[\w-]{8,}/,
];

/** Remembers a secret that a test made or was given, so that the logs of the whole run are searched for it. */
export function rememberSecret(secret: string): void {
  const folder = process.env.LOG_COPY_DIR;
  if (folder !== undefined && secret.length >= LONG_ENOUGH)
    appendFileSync(join(folder, SECRETS_FILE), `${secret}\n`);
}

export interface LogSearch {
  readonly lines: number;
  readonly secrets: number;
  /** Where one was found: file and number of the line, never the secret itself. */
  readonly found: readonly string[];
}

export function searchLogs(folder: string): LogSearch {
  const files = readdirSync(folder);
  const secrets = files.includes(SECRETS_FILE)
    ? [...new Set(readFileSync(join(folder, SECRETS_FILE), 'utf8').split('\n'))].filter((text) => text !== '')
    : [];
  let lines = 0;
  const found: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.log'))) {
    for (const [index, line] of readFileSync(join(folder, file), 'utf8').split('\n').entries()) {
      if (line === '') continue;
      lines++;
      if (PATTERNS.some((pattern) => pattern.test(line)) || secrets.some((secret) => line.includes(secret)))
        found.push(`${file}:${index + 1}`);
    }
  }
  return { lines, secrets: secrets.length, found };
}

/** Whether there was anything to search: the tier on the shared servers signs people in and logs it, the others need not. */
export const hadSomethingToFind = ({ lines, secrets }: LogSearch, tiers: readonly string[]): boolean =>
  !tiers.includes('integration') || (lines > 0 && secrets > 0);
