import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRun } from '../../domain/live/auditRun.ts';
import { reportHtml } from './reportHtml.ts';

/** Writes report.json, report.html and the frozen files into a folder, which is made where it is missing. */
export async function writeReport(folder: string, run: AuditRun): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = new Map([
    ['report.json', `${JSON.stringify(run.result, null, 2)}\n`],
    ['report.html', reportHtml(run.result)],
    ...run.files,
  ]);
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  return [...files.keys()];
}
