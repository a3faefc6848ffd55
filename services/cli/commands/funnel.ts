import { type Command, Option } from 'commander';
import { FUNNEL_DIMENSIONS, Funnel, type FunnelDimension } from '../../../schemas/api/onboarding.ts';
import { horizonOf } from '../../measurement/index.ts';
import { readFunnel } from '../../onboarding/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

const percent = (share: number | null): string | null =>
  share === null ? null : `${(100 * share).toFixed(1)} %`;

/** `funnel`: how many onboardings pass each stage, and where and why they end. */
export function register(program: Command, io: CliIo): void {
  program
    .command('funnel')
    .description('Show how onboardings pass through the stages, and where and why they end.')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .addOption(new Option('--by <dimension>', 'the same for each').choices(FUNNEL_DIMENSIONS))
    .option('--json', 'print one JSON object')
    .action(async (options: { asOf?: string; knownAt?: string; by?: FunnelDimension; json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = Funnel.parse(await withDatabase((db) => readFunnel(db, horizon, options.by)));
      printResult(io, options.json, result, () => funnelText(result));
    });
}

/** The funnel for a reader: of all, and then of each group where they were asked for. */
export function funnelText({ countedBy, asOf, groups = [], ...all }: Funnel): string {
  return [
    `counted by ${countedBy}, as of ${asOf ?? 'nothing yet'}`,
    ...tablesOf(all),
    ...groups.flatMap(({ key, onboardings, ...group }) => [
      `\n${key || 'not known'}: ${onboardings} onboarding${onboardings === 1 ? '' : 's'}`,
      ...tablesOf(group),
    ]),
  ].join('\n');
}

const tablesOf = ({ stages, failures }: Pick<Funnel, 'stages' | 'failures'>): string[] => [
  table(
    [
      'stage',
      'entered',
      'done',
      'failed',
      'of failures',
      'failed there',
      'stalled',
      'may stall',
      'median days',
      'open',
    ],
    stages.map((row) => [
      row.stage,
      row.entered,
      row.done,
      row.failed,
      percent(row.shareOfFailures),
      percent(row.failureShare),
      row.stalled,
      row.predictedToStall,
      row.medianDays === null ? null : Math.round(row.medianDays * 10) / 10,
      row.atRisk,
    ]),
  ),
  'still in the stage, days after entering it (numbers at risk)',
  table(
    ['stage', ...(stages[0]?.numbersAtRisk.map(({ days }) => `${days} days`) ?? [])],
    stages.map((row) => [row.stage, ...row.numbersAtRisk.map(({ atRisk }) => atRisk)]),
  ),
  table(
    ['ended at', 'reason', 'count', 'of failures', 'cumulative incidence'],
    failures.map((row) => [
      row.stage,
      row.reason,
      row.count,
      percent(row.shareOfFailures),
      percent(row.cumulativeIncidence),
    ]),
  ),
];
