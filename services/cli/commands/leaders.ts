import type { Command } from 'commander';
import {
  IssuedCredentials,
  type KafkaCredentials,
  LeaderAdded,
  LeaderList,
  RegisterLeader,
} from '../../../schemas/api/registry.ts';
import { Uscc } from '../../../schemas/ids.ts';
import { parseInput } from '../../gateway/index.ts';
import { type CliIo, printResult, table } from '../output.ts';
import { withRegistry } from '../registry.ts';

/** `leaders add` and `leaders list`: chain leaders and the sources that speak for them. */
export function register(program: Command, io: CliIo): void {
  const leaders = program
    .command('leaders')
    .description('Chain leaders and the sources that speak for them.');

  leaders
    .command('add')
    .description(
      'Register a leader: makes its topic, and where Kafka wants a sign-in its principal, and states the registration as an event.',
    )
    .requiredOption('--uscc <code>', 'unified social credit code of the leader')
    .requiredOption('--name <name>', 'name of the firm')
    .requiredOption('--source <source...>', 'sources that speak for it: /chain/<uscc>/erp/<system>')
    .option('--json', 'print one JSON object')
    .action(async (options: { uscc: string; name: string; source: string[]; json?: boolean }) => {
      const { uscc, name, source: sources } = options;
      const command = parseInput(RegisterLeader, { uscc, name, sources });
      const result = LeaderAdded.parse(
        await withRegistry(async (registry) => {
          const isKnown = (await registry.listLeaders()).leaders.some((leader) => leader.uscc === uscc);
          const registration = await registry.registerLeader(command);
          // A leader that is known has its password; a new one would end it.
          const isNew = !isKnown && registration.confirmed;
          return { ...registration, credentials: isNew ? await registry.issueCredentials(uscc) : null };
        }),
      );
      printResult(io, options.json, result, () =>
        [
          `${uscc} ${name}: its events go to the topic ${result.erpTopic}; ${result.receiptsTopic} tells what became of them`,
          result.confirmed
            ? `registered by event ${result.id}`
            : `stated as event ${result.id}, but not taken in yet: is the stack running? See \`status\`.`,
          ...describeCredentials(result.credentials),
        ].join('\n'),
      );
    });

  leaders
    .command('credentials')
    .description(
      'Make a new Kafka password for a leader; an earlier one ends. It is printed this once and kept nowhere.',
    )
    .requiredOption('--uscc <code>', 'unified social credit code of the leader')
    .option('--json', 'print one JSON object')
    .action(async (options: { uscc: string; json?: boolean }) => {
      const uscc = parseInput(Uscc, options.uscc);
      const credentials = await withRegistry((registry) => registry.issueCredentials(uscc));
      printResult(io, options.json, IssuedCredentials.parse({ uscc, credentials }), () =>
        credentials === null
          ? 'Kafka asks nobody to sign in here; see docs/security.md'
          : describeCredentials(credentials).join('\n'),
      );
    });

  leaders
    .command('list')
    .description('List the registered leaders.')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const result = LeaderList.parse(await withRegistry((registry) => registry.listLeaders()));
      printResult(io, options.json, result, () =>
        result.leaders.length === 0
          ? 'no leader is registered; `leaders add` registers one'
          : table(
              ['leader', 'name', 'topic', 'registered', 'sources'],
              result.leaders.map(({ uscc, name, topic, registeredAt, sources }) => [
                uscc,
                name,
                topic,
                registeredAt.slice(0, 10),
                sources.join(' '),
              ]),
            ),
      );
    });
}

const describeCredentials = (credentials: KafkaCredentials | null): string[] =>
  credentials === null
    ? []
    : [
        `Kafka sign-in (${credentials.mechanism}), printed this once:`,
        `  username ${credentials.username}`,
        `  password ${credentials.password}`,
      ];
