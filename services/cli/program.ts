import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { badUsage, type CliIo } from './output.ts';

/** What every file in commands/ exports. */
interface CommandModule {
  register(program: Command, io: CliIo): void;
}

/** Where a command's first word is not its file's name. */
const FILES: Readonly<Record<string, (file: string) => boolean>> = {
  audit: (file) => file.startsWith('audit'),
  'dead-letters': (file) => file.startsWith('deadLetter'),
};

const NEED_NO_STACK: ReadonlySet<string> = new Set([
  'audit estimate',
  'audit spillover',
  'audit sample',
  'audit sample-size',
  'programme check',
]);

/**
 * Lets every command that needs the running stack be run with `--fresh` on a product of its own.
 * @param start brings that product up; called before the command's work
 */
export function offerFresh(program: Command, start: () => Promise<void>): void {
  program.option('--fresh', 'on servers and empty data of its own, which are gone afterwards');
  program.hook('preAction', async (_, action) => {
    if (program.opts<{ fresh?: boolean }>().fresh !== true) return;
    const name = `${action.parent?.name()} ${action.name()}`;
    if (NEED_NO_STACK.has(name)) throw badUsage(`${name} needs no servers; leave out --fresh`);
    await start();
  });
}

/**
 * The command line with every command in commands/, or, given the first word, with only what that word needs: most of a
 * short command's time would go into loading the others.
 */
export async function buildProgram(io: CliIo, firstWord?: string): Promise<Command> {
  const program = new Command('cli')
    .description(
      'Chainlight from the command line. Results go to standard output, messages to standard error.',
    )
    .showHelpAfterError('(--help shows what is expected)')
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .exitOverride();
  const folder = fileURLToPath(new URL('commands', import.meta.url));
  const all = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const isNamed =
    firstWord === undefined ? undefined : (FILES[firstWord] ?? ((file) => file === `${firstWord}.ts`));
  const named = isNamed === undefined ? [] : all.filter(isNamed);
  const files = named.length > 0 ? named : all;
  for (const file of files) {
    const module = (await import(`./commands/${basename(file, '.ts')}.ts`)) as CommandModule;
    module.register(program, io);
  }
  return program;
}
