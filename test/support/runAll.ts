import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../services/runtime/config.ts';
import { hadSomethingToFind, searchLogs } from './logSearch.ts';
import type { TierResult } from './runTier.ts';

/**
 * `npm test`: every tier, or the ones named, one after the other, each in a process of its own; closes with the line `N passed, N failed`
 * that CI reads. Side by side the tiers on servers were no faster on two processors, and what waits for a server waited too long.
 */
const TIERS = ['unit', 'integration', 'standalone'];
const named = process.argv.slice(2);
const chosen = TIERS.filter((tier) => named.length === 0 || named.includes(tier));
const unknown = named.find((tier) => !TIERS.includes(tier));
if (unknown !== undefined) {
  process.stderr.write(`no tier ${unknown}; there are: ${TIERS.join(', ')}\n`);
  process.exit(2);
}

const logs = mkdtempSync(join(tmpdir(), 'chainlight-logs-'));
const running = new Set<ChildProcess>();
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isStopped = true;
    for (const child of running) child.kill(signal);
  });

function runTier(tier: string): Promise<TierResult> {
  const child = fork(join('test', 'support', 'runTier.ts'), [tier], {
    cwd: projectRoot,
    env: { ...process.env, LOG_COPY_DIR: logs },
    execArgv: ['--import', 'tsx'],
  });
  running.add(child);
  // A process that ends without a word has failed.
  let result: TierResult = { passed: 0, failed: 1 };
  child.on('message', (message) => {
    result = message as TierResult;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code !== 0) process.stdout.write(`\ntier ${tier} ended with ${signal ?? `exit code ${code}`}\n`);
      resolve(code === 0 || result.failed > 0 ? result : { ...result, failed: 1 });
    });
  });
}

const results: TierResult[] = [];
for (const tier of chosen) {
  if (isStopped) break;
  results.push(await runTier(tier));
}

// Secrets never stand in a log: searched for in all that the run has written.
const search = searchLogs(logs);
const { lines, secrets, found } = search;
rmSync(logs, { recursive: true, force: true });
process.stdout.write(`\nlogs: ${lines} lines searched for ${secrets} secrets, found in ${found.length}\n`);
for (const place of found.slice(0, 20)) process.stdout.write(`a secret stands in ${place}\n`);
const isSearched = hadSomethingToFind(search, chosen);
if (!isSearched)
  process.stdout.write('nothing was logged, or no secret was told of: the search says nothing\n');

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, found.length > 0 || !isSearched ? 1 : 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(isStopped || failed > 0 || passed === 0 ? 1 : 0);
