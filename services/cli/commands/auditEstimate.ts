import { type Command, Option } from 'commander';
import type { EstimateResult } from '../../../schemas/api/audit.ts';
import { describeEstimate, estimate, readPanelCsv } from '../../audit/index.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { auditGroup, columnsOf, estimateOptionsOf, type PanelFlags, panelOptions } from './audit.ts';

export function register(program: Command, io: CliIo): void {
  panelOptions(
    auditGroup(program)
      .command('estimate')
      .description('Staggered difference-in-differences (Callaway and Sant’Anna 2021) on a CSV panel.'),
  )
    .addOption(
      new Option('--control <group>', 'who serves as control').choices(['never', 'notyet']).default('never'),
    )
    .action((flags: PanelFlags) => {
      const result = estimate(readPanelCsv(flags.csv, columnsOf(flags)), estimateOptionsOf(flags));
      printResult(io, flags.json, result, () => render(result));
    });
}

const shown = (value: number | null): string | null => (value === null ? null : value.toPrecision(4));

function render(result: EstimateResult): string {
  const aggregates = table(
    ['aggregate', 'ATT', 'se', '95 % low', 'high'],
    [
      ['simple', result.simple],
      ['event time', result.dynamic.overall],
      ['cohorts', result.group.overall],
      ['calendar', result.calendar.overall],
    ].map(([name, value]) =>
      typeof value === 'object'
        ? [name as string, shown(value.att), shown(value.se), shown(value.low), shown(value.high)]
        : [],
    ),
  );
  return [aggregates, '', ...describeEstimate(result)].join('\n');
}
