import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import { projectRoot } from '../../services/runtime/config.ts';

/** Part of `npm run check`: known holes in what the product is shipped with. Without a registry that answers, it says so and passes. */
const TIMEOUT_MS = 30_000;
const Report = z.looseObject({
  metadata: z.looseObject({ vulnerabilities: z.looseObject({ high: z.number(), critical: z.number() }) }),
});

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: projectRoot,
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
});
const report = Report.safeParse(parsed(stdout));
if (report.success) {
  const { high, critical } = report.data.metadata.vulnerabilities;
  process.stdout.write(`dependencies: ${critical} critical and ${high} high advisories\n`);
  process.exitCode = high + critical === 0 ? 0 : 1;
} else
  process.stdout.write('dependencies: NOT CHECKED, no registry answered; run `npm audit` where one does\n');

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
