import type { Command } from 'commander';
import { Claims } from '../../../schemas/api/claims.ts';
import { horizonOf, readClaims } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

/** `claims`: the published claims, judged against the events. */
export function register(program: Command, io: CliIo): void {
  program
    .command('claims')
    .description(
      'Judge the published claims against the events: confirmed, partly, contradicted, not testable.',
    )
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = Claims.parse(await withDatabase((db) => readClaims(db, horizon.asOf, horizon.knownAt)));
      printResult(io, options.json, result, () =>
        table(
          ['claim', 'claimed', 'measured', 'verdict', 'why'],
          result.claims.map((claim) => [
            claim.id,
            claim.claimed,
            claim.measured === null ? null : Number(claim.measured.toPrecision(4)),
            claim.verdict,
            claim.reason,
          ]),
        ),
      );
    });
}
