import type { Command } from 'commander';
import { drawSample, parseMustRules, readFrameCsv } from '../../audit/index.ts';
import { type CliIo, printResult } from '../output.ts';
import { auditGroup, columnList, wholeNumber } from './audit.ts';

interface SampleFlags {
  readonly frame: string;
  readonly id?: string;
  readonly n: number;
  readonly seed: number;
  readonly strata?: readonly string[];
  readonly must?: string;
  readonly json?: boolean;
}

export function register(program: Command, io: CliIo): void {
  auditGroup(program)
    .command('sample')
    .description('Draw firms for an audit: stratified, seeded, with the hash of the frame.')
    .requiredOption('--frame <file>', 'CSV of the firms to draw from')
    .requiredOption(
      '--n <count>',
      'firms to draw at random; 0 where the rules include all, or enough',
      wholeNumber('--n', 0),
    )
    .requiredOption('--seed <seed>', 'seed of the draw', wholeNumber('--seed', 0))
    .option('--id <column>', 'column of the firms’ ids (default: id, else the first one)')
    .option('--strata <columns>', 'comma-separated; drawn in proportion', columnList)
    .option('--must <rules>', 'included whatever the draw: level=2,score=38..42,evidenceHash=shared')
    .option('--json', 'print one JSON object')
    .action((flags: SampleFlags) => {
      const result = drawSample(readFrameCsv(flags.frame, flags.id), {
        n: flags.n,
        seed: flags.seed,
        strata: flags.strata ?? [],
        must: parseMustRules(flags.must ?? ''),
      });
      printResult(io, flags.json, result, () =>
        [
          `Frame of ${result.population} firms, hash ${result.frameHash}, seed ${result.seed}.`,
          `Drawn at random (${result.drawn.length}): ${result.drawn.join(' ')}`,
          `Included by rule (${result.mustInclude.length}): ${result.mustInclude.join(' ')}`,
        ].join('\n'),
      );
    });
}
