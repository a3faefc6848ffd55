import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditRunResult } from '../../../schemas/api/auditRun.ts';
import type { AuditFacts } from '../../../schemas/auditFacts.ts';
import { type AuditRun, runAudit, writeReport } from '../../../services/audit/index.ts';
import { register as registerSpillover } from '../../../services/cli/commands/auditSpillover.ts';
import type { Scenario } from '../../../services/simulator/index.ts';
import { auditFactsFrom, PLAIN_AUDIT, plantedIn, scenarioFacts } from '../../support/scenarioFacts.ts';

const PROVENANCE = {
  knownAt: null,
  simulated: true,
  anchors: [{ topic: 'supplier.reports', partition: 0, length: 3, head: 'ab'.repeat(32) }],
};
const TIMEOUT_MS = 300_000;
const OPTIONS = { ...PLAIN_AUDIT, bootstrap: 99 };
const folder = mkdtempSync(join(tmpdir(), 'chainlight-audit-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let scenario: Scenario;
let facts: AuditFacts;
let run: AuditRun;
beforeAll(() => {
  const played = scenarioFacts({ scenario: 'sichuan', seed: 1, scale: 20 });
  scenario = played.scenario;
  facts = auditFactsFrom(played.facts, 'inventory-turns');
  run = runAudit(facts, OPTIONS, PROVENANCE);
}, TIMEOUT_MS);

describe('an audit of the scenario', () => {
  it('finds what was planted inside its intervals, directly and along the chain', () => {
    const planted = plantedIn(scenario);
    for (const view of ['contract', 'golive'] as const)
      for (const part of ['direct', 'spillover'] as const) {
        const { low, high } = run.result.views[view].verdicts[part];
        expect(low, `${view} ${part}`).toBeLessThan(planted[view][part].effect ?? Number.NaN);
        expect(high, `${view} ${part}`).toBeGreaterThan(planted[view][part].effect ?? Number.NaN);
      }
    expect(run.result.direct.finding).toBe('raised');
    expect(run.result.spillover.finding).toBe('raised');
  });

  it('counts firms that signed and never finished as treated, and never as controls', () => {
    const { contract, golive } = run.result.views;
    expect(contract.result.direct.sample.treated).toBe(plantedIn(scenario).contract.direct.firms);
    expect(golive.result.direct.sample.treated).toBe(plantedIn(scenario).golive.direct.firms);
    expect(golive.leftOut.notLive).toBe(
      contract.result.direct.sample.treated - golive.result.direct.sample.treated,
    );
    expect(golive.anticipation).toBeGreaterThan(0);
  });

  it('has suppliers as edges, and no leader', () => {
    const leaders = scenario.leaders.map(({ uscc }) => uscc);
    const edges = run.files.get('edges.csv') ?? '';
    expect(edges.split('\n').length).toBeGreaterThan(40);
    expect(leaders.some((uscc) => edges.includes(uscc))).toBe(false);
    expect(Number(edges.split('\n')[1]?.split(',')[5])).toBeGreaterThan(0);
  });

  it('breaks the spillover down by the share of orders, as they were before anybody was treated', () => {
    const { result } = run.result.views.contract;
    const bins = result.spillover.byVolumeShare ?? [];
    expect(bins.map(({ label }) => label)).toHaveLength(4);
    expect(bins.reduce((sum, { units }) => sum + units, 0)).toBe(result.spillover.sample.treated);
    expect(bins.filter(({ att }) => att !== null).length).toBeGreaterThan(1);
    const [header = '', ...rows] = (run.files.get('edges.csv') ?? '').trim().split('\n');
    const at = (name: string) => header.split(',').indexOf(name);
    const volumes = rows
      .map((row) => row.split(','))
      .map((cells) => [cells[at('volumeFen')], cells[at('amountFen')]]);
    expect(volumes.some(([before]) => Number(before) > 0)).toBe(true);
    expect(volumes.every(([before, all]) => Number(before) < Number(all) || before === '')).toBe(true);
  });

  it('refuses on the chain whose books begin too late, and says what would lift it', () => {
    const late = scenario.leaders.at(-1)?.uscc ?? '';
    const { direct, spillover, chain } = runAudit(facts, { ...OPTIONS, chain: late }, PROVENANCE).result;
    expect(chain?.uscc).toBe(late);
    expect(direct.finding).toBe('refused');
    expect(direct.refusals.map(({ code }) => code)).toEqual(['TOO_FEW_PRE_PERIODS', 'BASELINES_MISSING']);
    expect(direct.refusals[0]?.remedy).toMatch(/earlier periods/);
    expect(direct.zh).toContain('不作结论');
    expect(spillover.refusals.map(({ code }) => code)).toContain('NO_TREATED');
  });

  it('shows leader, suppliers and chain side by side, or says why it cannot', () => {
    expect(run.result.displacement).toHaveLength(scenario.leaders.length);
    const [first] = run.result.displacement;
    expect(first).toMatchObject({ reason: null, before: { first: '2022-09', last: '2023-08' } });
    const total = (first?.leader.stockBeforeFen ?? 0) + (first?.supplierStock.stockBeforeFen ?? 0);
    expect(Math.abs((first?.chain.stockBeforeFen ?? 0) - total)).toBeLessThanOrEqual(1);
    expect(run.result.displacement.some(({ reason }) => reason !== null)).toBe(true);
  });

  it('leaves firms of other programmes out, together with their untreated partners', () => {
    const { leftOut, result } = runAudit(
      facts,
      { ...OPTIONS, bootstrap: 0, programmes: ['sme-510100-2023'] },
      PROVENANCE,
    ).result.views.contract;
    expect(leftOut.treatedElsewhere).toBeGreaterThan(50);
    expect(leftOut.exposedElsewhere).toBeGreaterThan(0);
    expect(result.direct.sample.treated + leftOut.treatedElsewhere).toBe(
      run.result.views.contract.result.direct.sample.treated,
    );
  });

  it('refuses an unknown leader', () => {
    expect(() => runAudit(facts, { ...OPTIONS, chain: '91510112MA0000007K' }, PROVENANCE)).toThrow(
      /not a registered leader/,
    );
  });
});

describe('the report', () => {
  it('is the same to the last byte for the same facts, options and seed', async () => {
    const again = runAudit(facts, OPTIONS, PROVENANCE);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const written = await writeReport(one, run);
    expect(await writeReport(two, again)).toEqual(written);
    for (const name of written)
      expect(readFileSync(join(one, name)).equals(readFileSync(join(two, name)))).toBe(true);
  });

  it('gives its figures again from the frozen files by the command that it prints', async () => {
    const at = join(folder, 'recomputed');
    await writeReport(at, run);
    for (const view of ['contract', 'golive'] as const) {
      const { recompute, result } = run.result.views[view];
      const lines: string[] = [];
      const io = { out: (line: string) => void lines.push(line), err: () => {}, exitCode: 0 as const };
      const program = new Command().exitOverride();
      registerSpillover(program, io);
      const args = recompute.replace('npm run --silent cli -- ', '').split(' ');
      const here = args.map((arg) => (arg.endsWith('.csv') ? join(at, arg) : arg));
      await program.parseAsync(['node', 'cli', ...here]);
      expect(JSON.parse(lines.join('\n'))).toEqual(JSON.parse(JSON.stringify(result)));
    }
  });

  it('fits its schema, and its page needs nothing from outside', async () => {
    const at = join(folder, 'page');
    await writeReport(at, run);
    const json = JSON.parse(readFileSync(join(at, 'report.json'), 'utf8'));
    expect(auditRunResult.safeParse(json).error).toBeUndefined();
    const page = readFileSync(join(at, 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|https?:\/\/|url\(/);
    expect(page).toContain('模拟数据');
    expect(page).toContain(run.result.direct.zh);
    expect(page).toContain(run.result.files[0]?.sha256);
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });
});

describe('the twin without effect', () => {
  it(
    'has nothing planted, and nothing is found',
    () => {
      const twin = scenarioFacts({ scenario: 'sichuan-null', seed: 2, scale: 20 });
      const { direct, spillover } = runAudit(
        auditFactsFrom(twin.facts, 'inventory-turns'),
        PLAIN_AUDIT,
        PROVENANCE,
      ).result;
      expect(plantedIn(twin.scenario).contract.direct.effect).toBe(0);
      expect([direct.finding, spillover.finding]).toEqual(['none', 'none']);
    },
    TIMEOUT_MS,
  );
});
