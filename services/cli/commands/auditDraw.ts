import type { Command } from 'commander';
import { type DrawResult, drawResult, type WorkPaper, workPaper } from '../../../schemas/api/auditSample.ts';
import {
  drawIdOf,
  drawSample,
  frameOf,
  MUST_RULES,
  parseMustRules,
  recordDraw,
  STRATA,
  writeDraw,
} from '../../audit/index.ts';
import { readAllFindings } from '../../gateway/index.ts';
import { horizonOf, readAuditFrame, readWorkPapers } from '../../measurement/index.ts';
import { isSimulated } from '../../runtime/eventStore.ts';
import { type ActorOptions, actorOf, withActor, withActs } from '../acts.ts';
import { badUsage, type CliIo, printResult } from '../output.ts';
import { auditGroup, columnList, wholeNumber } from './audit.ts';

interface DrawFlags extends ActorOptions {
  readonly programme: string;
  readonly n: number;
  readonly seed: number;
  readonly strata: readonly string[];
  readonly must: string;
  readonly out: string;
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly json?: boolean;
}

/** `audit draw`: a sample of accepted firms, recorded as an event, with a work-paper a firm. */
export function register(program: Command, io: CliIo): void {
  withActor(
    auditGroup(program)
      .command('draw')
      .description(
        'Draw accepted firms for an audit on site: stratified, seeded, recorded as an event; writes the frozen frame and a work-paper a firm.',
      )
      .option('--programme <codes>', 'programme codes, comma-separated, or all', 'all')
      .requiredOption(
        '--n <count>',
        'firms to draw at random; 0 where the rules include all, or enough',
        wholeNumber('--n', 0),
      )
      .requiredOption('--seed <seed>', 'seed of the draw', wholeNumber('--seed', 0))
      .option('--strata <columns>', 'drawn in proportion to these', columnList, [...STRATA])
      .option('--must <rules>', 'included whatever the draw', MUST_RULES)
      .option('--as-of <date>', 'business time: only what was stated by then')
      .option('--known-at <instant>', 'recording time: only what had been recorded by then')
      .requiredOption('--out <folder>', 'where frame and work-papers are written'),
  ).action(async (flags: DrawFlags) => {
    const programmes = flags.programme === 'all' ? null : columnList(flags.programme);
    const horizon = horizonOf(flags);
    const actor = actorOf(flags);
    const result = await withActs(flags.actId, async (deps): Promise<DrawResult> => {
      const { rows, columns, asOf } = await readAuditFrame(deps.db, programmes, horizon);
      if (rows.length === 0) throw badUsage('No firm of these programmes has been accepted by this time.');
      const frame = frameOf(columns, rows);
      const sample = drawSample(frame, {
        n: flags.n,
        seed: flags.seed,
        strata: flags.strata,
        must: parseMustRules(flags.must),
      });
      const drawId = drawIdOf(sample, flags.must);
      const chosen = [...sample.drawn, ...sample.mustInclude].sort();
      const simulated = await isSimulated(deps.db);
      const cellsOf = new Map(frame.rows.map((row) => [row.id, row.cells]));
      const { findings } = await readAllFindings(deps.db, { ...horizon, asOf });
      const papers = (await readWorkPapers(deps.db, chosen, { ...horizon, asOf }, findings)).map(
        (paper): WorkPaper =>
          workPaper.parse({
            drawId,
            simulated,
            asOf: asOf.toISOString(),
            chosenBy: sample.mustInclude.includes(paper.uscc) ? 'rule' : 'random',
            frame: cellsOf.get(paper.uscc) ?? {},
            ...paper,
            auditorResult: { result: null, comment: null, auditor: null, date: null },
          }),
      );
      const confirmed = await recordDraw(deps, {
        drawId,
        programmes,
        asOf,
        rules: flags.must,
        frame,
        sample,
        actor,
      });
      const files = await writeDraw(flags.out, frame, papers);
      return drawResult.parse({
        ...sample,
        drawId,
        asOf: asOf.toISOString(),
        programmes,
        rules: flags.must,
        files,
        confirmed,
      });
    });
    printResult(io, flags.json, result, () =>
      [
        `Draw ${result.drawId}: ${result.drawn.length} of ${result.population} at random, ${result.mustInclude.length} by rule.`,
        `Frame ${result.frameHash}, seed ${result.seed}.`,
        `Work-papers are in ${flags.out}; fill in results.csv and hand it in: audit results --draw ${result.drawId} --file results.csv`,
        ...(result.confirmed ? [] : ['The draw was sent, but is not taken in yet: is the stack running?']),
      ].join('\n'),
    );
  });
}
