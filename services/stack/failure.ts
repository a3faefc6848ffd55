import { ERRORS, isChainlightError } from '../../schemas/errors.ts';

/** Says on standard error what went wrong and what to do next. @returns the exit code: 2 for wrong use, else 1 */
export function reportFailure(error: unknown): 1 | 2 {
  if (isWrongOption(error)) {
    process.stderr.write(
      `chainlight: ${error.message}\n  code: BAD_USAGE\n  next: run the same command with --help\n`,
    );
    return 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  const next = isChainlightError(error)
    ? `\n  code: ${error.code}\n  next: ${ERRORS[error.code].remedy}`
    : '';
  process.stderr.write(`chainlight: ${message}${next}\n`);
  if (!isChainlightError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return isChainlightError(error) && error.code === 'BAD_USAGE' ? 2 : 1;
}

/** An option that the command does not know, as `parseArgs` of node:util reports it. */
function isWrongOption(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
