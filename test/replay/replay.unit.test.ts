import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowsPath } from '../../services/onboarding/onboarding.ts';
import { bundleWorkflows } from '../../services/runtime/workflowBundle.ts';
import { allProgrammes } from '../../workflows/onboarding/programme.ts';
import { encodedSize, runFromText } from '../support/historyFile.ts';

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

/**
 * Histories of every outcome as an earlier version of the workflow left them. Today's code must be able to go on from any point
 * of them; where it deliberately differs it needs `patched`. New ones: RECORD_HISTORIES=1 with test/workflow/outcomes.
 */
describe('today’s workflow replays', () => {
  it('a history of every outcome', async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const outcomes = ['accepted', 'withdrawn', 'declined', 'failed', 'refused', 'expired', 'handed-over'];
    for (const { version } of allProgrammes())
      expect(files).toEqual(expect.arrayContaining(outcomes.map((name) => `${version}.${name}.json`)));
    // Of runs from before the patch `search-attributes`.
    const earlier = outcomes.map((name) => `city-2.${name}.before-lists.json`);
    expect(files).toEqual(expect.arrayContaining(earlier));
    // Of a run from before the patch `returns-from-their-time`.
    expect(files).toContain('city-3.returned.before-returns.json');
    const workflowBundle = await bundleWorkflows(workflowsPath);
    const histories = files.map((file) => runFromText(readFileSync(join(folder, file), 'utf8')));
    const results = Worker.runReplayHistories({ workflowBundle }, histories);
    const failed: string[] = [];
    for await (const { workflowId, error } of results)
      if (error) failed.push(`${workflowId}: ${error.message}`);
    expect(failed).toEqual([]);
  }, 120_000);

  it('the size that docs/onboarding.md names is that of the accepted history', () => {
    const { history } = runFromText(readFileSync(join(folder, 'city-4.accepted.json'), 'utf8'));
    const kilobytes = Math.round(encodedSize(history) / 1_000);
    const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'onboarding.md'), 'utf8');
    expect(docs).toContain(`| ${kilobytes} KB of history a supplier | measured |`);
    expect(docs).toContain(`\`city-4.accepted.json\`, ${history.events?.length} events`);
  });
});
