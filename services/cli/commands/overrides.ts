import type { Command } from 'commander';
import { Registration } from '../../../schemas/api/registry.ts';
import { RecordOverride, RevokeOverride, UsccOverrideList } from '../../../schemas/api/usccOverrides.ts';
import { parseInput, readUsccOverrides } from '../../gateway/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { withRegistry } from '../registry.ts';

interface Options {
  readonly uscc: string;
  readonly evidence?: string;
  readonly why: string;
  readonly by: string;
  readonly json?: boolean;
}

/** `overrides`: codes that the registry of firms really holds with a wrong check digit. */
export function register(program: Command, io: CliIo): void {
  const overrides = program
    .command('overrides')
    .description('Codes that the registry of firms really holds with a wrong check digit.');
  const about = (command: Command): Command =>
    command
      .requiredOption('--uscc <code>', 'unified social credit code with the wrong check digit')
      .requiredOption('--why <text>', 'the reason, at least four characters')
      .requiredOption('--by <name>', 'who decides it')
      .option('--json', 'print one JSON object');
  const print = (json: boolean | undefined, result: Registration, done: string): void =>
    printResult(io, json, Registration.parse(result), () =>
      result.confirmed
        ? `${done} (event ${result.id})`
        : `stated as event ${result.id}, but not taken in yet: is the stack running? See \`status\`.`,
    );

  about(overrides.command('record'))
    .description(
      'Let such a code in; what was refused because of it is sent again by `dead-letters redrive`.',
    )
    .requiredOption(
      '--evidence <text>',
      'number of the extract from the registry of firms, or SHA-256 of an evidence file',
    )
    .action(async ({ uscc, evidence, why, by, json }: Options) => {
      const command = parseInput(RecordOverride, { uscc, evidence, reason: why });
      const actor = { name: by, role: 'operator' } as const;
      const result = await withRegistry((registry) => registry.recordOverride(command, actor));
      print(json, result, `${uscc} is taken in from now on`);
    });

  about(overrides.command('revoke'))
    .description('Refuse such a code again; what was accepted stays.')
    .action(async ({ uscc, why, by, json }: Options) => {
      const command = parseInput(RevokeOverride, { uscc, reason: why });
      const actor = { name: by, role: 'operator' } as const;
      const result = await withRegistry((registry) => registry.revokeOverride(command, actor));
      print(json, result, `${uscc} is refused from now on`);
    });

  overrides
    .command('list')
    .description('List the codes of which an override was recorded, and what was last said of each.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const result = UsccOverrideList.parse(await withDatabase(readUsccOverrides));
      printResult(io, json, result, () =>
        result.items.length === 0
          ? 'no override was recorded yet'
          : table(
              ['code', 'state', 'evidence', 'reason', 'by', 'since'],
              result.items.map((one) => [one.uscc, one.state, one.evidence, one.reason, one.by, one.at]),
            ),
      );
    });
}
