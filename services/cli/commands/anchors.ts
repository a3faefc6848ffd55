import type { Command } from 'commander';
import { AnchorsExported } from '../../../schemas/api/anchors.ts';
import { writeAnchors } from '../../ingest/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

/** `anchors export`: what somebody outside keeps, so that no later change of the record goes unseen. */
export function register(program: Command, io: CliIo): void {
  program
    .command('anchors')
    .description('Heads, day roots and fingerprints of the hash chains, for somebody outside to keep.')
    .command('export')
    .description(
      'Verify the hash chains and write a file that finds every later change of them, even one that makes all hashes fit again; check with `verify --anchors`.',
    )
    .argument('<file>', 'where to write it')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: { json?: boolean }) => {
      const report = await withDatabase((db) =>
        writeAnchors(db, file, new Date(), (verdicts) => io.err(`${verdicts} verdicts written …`)),
      );
      const { firstFault: fault, events, partitions } = report;
      if (fault !== null) {
        io.exitCode = 1;
        if (options.json)
          io.out(
            JSON.stringify(
              AnchorsExported.parse({ file: null, partitions, events, days: [], firstFault: fault }),
            ),
          );
        io.err(
          `the chains are not sound (${fault.kind}: ${fault.detail}); anchors of them would prove nothing. See \`verify\`.`,
        );
        return;
      }
      const days = report.days.map(({ partitions: _shares, ...day }) => day);
      printResult(
        io,
        options.json,
        AnchorsExported.parse({ file, partitions, events, days, firstFault: null }),
        () =>
          [
            table(
              ['day', 'verdicts', 'Merkle root', ''],
              days.map(({ day, verdicts, root, sealed }) => [
                day,
                verdicts,
                root,
                sealed ? 'sealed' : 'open',
              ]),
            ),
            `${partitions.length} chains over ${events} events written to ${file}`,
          ].join('\n'),
      );
    });
}
