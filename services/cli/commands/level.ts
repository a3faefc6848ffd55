import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { FirmLevels, LevelExplanation, LevelSheetFile } from '../../../schemas/api/levels.ts';
import { isUscc } from '../../../schemas/ids.ts';
import type { LevelEdition } from '../../../schemas/levelEdition.ts';
import { judgeLevel } from '../../../schemas/levelRule.ts';
import { parseInput } from '../../gateway/index.ts';
import { horizonOf, LEVEL_EDITIONS, readLevels } from '../../measurement/index.ts';
import { withDatabase } from '../database.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

/** `level show`, `level explain`: the digital level of a firm, and of a sheet. */
export function register(program: Command, io: CliIo): void {
  const level = program
    .command('level')
    .description('Digital level of firms by the indicators of 2022 and 2024, explained.');

  level
    .command('show')
    .description('Show a firm’s assessments: self-assessments and ratings on site apart, each explained.')
    .argument('<uscc>', 'unified social credit code')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (uscc: string, options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      if (!isUscc(uscc)) throw badUsage(`${uscc} is not a unified social credit code`);
      const horizon = horizonOf(options);
      const result = FirmLevels.parse(await withDatabase((db) => readLevels(db, uscc, horizon)));
      printResult(io, options.json, result, () =>
        result.records.length === 0
          ? `${uscc} was never assessed`
          : table(
              ['at', 'kind', 'edition', 'score', 'level', 'explanation'],
              result.records.map((record) => [
                record.at.slice(0, 10),
                record.kind,
                record.edition,
                record.score,
                record.level,
                record.computed.explanation,
              ]),
            ),
      );
    });

  level
    .command('explain')
    .description(
      'Judge a sheet by the rule of its edition, and say what the next level lacks. Needs no server.',
    )
    .requiredOption('--file <file>', 'JSON with edition, score or parts, and scenes')
    .option('--json', 'print one JSON object')
    .action(async (options: { file: string; json?: boolean }) => {
      const sheet = parseInput(LevelSheetFile, await readJson(options.file));
      const edition = LEVEL_EDITIONS[sheet.edition];
      const score = sheet.score ?? scoreOf(edition, sheet.parts ?? {});
      for (const id of Object.keys(sheet.scenes ?? {}))
        if (!edition.scenes.some((scene) => scene.id === id))
          throw badUsage(`edition ${edition.edition} has no scene ${id}`);
      const verdict = judgeLevel(edition, {
        score,
        ...(sheet.scenes === undefined ? {} : { scenes: sheet.scenes }),
      });
      const { source, rule } = edition;
      const result = LevelExplanation.parse({
        ...verdict,
        edition: sheet.edition,
        score,
        source,
        confidence: rule.confidence,
      });
      printResult(io, options.json, result, () => result.explanation);
    });
}

function scoreOf(edition: LevelEdition, parts: Readonly<Record<string, number>>): number {
  for (const [id, points] of Object.entries(parts)) {
    const part = edition.parts.find((candidate) => candidate.id === id);
    if (part === undefined) throw badUsage(`edition ${edition.edition} has no part ${id}`);
    if (points > part.points) throw badUsage(`part ${id} has ${part.points} points at most`);
  }
  return Object.values(parts).reduce((sum, points) => sum + points, 0);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw badUsage(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}
