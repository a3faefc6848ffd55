import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { projectRoot } from './config.ts';

const FOLDER = join(projectRoot, '.chainlight', 'workflows');
/** What workflow code may be made of; the layer rules allow nothing else of ours. */
const SOURCES = ['schemas', 'workflows'];
const KEEP_OLD_MS = 24 * 60 * 60_000;

export interface WorkflowBundle {
  readonly code: string;
}

/**
 * The code that the workflow sandbox runs. Bundling takes some seconds of processor time, so it is kept until a source file, a
 * library or Node changes: a worker that was killed is back the sooner.
 * @param workflowsPath module that exports the workflows
 * @param interceptors modules that are bundled with them
 */
export async function bundleWorkflows(
  workflowsPath: string,
  interceptors: readonly string[] = [],
): Promise<WorkflowBundle> {
  const file = join(FOLDER, `${fingerprintOf([workflowsPath, ...interceptors])}.js`);
  const kept = readIfThere(file);
  if (kept !== null) return { code: kept };
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...interceptors],
    logger: new DefaultLogger('WARN'),
  });
  mkdirSync(FOLDER, { recursive: true });
  // By another name first: whoever reads at the same time finds all of it or none.
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  for (const name of readdirSync(FOLDER)) {
    const { mtimeMs } = statSync(join(FOLDER, name), { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Date.now() - mtimeMs > KEEP_OLD_MS)
      rmSync(join(FOLDER, name), { force: true });
  }
  return { code };
}

function fingerprintOf(modules: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  const add = (path: string): void => void hash.update(`${path}\n`).update(readFileSync(path)).update('\n');
  add(join(projectRoot, 'package-lock.json'));
  for (const path of modules) add(path);
  for (const folder of SOURCES)
    for (const path of readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(ts|json)$/.test(path)) add(join(projectRoot, folder, path));
  return hash.digest('hex').slice(0, 16);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
