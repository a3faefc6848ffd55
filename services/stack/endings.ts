import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import type { TerminalStatus } from '../../schemas/onboarding.ts';
import { longestByEnding } from '../onboarding/index.ts';
import { lastLineOf, outputOf } from './command.ts';

/**
 * What `onboarding show` says of one supplier of each ending, as a person and as a program read it.
 * @param folder made where there is none
 * @returns whom, by ending; without those that nobody came to
 */
export async function writeEndings(
  db: Db,
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<ReadonlyMap<TerminalStatus, string>> {
  await mkdir(folder, { recursive: true });
  const shown = await longestByEnding(db);
  for (const [status, uscc] of shown) {
    const show = ['onboarding', 'show', uscc];
    const [text, json] = await Promise.all([outputOf(show, env), outputOf([...show, '--json'], env)]);
    await writeFile(join(folder, `${status}.txt`), text);
    await writeFile(join(folder, `${status}.json`), `${lastLineOf(json)}\n`);
  }
  return shown;
}
