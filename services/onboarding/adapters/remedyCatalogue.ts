import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { RemedyCatalogue } from '../../../schemas/remedy.ts';

/** The catalogue of remedies, as data beside the code. */
export async function loadRemedies(): Promise<z.infer<typeof RemedyCatalogue>> {
  const file = new URL('../catalogue/remedies.json', import.meta.url);
  return RemedyCatalogue.parse(JSON.parse(await readFile(file, 'utf8')));
}
