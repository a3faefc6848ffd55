/** Names of a command's options, with what each is for. */
export type OptionHelp = Readonly<Record<string, string>>;

const WIDTH = 24;

/** What `--help` prints, laid out as the command line's own. */
export function helpText(
  usage: string,
  purpose: string,
  options: OptionHelp,
  notes: readonly string[] = [],
): string {
  const lines = Object.entries({ ...options, help: 'display help for command' }).map(
    ([name, what]) => `  ${`--${name}`.padEnd(WIDTH)}${what}`,
  );
  return [
    `Usage: ${usage} [options]`,
    '',
    purpose,
    '',
    'Options:',
    ...lines,
    ...notes.flatMap((note) => ['', note]),
    '',
  ].join('\n');
}
