import type { Command } from 'commander';
import { Targets } from '../../../schemas/api/targets.ts';
import { horizonOf, readTargets } from '../../measurement/index.ts';
import { loadConfig, targetThresholds } from '../../runtime/config.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

/** `targets`: target against done per city. */
export function register(program: Command, io: CliIo): void {
  program
    .command('targets')
    .description('Show target against done per city, with a projection to the end of its window.')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = Targets.parse(
        await withDatabase((db) => readTargets(db, targetThresholds(loadConfig()), horizon)),
      );
      printResult(io, options.json, result, () =>
        table(
          [
            'code',
            'city',
            'class',
            'target',
            'done',
            'share',
            'status',
            'forecast',
            'accepted but not counted',
          ],
          result.cities.map((city) => [
            city.code,
            city.name,
            city.regionClass,
            city.targetBasis === 'region-class' ? `${city.target} (region class)` : city.target,
            city.done,
            city.share === null ? null : `${(100 * city.share).toFixed(1)} %`,
            city.status,
            `${city.forecast.mid} (${city.forecast.low}–${city.forecast.high})`,
            Object.entries(city.notCountable)
              .map(([reason, firms]) => `${firms} ${reason}`)
              .join(', ') || null,
          ]),
        ),
      );
    });
}
