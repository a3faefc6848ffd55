import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ProgrammeCheck } from '../../../schemas/api/programme.ts';
import { ProgrammeDefinition } from '../../../schemas/programme.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

/** `programme check`: whether a programme definition can be run. */
export function register(program: Command, io: CliIo): void {
  program
    .command('programme')
    .description('Programme definitions: steps, prerequisites, deadlines, who may act.')
    .command('check')
    .description(
      'Check a programme definition against its schema and its own logic; exit code 1 when it does not hold.',
    )
    .argument('<file>', 'JSON file with the definition')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: { json?: boolean }) => {
      const result = ProgrammeCheck.parse(check(file, await readJson(file)));
      printResult(io, options.json, result, () => asText(result));
      if (!result.ok) io.exitCode = 1;
    });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw badUsage(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function check(file: string, data: unknown): ProgrammeCheck {
  const parsed = ProgrammeDefinition.safeParse(data);
  if (parsed.success)
    return { file, ok: true, version: parsed.data.version, steps: parsed.data.steps.length, problems: [] };
  return {
    file,
    ok: false,
    version: null,
    steps: 0,
    problems: parsed.error.issues.map(({ path, message }) => ({ at: path.join('.'), problem: message })),
  };
}

const asText = ({ file, ok, version, steps, problems }: ProgrammeCheck): string =>
  ok
    ? `${file}: version ${version}, ${steps} steps, in order`
    : table(
        ['at', 'problem'],
        problems.map(({ at, problem }) => [at, problem]),
      );
