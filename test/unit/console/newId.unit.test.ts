import { webcrypto } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newId } from '../../../services/console/src/api/newId.ts';

const SRC = 'services/console/src';

test('ids of acts are UUIDs of random bits, also where the page did not come by https', () => {
  // All that a page has on an origin that is not secure.
  const insecure = { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(bytes) };
  const ids = Array.from({ length: 200 }, () => newId(insecure));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const ones = { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0xff) };
  expect(newId(ones)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});

test('nothing of the console asks for what only secure origins have', () => {
  const files = readdirSync(SRC, { recursive: true }).filter((file) => /\.tsx?$/.test(String(file)));
  expect(files.length).toBeGreaterThan(80);
  const using = files.filter((file) =>
    /crypto\.(randomUUID\(|subtle)|navigator\.(serviceWorker|geolocation)\b/.test(
      readFileSync(`${SRC}/${file}`, 'utf8'),
    ),
  );
  expect(using).toEqual([]);
});
