import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { projectRoot } from '../../services/runtime/config.ts';
import { searchLogs } from './logSearch.ts';

/** `npm test`: every tier, or the ones named; closes with the line `N passed, N failed` that CI reads. */
const TIERS = ['unit', 'integration'];
const named = process.argv.slice(2);
const unknown = named.find((tier) => !TIERS.includes(tier));
if (unknown !== undefined) {
  process.stderr.write(`no tier ${unknown}; there are: ${TIERS.join(', ')}\n`);
  process.exit(2);
}

const logs = mkdtempSync(join(tmpdir(), 'chainlight-logs-'));
process.env.LOG_COPY_DIR = logs;
const vitest = await startVitest('test', [], {
  root: projectRoot,
  watch: false,
  run: true,
  project: named.length > 0 ? named : TIERS,
});
const files = vitest.state.getFiles();
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === 'passed').length;
const failed = tests.filter((test) => test.result().state === 'failed').length;
const brokenFiles = files.filter((file) => file.result?.state === 'fail' && !file.tasks.length).length;
const notRun = tests.length - passed - failed;
const errors = vitest.state.getUnhandledErrors().length;
await vitest.close();

// Secrets never stand in a log: searched for in all that the run has written.
const { lines, secrets, found } = searchLogs(logs);
rmSync(logs, { recursive: true, force: true });
process.stdout.write(`\nlogs: ${lines} lines searched for ${secrets} secrets, found in ${found.length}\n`);
for (const place of found.slice(0, 20)) process.stdout.write(`a secret stands in ${place}\n`);

// A test that did not run, a file that could not be loaded and an error outside any test all count as failures.
const failures = failed + brokenFiles + notRun + errors + (found.length > 0 ? 1 : 0);
process.stdout.write(`\n${passed} passed, ${failures} failed\n`);
process.exit(failures > 0 || passed === 0 ? 1 : 0);
