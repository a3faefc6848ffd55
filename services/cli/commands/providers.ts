import type { Command } from 'commander';
import { ProviderScorecard } from '../../../schemas/api/providers.ts';
import { horizonOf } from '../../measurement/index.ts';
import { readProviders } from '../../onboarding/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

const FEN_PER_YUAN = 100;

/** `providers`: how service providers and their solutions did. */
export function register(program: Command, io: CliIo): void {
  program
    .command('providers')
    .description(
      'Show how providers and their solutions did: engaged, done, failed by reason, days, price, copies.',
    )
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = ProviderScorecard.parse(await withDatabase((db) => readProviders(db, horizon)));
      printResult(io, options.json, result, () =>
        table(
          [
            'provider',
            'engaged',
            'open',
            'done',
            'failed',
            'median days to live',
            'median price (yuan)',
            'copied by',
          ],
          result.providers.map((row) => [
            row.uscc,
            row.engaged,
            row.open,
            row.done,
            row.failed,
            row.medianDaysToLive === null ? null : Math.round(row.medianDaysToLive),
            row.medianPriceFen === null ? null : Math.round(row.medianPriceFen / FEN_PER_YUAN),
            row.replicatedElsewhere,
          ]),
        ),
      );
    });
}
