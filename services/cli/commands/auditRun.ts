import { type Command, Option } from 'commander';
import { type AuditRunResult, auditRunResult } from '../../../schemas/api/auditRun.ts';
import {
  AUDIT_VIEWS,
  type AuditView,
  readProvenance,
  runAudit,
  storeAuditRun,
  writeReport,
} from '../../audit/index.ts';
import { horizonOf, readAuditFacts } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { auditGroup, columnList, wholeNumber } from './audit.ts';

interface RunFlags {
  readonly kpi: string;
  readonly programme: string;
  readonly chain?: string;
  readonly view: AuditView;
  readonly scale: 'log' | 'level';
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly seed: number;
  readonly bootstrap: number;
  readonly out: string;
  readonly json?: boolean;
}

const ALL = 'all';

/** `audit run`: freezes the panel behind a KPI, estimates direct effect and spillover, writes the report. */
export function register(program: Command, io: CliIo): void {
  auditGroup(program)
    .command('run')
    .description(
      'Did it raise a KPI, and did it spread along the chain? Freezes the panel from the events, estimates, and writes a report that anyone can recompute.',
    )
    .option('--kpi <kpi>', 'id or slug of the KPI', 'inventory-turns')
    .option('--programme <codes>', 'programme codes, comma-separated, or all', ALL)
    .option('--chain <uscc>', 'only the chain of this leader')
    .addOption(
      new Option('--view <view>', 'what counts as the treatment in the verdict; the report shows both')
        .choices(AUDIT_VIEWS)
        .default('contract'),
    )
    .addOption(
      new Option('--scale <scale>', 'log: effects are percentages; level: in the KPI’s unit')
        .choices(['log', 'level'])
        .default('log'),
    )
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--seed <seed>', 'seed of every random draw', wholeNumber('--seed', 0), 1)
    .option('--bootstrap <draws>', 'draws for the simultaneous bands', wholeNumber('--bootstrap', 0), 999)
    .requiredOption('--out <folder>', 'where the report is written')
    .option('--json', 'print one JSON object')
    .action(async (flags: RunFlags) => {
      const horizon = horizonOf(flags);
      const run = await withDatabase(async (db) => {
        io.err('audit: reading the figures');
        const facts = await readAuditFacts(db, flags.kpi, horizon);
        io.err(`audit: ${facts.firms.length} firms, ${facts.trades.length} relations; estimating`);
        const done = runAudit(facts, optionsOf(flags), await readProvenance(db, horizon.knownAt));
        await storeAuditRun(db, done, new Date());
        return done;
      });
      const written = await writeReport(flags.out, run);
      io.err(`audit: ${written.join(', ')} written to ${flags.out}`);
      const result = auditRunResult.parse(run.result);
      printResult(io, flags.json, result, () => render(result, flags.out));
    });
}

const optionsOf = ({ programme, chain, view, scale, bootstrap, seed }: RunFlags) => ({
  programmes: programme === ALL ? null : columnList(programme),
  chain: chain ?? null,
  view,
  scale,
  bootstrap,
  seed,
});

const percent = (change: number | null): string | null =>
  change === null ? null : `${(100 * change).toFixed(1)} %`;

function render(result: AuditRunResult, folder: string): string {
  return [
    ...(result.simulated ? ['The data are simulated.'] : []),
    `Direct     ${result.direct.en}`,
    `Spillover  ${result.spillover.en}`,
    '',
    table(
      ['chain', 'leader stock', 'suppliers', 'chain', 'note'],
      result.displacement.map((row) => [
        row.name,
        percent(row.leader.stockChange),
        percent(row.supplierStock.stockChange),
        percent(row.chain.stockChange),
        row.reason,
      ]),
    ),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    `The report is in ${folder}: report.html, report.json and the frozen panel.`,
  ].join('\n');
}
