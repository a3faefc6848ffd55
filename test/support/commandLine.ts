import { type ParseArgsConfig, parseArgs } from 'node:util';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** Ends a program of the tests before it has begun: with its usage, where that was asked for, or with what is wrong with the call. */
export class UsageNotice extends Error {
  readonly exitCode: 0 | 2;

  constructor(message: string, exitCode: 0 | 2) {
    super(message);
    this.name = 'UsageNotice';
    this.exitCode = exitCode;
  }
}

/**
 * The options and positional arguments a program was called with.
 * @param names of the positional arguments that it takes, all of which may be left out
 * @throws UsageNotice `--help`, or an argument that it does not take: one line with all that it does take
 */
export function readCommandLine<const Options extends OptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
  names: readonly string[] = [],
) {
  const shown = Object.entries(options).map(([name, { type, default: value }]) =>
    type === 'boolean' ? `[--${name}]` : `[--${name} ${value ?? 'VALUE'}]`,
  );
  const usage = ['usage:', command, ...names.map((name) => `[${name}]`), ...shown].join(' ');
  if (args.includes('--help')) throw new UsageNotice(usage, 0);
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const extra = parsed.positionals[names.length];
    if (extra !== undefined) throw new Error(`Unexpected argument '${extra}'`);
    return parsed;
  } catch (error) {
    // Node adds advice about arguments after `--`, which nothing here takes.
    const [wrong] = (error as Error).message.split(/[.\n]\s/);
    throw new UsageNotice(`${wrong}; ${usage}`, 2);
  }
}

/** @throws UsageNotice when the text is no whole number of at least `minimum` */
export function wholeNumber(option: string, text: string, minimum: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum) return value;
  throw new UsageNotice(`${option} must be a whole number of at least ${minimum}, not '${text}'`, 2);
}

/** Runs a program; where it ends with a notice about its use, that is one line and its exit code, without a stack trace. */
export async function withUsage(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    if (!(error instanceof UsageNotice)) throw error;
    const { message, exitCode } = error;
    (exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
    process.exit(exitCode);
  }
}
