import { type Command, Option } from 'commander';
import type { EstimateOptions, PanelColumns } from '../../audit/index.ts';
import { badUsage, type CliIo } from '../output.ts';

/** The `audit` group; every audit command hangs itself below it. */
export function auditGroup(program: Command): Command {
  return (
    program.commands.find((command) => command.name() === 'audit') ??
    program.command('audit').description('Estimates, tests and samples that an auditor can recompute.')
  );
}

export function register(program: Command, _io: CliIo): void {
  auditGroup(program);
}

/** What commander hands over for the options of `panelOptions`. */
export interface PanelFlags {
  readonly csv: string;
  readonly unit: string;
  readonly time: string;
  readonly outcome: string;
  readonly cohort: string;
  readonly control: 'never' | 'notyet';
  readonly base: 'varying' | 'universal';
  readonly anticipation: number;
  readonly covariates?: readonly string[];
  readonly cluster?: string;
  readonly definition?: string;
  readonly measurement?: string;
  readonly unbalanced: 'pairwise' | 'balanced';
  readonly bootstrap: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** The options that estimate and spillover share. */
export function panelOptions(command: Command): Command {
  return command
    .requiredOption('--csv <file>', 'panel: one row per unit and period')
    .requiredOption('--unit <column>', 'unit id')
    .requiredOption('--time <column>', 'period, a whole number without gaps')
    .requiredOption('--outcome <column>', 'outcome; empty = not observed')
    .requiredOption('--cohort <column>', 'first treated period; 0 or empty = never')
    .addOption(
      new Option('--base <period>', 'base of placebo cells')
        .choices(['varying', 'universal'])
        .default('varying'),
    )
    .option(
      '--anticipation <periods>',
      'periods before treatment in which an effect may show',
      wholeNumber('--anticipation', 0),
      0,
    )
    .option('--covariates <columns>', 'comma-separated; makes the estimate doubly robust', columnList)
    .option('--cluster <column>', 'cluster standard errors by this column (default: the unit)')
    .option('--definition <column>', 'definition of the outcome in each row; refused where it changes')
    .option('--measurement <column>', 'source or evidence grade of each row (a+b: measured both ways)')
    .addOption(
      new Option('--unbalanced <policy>', 'units not seen in every period')
        .choices(['pairwise', 'balanced'])
        .default('pairwise'),
    )
    .option(
      '--bootstrap <draws>',
      'draws of the multiplier bootstrap for simultaneous bands',
      wholeNumber('--bootstrap', 0),
      0,
    )
    .option('--seed <seed>', 'seed of every random draw', wholeNumber('--seed', 0), 1)
    .option('--json', 'print one JSON object');
}

export function columnsOf(flags: PanelFlags): PanelColumns {
  return {
    unit: flags.unit,
    time: flags.time,
    outcome: flags.outcome,
    cohort: flags.cohort,
    covariates: flags.covariates,
    cluster: flags.cluster === flags.unit ? undefined : flags.cluster,
    definition: flags.definition,
    measurement: flags.measurement,
  };
}

export function estimateOptionsOf(flags: PanelFlags): EstimateOptions {
  const { control, base, anticipation, unbalanced, bootstrap, seed } = flags;
  return { control, base, anticipation, unbalanced, bootstrap, seed };
}

export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw badUsage(`${option} must be a whole number of at least ${least}; it is "${text}".`);
    }
    return value;
  };
}

export function columnList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw badUsage(`"${text}" is not a comma-separated list of columns.`);
  return names;
}
