import type { Command } from 'commander';
import { DeclareRelation, Registration } from '../../../schemas/api/registry.ts';
import { parseInput } from '../../gateway/index.ts';
import { type CliIo, printResult } from '../output.ts';
import { withRegistry } from '../registry.ts';

/** `relations add`: lets a leader speak about a supplier. */
export function register(program: Command, io: CliIo): void {
  program
    .command('relations')
    .description('Relations between leaders and their suppliers.')
    .command('add')
    .description('Declare that a leader trades with a supplier; what waited for this is released by itself.')
    .requiredOption('--leader <code>', 'unified social credit code of the leader')
    .requiredOption('--supplier <code>', 'unified social credit code of the supplier')
    .requiredOption('--from <date>', 'first day on which they trade, YYYY-MM-DD')
    .option('--supplier-name <name>', 'name of the supplier')
    .option('--json', 'print one JSON object')
    .action(
      async (options: {
        leader: string;
        supplier: string;
        from: string;
        supplierName?: string;
        json?: boolean;
      }) => {
        const { json, ...fields } = options;
        const command = parseInput(DeclareRelation, fields);
        const result = Registration.parse(
          await withRegistry((registry) => registry.declareRelation(command)),
        );
        printResult(io, json, result, () =>
          result.confirmed
            ? `${command.leader} may speak about ${command.supplier} from ${command.from} on (event ${result.id})`
            : `stated as event ${result.id}, but not taken in yet: is the stack running? See \`status\`.`,
        );
      },
    );
}
