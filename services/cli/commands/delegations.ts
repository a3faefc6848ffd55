import type { Command } from 'commander';
import { ConsentList, DelegationChange, DelegationGrant } from '../../../schemas/api/consent.ts';
import { Registration } from '../../../schemas/api/registry.ts';
import { dateOf } from '../../../schemas/time.ts';
import { listDelegations, parseInput, requireCheckDigits, requireMeaningful } from '../../gateway/index.ts';
import { withDatabase } from '../database.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { atCommandLine, withStatements } from '../statements.ts';

interface Options {
  readonly supplier: string;
  readonly provider: string;
  readonly until?: string;
  readonly by: string;
  readonly json?: boolean;
}

/** `delegations`: which providers act for which suppliers; an operator states it on a supplier's word. */
export function register(program: Command, io: CliIo): void {
  const delegations = program.command('delegations').description('Which providers act for which suppliers.');
  const about = (command: Command): Command =>
    command
      .requiredOption('--supplier <code>', 'unified social credit code of the supplier')
      .requiredOption('--provider <code>', 'unified social credit code of the provider')
      .requiredOption('--by <name>', 'who says so')
      .option('--json', 'print one JSON object');
  const state = async (granted: boolean, options: Options): Promise<void> => {
    const { supplier, provider, until, by, json } = options;
    const fields = { supplier, provider, ...(until === undefined ? {} : { validUntil: until }) };
    const schema = granted ? DelegationGrant : DelegationChange;
    parseInput(schema, fields);
    if (granted) requireMeaningful(fields, dateOf(new Date()));
    const type = granted ? 'delegation.granted.v1' : 'delegation.withdrawn.v1';
    const data = {
      supplierUscc: supplier,
      providerUscc: provider,
      ...(until === undefined ? {} : { validUntil: until }),
      decidedBy: atCommandLine(by),
    };
    const result = await withStatements(async ({ db, statements }) => {
      await requireCheckDigits(db, schema, fields);
      return statements.state(type, supplier, data);
    });
    printResult(io, json, Registration.parse(result), () =>
      result.confirmed
        ? `${provider} ${granted ? 'may' : 'may no longer'} act for ${supplier}${until ? ` until ${until}` : ''}`
        : `stated as event ${result.id}, but not taken in yet: is the stack running? See \`status\`.`,
    );
  };
  about(delegations.command('grant').description('Let a provider act for a supplier.'))
    .option('--until <day>', 'last day on which it holds, YYYY-MM-DD')
    .action((options: Options) => state(true, options));
  about(delegations.command('withdraw').description('End what a supplier delegated to a provider.')).action(
    (options: Options) => state(false, options),
  );
  delegations
    .command('list')
    .description('List the delegations that hold now.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const items = await withDatabase((db) => listDelegations(db, dateOf(new Date())));
      printResult(io, json, ConsentList.parse({ items }), () =>
        items.length === 0
          ? 'no delegation holds now'
          : table(
              ['provider', 'acts for', 'until', 'since'],
              items.map((one) => [
                one.granteeUscc,
                one.supplierUscc,
                one.validUntil ?? 'it is withdrawn',
                one.changedAt,
              ]),
            ),
      );
    });
}
