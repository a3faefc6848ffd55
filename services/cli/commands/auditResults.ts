import type { Command } from 'commander';
import { type AuditResultsResult, auditResultsResult } from '../../../schemas/api/auditSample.ts';
import {
  evaluateDraw,
  readDraw,
  readPapers,
  readResultRows,
  readResults,
  recordResults,
  resultsOf,
} from '../../audit/index.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { type CliIo, printResult } from '../output.ts';
import { auditGroup } from './audit.ts';

interface ResultsFlags extends ActorOptions {
  readonly draw: string;
  readonly file?: string;
  readonly json?: boolean;
}

/** `audit results`: auditors' results on a draw, kept as events, and what they say about the whole frame. */
export function register(program: Command, io: CliIo): void {
  withActor(
    auditGroup(program)
      .command('results')
      .description(
        'Hand in results on drawn firms (CSV or JSON: uscc, result = sound or faulty, comment), and extrapolate all results of the draw.',
      )
      .requiredOption('--draw <id>', 'as `audit draw` prints it')
      .option('--file <file>', 'results to record; without it only what is known is evaluated'),
  ).action(async (flags: ResultsFlags) => {
    const actor = actorOf(flags);
    const result = await withActs(flags.actId, async (deps): Promise<AuditResultsResult> => {
      const draw = await readDraw(deps.db, flags.draw);
      const results = flags.file === undefined ? [] : readResults(readResultRows(flags.file), draw);
      const confirmed = await recordResults(deps, draw.drawId, results, actor);
      const standing = resultsOf(await readPapers(deps.db, draw));
      return auditResultsResult.parse({
        drawId: draw.drawId,
        recorded: results.length,
        confirmed,
        ...evaluateDraw(draw, standing),
      });
    });
    printResult(io, flags.json, result, () => render(result));
  });
}

function render({ drawId, recorded, open, byRule, random, total }: AuditResultsResult): string {
  return [
    `Draw ${drawId}: ${recorded} results recorded now, ${open.length} firms still open.`,
    random === null
      ? 'No result on a firm drawn at random.'
      : `At random: ${random.faulty} of ${random.drawn} faulty; among ${random.population} firms between ${random.low} and ${random.high} (95 %, exact).`,
    `By rule: ${byRule.faulty} of ${byRule.checked} checked are faulty (${byRule.of} in all).`,
    ...(total === null ? [] : [`In the whole frame between ${total.low} and ${total.high}.`]),
  ].join('\n');
}
