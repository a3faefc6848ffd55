import type { Command } from 'commander';
import { Subsidies } from '../../../schemas/api/evidence.ts';
import { horizonOf, readSubsidies } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

/** `subsidies`: what was set aside, paid and claimed back. */
export function register(program: Command, io: CliIo): void {
  program
    .command('subsidies')
    .description('Subsidies by firm and programme: set aside, paid, claimed back.')
    .option('--supplier <uscc>', 'only this firm')
    .option('--programme <code>', 'only this programme')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(
      async (options: {
        supplier?: string;
        programme?: string;
        asOf?: string;
        knownAt?: string;
        json?: boolean;
      }) => {
        const horizon = horizonOf(options);
        const question = {
          ...(options.supplier === undefined ? {} : { firm: options.supplier }),
          ...(options.programme === undefined ? {} : { programme: options.programme }),
        };
        const result = Subsidies.parse(await withDatabase((db) => readSubsidies(db, question, horizon)));
        printResult(io, options.json, result, () => subsidiesTable(result));
      },
    );
}

/** One line a ledger; below, what does not add up, and the entries that are in no sum. */
function subsidiesTable(result: Subsidies): string {
  const leftOut = result.ledgers.flatMap(({ uscc, entries }) =>
    entries.flatMap((one) =>
      one.leftOut === null
        ? []
        : [
            `${uscc}: ${one.kind} ${one.number} of ${one.amountFen} ${one.currency} is in no sum, ${WHY[one.leftOut]}`,
          ],
    ),
  );
  return [
    table(
      ['supplier', 'programme', 'reserved fen', 'paid fen', 'claimed back fen', 'net fen', 'findings'],
      result.ledgers.map((one) => [
        one.uscc,
        one.programme,
        one.reservedFen,
        one.paidFen,
        one.clawedBackFen,
        one.netFen,
        one.findings.map((id) => id.slice(0, id.indexOf('/'))).join(' '),
      ]),
    ),
    ...leftOut,
  ].join('\n');
}

const WHY = {
  'not-cny': 'not in CNY',
  'stated-again': 'stated again later under the same number',
} as const;
