import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../services/runtime/config.ts';

/** `npm run check`: everything fast. Every step runs, so that one run shows all that is wrong. `--no-tests` leaves out the unit tests. */
const bin = (name: string): string => join(projectRoot, 'node_modules', '.bin', name);
const STEPS: readonly (readonly [title: string, command: string, ...args: string[]])[] = [
  ['types', bin('tsc'), '-p', '.'],
  ['types of the console', bin('tsc'), '--noEmit', '-p', 'services/console'],
  ['lint and format', bin('biome'), 'ci', '.'],
  [
    'layer rules',
    bin('depcruise'),
    '--config',
    '.dependency-cruiser.cjs',
    'schemas',
    'workflows',
    'services',
    'test',
  ],
  ['dependency audit', process.execPath, '--import', 'tsx', join('test', 'support', 'dependencyAudit.ts')],
  ['unit tests', process.execPath, '--import', 'tsx', join('test', 'support', 'runAll.ts'), 'unit'],
];

const failed: string[] = [];
const isWanted = ([title]: (typeof STEPS)[number]): boolean =>
  !(process.argv.includes('--no-tests') && title === 'unit tests');
for (const [title, command, ...args] of STEPS.filter(isWanted)) {
  process.stdout.write(`\n── ${title}\n`);
  const step = spawnSync(command, args, { cwd: projectRoot, stdio: 'inherit' });
  if (step.status !== 0) failed.push(title);
}
process.stdout.write(
  failed.length === 0 ? '\ncheck: all is well\n' : `\ncheck: failed: ${failed.join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
