import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { DeadLetterList, DeadLetterQuery, DeadLetterShown } from '../../../schemas/api/deadLetters.ts';
import {
  listDeadLetters,
  parseInput,
  readOriginal,
  requireKnownLeader,
  showDeadLetter,
} from '../../gateway/index.ts';
import { withDatabase } from '../database.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

interface ListOptions {
  readonly reason?: string;
  readonly leader?: string;
  readonly since?: string;
  readonly state?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

/** The command that the files about dead letters hang theirs on. */
export const deadLettersCommand = (program: Command): Command =>
  program.commands.find((command) => command.name() === 'dead-letters') ??
  program.command('dead-letters').description('Records that were refused, and why.');

/** `dead-letters list` and `show`: records that were refused, and why. */
export function register(program: Command, io: CliIo): void {
  const deadLetters = deadLettersCommand(program);

  deadLetters
    .command('list')
    .description('List refused records, newest first, with counts by reason.')
    .option('--reason <code>', 'only this reason; see docs/errors.md')
    .option('--leader <uscc>', 'only records of this leader')
    .option('--since <time>', 'only records received since a day or an instant')
    .option('--state <state>', 'only open, redriven or discarded ones')
    .option('--limit <n>', 'at most so many (1000)')
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...filter }: ListOptions) => {
      const query = parseInput(DeadLetterQuery, filter);
      const result = await withDatabase(async (db) => {
        const found = DeadLetterList.parse(await listDeadLetters(db, query));
        if (found.total === 0 && query.leader !== undefined) await requireKnownLeader(db, query.leader);
        return found;
      });
      printResult(io, json, result, () =>
        [
          `${result.total} refused`,
          ...Object.entries(result.byReason).map(([reason, count]) => `  ${count} ${reason}`),
          table(
            ['id', 'reason', 'received', 'state', 'explanation'],
            result.items.map(({ id, reason, receivedAt, state, explanation }) => [
              id,
              reason,
              receivedAt,
              state,
              explanation,
            ]),
          ),
        ].join('\n'),
      );
    });

  deadLetters
    .command('show')
    .description('Show one refused record with all that is known of it and its bytes.')
    .argument('<id>', '<topic>/<partition>/<offset>')
    .option(
      '--original <file>',
      'write the record’s value there too, byte for byte; a file that exists is refused',
    )
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: { original?: string; json?: boolean }) => {
      const { original: file } = options;
      const result = await withDatabase(async (db) => {
        const shown = await showDeadLetter(db, id);
        if (file === undefined) return DeadLetterShown.parse(shown);
        await writeOriginal(file, await readOriginal(db, id));
        return DeadLetterShown.parse({ ...shown, originalFile: file });
      });
      printResult(io, options.json, result, () => {
        const { original, originalFile, headers, act, ...fields } = result;
        return [
          ...Object.entries(fields).map(([name, value]) => `${name}: ${value ?? '–'}`),
          ...(act === null
            ? []
            : [`by ${act.actor} at ${act.at}: ${act.why ?? describePlace(act.redrivenTo)}`]),
          ...Object.entries(headers).map(([name, value]) => `header ${name}: ${value}`),
          original === null ? 'no value' : `${original.encoding}${original.truncated ? ', cut' : ''}:`,
          original?.text ?? '',
          ...(originalFile === undefined ? [] : [`${result.originalBytes} bytes written to ${originalFile}`]),
        ].join('\n');
      });
    });
}

/** @throws ChainlightError BAD_USAGE: there is nothing to write, the file exists, or it cannot be written */
async function writeOriginal(file: string, bytes: Buffer | null): Promise<void> {
  if (bytes === null) throw badUsage('the record has no value: there is nothing to write');
  try {
    await writeFile(file, bytes, { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw badUsage(
      exists
        ? `${file} exists and is left as it is; name another file`
        : `${file} cannot be written: ${String(error)}`,
    );
  }
}

/** A record's coordinates as they stand in ids. */
export const describePlace = (
  place: { readonly topic: string; readonly partition: number; readonly offset: number } | null,
): string => (place === null ? 'nowhere yet' : `${place.topic}/${place.partition}/${place.offset}`);
