import { type Command, Option } from 'commander';
import { describeSpillover, estimateSpillover, readEdgesCsv, readPanelCsv } from '../../audit/index.ts';
import { type CliIo, printResult } from '../output.ts';
import { auditGroup, columnsOf, estimateOptionsOf, type PanelFlags, panelOptions } from './audit.ts';

interface SpilloverFlags extends PanelFlags {
  readonly edges: string;
  readonly volume?: string;
  readonly tier?: string;
}

export function register(program: Command, io: CliIo): void {
  const description =
    'Effect on units never treated themselves from the period their first partner was treated, and the direct effect, both against clean controls.';
  panelOptions(auditGroup(program).command('spillover').description(description))
    .requiredOption('--edges <file>', 'CSV of two columns of unit ids, undirected')
    .option(
      '--volume <column>',
      'column of the edges with the volume of trade: breaks the spillover down by its share with treated partners',
    )
    .option('--tier <column>', 'break the spillover down by this column')
    .addOption(
      new Option('--control <group>', 'controls are never treated and never exposed')
        .choices(['never'])
        .default('never'),
    )
    .action((flags: SpilloverFlags) => {
      const long = readPanelCsv(flags.csv, { ...columnsOf(flags), tier: flags.tier });
      const result = estimateSpillover(
        long,
        readEdgesCsv(flags.edges, long.unit.values, flags.volume),
        estimateOptionsOf(flags),
      );
      printResult(io, flags.json, result, () => describeSpillover(result).join('\n'));
    });
}
