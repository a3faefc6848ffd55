import type { Command } from 'commander';
import { EXPLAINED_AT_MOST, FigureExplanation } from '../../../schemas/api/kpi.ts';
import { explainFigure, horizonOf } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { chainInWords } from '../displacementText.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

interface Options {
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
}

/** `explain`: opens a published figure down to the events behind it. */
export function register(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('Open a figure: definition, numerator and denominator, window, and the events behind it.')
    .argument('<figure-id>', 'as `kpi show`, `targets` and `claims` print it')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--limit <events>', `events listed, at most ${EXPLAINED_AT_MOST}`, '100')
    .option('--after <next>', 'go on after a page: its `next`')
    .option('--json', 'print one JSON object')
    .action(async (figureId: string, options: Options) => {
      const horizon = horizonOf(options);
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > EXPLAINED_AT_MOST)
        throw badUsage(`--limit is a whole number from 1 to ${EXPLAINED_AT_MOST}`);
      const page = { limit, after: options.after };
      const result = FigureExplanation.parse(
        await withDatabase((db) => explainFigure(db, figureId, horizon, page)),
      );
      printResult(io, options.json, result, () =>
        [
          `${result.figureId} = ${result.value ?? `null (${result.reason})`} ${result.unit}`,
          `${result.definition}\n${result.formula}`,
          `numerator ${result.numerator}, denominator ${result.denominator}; ${result.eventCount} events, hash ${result.eventsHash}`,
          table(
            ['type', 'time', 'topic', 'partition', 'offset', 'source', 'id', 'chain', 'day root'],
            result.events.map((event) => [
              event.type,
              event.time,
              event.topic,
              event.partition,
              event.offset,
              event.source,
              event.id,
              `${event.seq}:${event.chainHash?.slice(0, 16)}`,
              event.dayRoot ? `${event.dayRoot.day} ${event.dayRoot.root.slice(0, 16)}` : 'open',
            ]),
          ),
          ...(result.displacement ?? []).map(chainInWords),
          ...(result.next ? [`more: --after ${result.next}`] : []),
        ].join('\n'),
      );
    });
}
