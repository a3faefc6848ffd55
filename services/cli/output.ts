import { access, constants, stat } from 'node:fs/promises';
import { ChainlightError, ERRORS, isChainlightError } from '../../schemas/errors.ts';

/** Where a command writes: results to `out`, progress and messages to `err`. */
export interface CliIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Set to 1 by a command that checked something and found it wrong. */
  exitCode: 0 | 1 | 2;
}

export function processIo(): CliIo {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    exitCode: 0,
  };
}

/** Prints `result` as one line of JSON when asked to, or else as `text`. */
export function printResult(io: CliIo, json: boolean | undefined, result: unknown, text: () => string): void {
  io.out(json ? JSON.stringify(result) : text());
}

/** A command used wrongly: exit code 2 with one clear message. */
export function badUsage(message: string, details: Record<string, unknown> = {}): ChainlightError {
  return new ChainlightError('BAD_USAGE', message, details);
}

/** @throws ChainlightError BAD_USAGE: there is no such file, it cannot be read, or it is a directory */
export async function mustBeFile(path: string): Promise<void> {
  const isDirectory = await access(path, constants.R_OK)
    .then(() => stat(path))
    .then((found) => found.isDirectory())
    .catch(() => {
      throw badUsage(`${path} cannot be read`);
    });
  if (isDirectory) throw badUsage(`${path} is a directory, not a file`);
}

/** One message for people: what is wrong, the code, what to do next. */
export function describeError(error: unknown): string {
  if (isChainlightError(error))
    return `${error.message}\n  code: ${error.code}\n  next: ${ERRORS[error.code].remedy}`;
  return error instanceof Error ? error.message : String(error);
}

/** Lays rows out in columns for a terminal; numbers are right-aligned. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = [headers, ...rows].map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  const numeric = headers.map(
    (_, column) =>
      rows.length > 0 && rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const fill = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
          return numeric[column] ? fill + cell : cell + fill;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Chinese characters take two columns in a terminal. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
  return width;
}
