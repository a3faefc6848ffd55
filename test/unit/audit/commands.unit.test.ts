import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import {
  estimateResult,
  sampleResult,
  sampleSizeResult,
  spilloverResult,
} from '../../../schemas/api/audit.ts';
import { register as registerEstimate } from '../../../services/cli/commands/auditEstimate.ts';
import { register as registerSample } from '../../../services/cli/commands/auditSample.ts';
import { register as registerSampleSize } from '../../../services/cli/commands/auditSampleSize.ts';
import { register as registerSpillover } from '../../../services/cli/commands/auditSpillover.ts';
import { goldenRows, toCsv } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainlight-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const panel = file('panel.csv', toCsv(goldenRows()));
const edges = file('edges.csv', 'from,to\nS1,S5\nS5,S5\nS6,elsewhere\n');
const frame = file(
  'frame.csv',
  `id,district\n${Array.from({ length: 40 }, (_, index) => `F${index},d${index % 2}`).join('\n')}\n`,
);
const COLUMNS = ['--unit', 'unit', '--time', 'time', '--outcome', 'outcome', '--cohort', 'cohort'];

async function audit(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: () => {}, exitCode: 0 as const };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const register of [registerEstimate, registerSpillover, registerSample, registerSampleSize])
    register(program, io);
  await program.parseAsync(['node', 'cli', 'audit', ...args]);
  return lines.join('\n');
}

describe('audit commands', () => {
  it('estimate prints one JSON object that fits its schema', async () => {
    const printed = await audit(
      'estimate',
      '--csv',
      panel,
      ...COLUMNS,
      '--control',
      'notyet',
      '--base',
      'universal',
      '--bootstrap',
      '99',
      '--json',
    );
    const result = estimateResult.parse(JSON.parse(printed));
    expect(result.attgt.filter((cell) => cell.kind === 'reference')).toMatchObject([
      { att: 0, se: null },
      { att: 0, se: null },
    ]);
  });

  it('estimate without --json speaks plainly and gives no verdict under a refusal', async () => {
    const prose = await audit('estimate', '--csv', panel, ...COLUMNS);
    expect(prose).toContain('Refused (TOO_FEW_TREATED)');
    expect(prose).not.toMatch(/raised|lowered/);
  });

  it('spillover reads edges with a header', async () => {
    const result = spilloverResult.parse(
      JSON.parse(await audit('spillover', '--csv', panel, '--edges', edges, ...COLUMNS, '--json')),
    );
    expect(result).toMatchObject({ nCleanControl: 1, nExposed: 1, ignoredEdges: 2 });
    expect(await audit('spillover', '--csv', panel, '--edges', edges, ...COLUMNS)).toContain('Refused');
  });

  it('spillover takes a first row of two known ids for an edge', async () => {
    const bare = file('bare.csv', 'S1,S5\n');
    const result = spilloverResult.parse(
      JSON.parse(await audit('spillover', '--csv', panel, '--edges', bare, ...COLUMNS, '--json')),
    );
    expect(result.nExposed).toBe(1);
  });

  it('sample and sample-size', async () => {
    const sample = sampleResult.parse(
      JSON.parse(
        await audit(
          'sample',
          '--frame',
          frame,
          '--n',
          '6',
          '--seed',
          '3',
          '--strata',
          'district',
          '--must',
          'id=F7',
          '--json',
        ),
      ),
    );
    expect(sample).toMatchObject({ seed: 3, n: 6, mustInclude: ['F7'] });
    expect(sample.drawn).toHaveLength(6);
    const size = sampleSizeResult.parse(
      JSON.parse(await audit('sample-size', '--population', '482', '--json')),
    );
    expect(size.n).toBe(54);
  });

  it.each([
    ['a missing option', ['estimate', '--csv', panel]],
    ['a choice that does not exist', ['estimate', '--csv', panel, ...COLUMNS, '--control', 'some']],
    ['a fraction of a period', ['estimate', '--csv', panel, ...COLUMNS, '--anticipation', '1.5']],
    ['an empty covariate', ['estimate', '--csv', panel, ...COLUMNS, '--covariates', 'a,,b']],
    ['a file that is not there', ['estimate', '--csv', join(folder, 'none.csv'), ...COLUMNS]],
    ['a share above one', ['sample-size', '--population', '10', '--bad-share', '2']],
  ])('%s is refused', async (_, args) => {
    await expect(audit(...args)).rejects.toThrow();
  });
});
