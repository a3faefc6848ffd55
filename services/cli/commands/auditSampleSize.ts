import { type Command, Option } from 'commander';
import type { SampleSizeResult } from '../../../schemas/api/audit.ts';
import { discoverySampleSize, estimationSampleSize } from '../../audit/index.ts';
import { badUsage, type CliIo, printResult } from '../output.ts';
import { auditGroup, wholeNumber } from './audit.ts';

interface SampleSizeFlags {
  readonly population: number;
  readonly purpose: 'discovery' | 'estimation';
  readonly badShare: number;
  readonly confidence: number;
  readonly margin: number;
  readonly json?: boolean;
}

export function register(program: Command, io: CliIo): void {
  auditGroup(program)
    .command('sample-size')
    .description(
      'How many files to draw: to find a bad one (discovery), or to estimate a share (estimation, at 95 %).',
    )
    .requiredOption('--population <count>', 'files in the frame', wholeNumber('--population', 1))
    .addOption(
      new Option('--purpose <purpose>', 'what the draw is for')
        .choices(['discovery', 'estimation'])
        .default('discovery'),
    )
    .option('--bad-share <share>', 'share of bad files to be found', share('--bad-share'), 0.05)
    .option('--confidence <share>', 'chance of finding one', share('--confidence'), 0.95)
    .option('--margin <share>', 'half width of the interval', share('--margin'), 0.05)
    .option('--json', 'print one JSON object')
    .action((flags: SampleSizeFlags) => {
      const { population, purpose, badShare, confidence, margin } = flags;
      const n =
        purpose === 'discovery'
          ? discoverySampleSize(population, badShare, confidence)
          : estimationSampleSize(population, margin);
      const result: SampleSizeResult = { population, purpose, n };
      printResult(io, flags.json, result, () => `Draw ${n} of ${population}.`);
    });
}

function share(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0 && value < 1)) throw badUsage(`${option} must lie between 0 and 1; it is "${text}".`);
    return value;
  };
}
