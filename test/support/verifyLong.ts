import { spawnSync } from 'node:child_process';
import { projectRoot } from '../../services/runtime/config.ts';

/** `npm run verify:long`: the proofs that take too long for every change; what they found is written down in docs/. */
const STEPS: readonly (readonly [title: string, entry: string, ...args: string[]])[] = [
  ['Monte-Carlo of the estimators (docs/audit-method.md)', 'test/bench/main.ts', 'auditMonteCarlo', '500'],
  ['20 seeds of chaos (docs/chaos.md)', 'test/chaos/main.ts', '--events', '2500', '--seeds', '20', '--json'],
  [
    'audits of the scenario against what it planted (docs/audit-method.md)',
    'test/bench/main.ts',
    'auditScenario',
    '20',
    '20,40',
  ],
  ['the whole scenario', 'services/stack/demo.ts', '--scenario', 'sichuan', '--json'],
  ['its twin without effect', 'services/stack/demo.ts', '--scenario', 'sichuan-null', '--json'],
];

const failed: string[] = [];
for (const [title, entry, ...args] of STEPS) {
  process.stdout.write(`\n── ${title}\n`);
  const step = spawnSync(process.execPath, ['--import', 'tsx', entry, ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  if (step.status !== 0) failed.push(title);
}
process.stdout.write(`\n${STEPS.length - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
