import type { Command } from 'commander';
import { FigureExplanation } from '../../../schemas/api/kpi.ts';
import { explainFigure, horizonOf } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';

/** `explain`: opens a published figure down to the events behind it. */
export function register(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('Open a figure: definition, numerator and denominator, window, and the events behind it.')
    .argument('<figure-id>', 'as `kpi show`, `targets` and `claims` print it')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (figureId: string, options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      const horizon = horizonOf(options);
      const result = FigureExplanation.parse(
        await withDatabase((db) => explainFigure(db, figureId, horizon)),
      );
      printResult(io, options.json, result, () =>
        [
          `${result.figureId} = ${result.value ?? `null (${result.reason})`} ${result.unit}`,
          `${result.definition}\n${result.formula}`,
          `numerator ${result.numerator}, denominator ${result.denominator}; ${result.eventCount} events, hash ${result.eventsHash}`,
          table(
            ['type', 'time', 'topic', 'partition', 'offset', 'source', 'id'],
            result.events.map((event) => [
              event.type,
              event.time,
              event.topic,
              event.partition,
              event.offset,
              event.source,
              event.id,
            ]),
          ),
        ].join('\n'),
      );
    });
}
