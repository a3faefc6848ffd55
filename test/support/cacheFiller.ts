// Fetches an entry into the cache folder it is given, slowly, and says what it did and whom it waited for.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchIntoCache } from '../../services/stack/cache.ts';

const [cacheDir = ''] = process.argv.slice(2);
const lines: string[] = [];
const fill = async (target: string): Promise<void> => {
  await sleep(1_500);
  await appendFile(join(target, 'fills'), 'x');
};
const entry = { key: 'thing-1', title: 'Thing', how: 'slowly', fill };
const { folder, downloaded } = await fetchIntoCache(cacheDir, entry, (line) => lines.push(line));
process.stdout.write(`${JSON.stringify({ folder, downloaded, lines })}\n`);
