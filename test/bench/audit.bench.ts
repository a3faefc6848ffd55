import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../support/commandLine.ts';
import { writePanelFile } from './auditPanelFile.ts';

interface Side {
  readonly readS: number;
  readonly analyticS: number;
  readonly bootstrapS: number;
  readonly withCsvS: number;
  readonly peakRssMiB: number;
}

const folder = dirname(fileURLToPath(import.meta.url));
const SHAPE = { units: 100_000, periods: 36, cohorts: 10 };
const DRAWS = 999;

/**
 * `npm run bench -- audit`: 100,000 units × 36 months, 10 cohorts, 999 bootstrap draws with simultaneous bands, in a process
 * of its own; then the same with PyPI diff-diff, if a Python that has it is found (CHAINLIGHT_BENCH_PYTHON, or else python3).
 */
export async function run(args: readonly string[]): Promise<unknown> {
  readCommandLine('npm run bench -- audit', args, { json: { type: 'boolean', default: false } });
  const work = mkdtempSync(join(tmpdir(), 'chainlight-bench-'));
  try {
    const file = join(work, 'panel.csv');
    writePanelFile(file, SHAPE, 1);
    const ours = measure(process.execPath, [
      '--import',
      'tsx',
      join(folder, 'auditOurs.ts'),
      file,
      String(DRAWS),
    ]);
    if (ours === null) throw new Error('The audit benchmark did not finish; its messages are above.');
    const python = process.env.CHAINLIGHT_BENCH_PYTHON ?? 'python3';
    const hasReference = spawnSync(python, ['-c', 'import diff_diff, pandas']).status === 0;
    const theirs = hasReference
      ? measure(python, [join(folder, 'audit_reference.py'), file, String(DRAWS)])
      : null;
    return {
      ...ours,
      panel: { ...SHAPE, draws: DRAWS },
      reference: theirs === null ? null : { package: 'diff-diff', ...theirs },
      ratioBootstrap: theirs === null ? null : ours.bootstrapS / theirs.bootstrapS,
      ratioWithCsv: theirs === null ? null : ours.withCsvS / theirs.withCsvS,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function measure(command: string, args: readonly string[]): Side | null {
  const child = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const line = child.stdout?.trim().split('\n').at(-1);
  return child.status === 0 && line ? (JSON.parse(line) as Side) : null;
}
