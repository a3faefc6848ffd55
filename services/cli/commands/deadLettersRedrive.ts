import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  DiscardCommand,
  DiscardResult,
  RedriveCommand,
  RedriveResult,
} from '../../../schemas/api/deadLetters.ts';
import {
  type DeadLetterDeps,
  discardDeadLetters,
  parseInput,
  redriveDeadLetters,
} from '../../gateway/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { createProducer, openKafka } from '../../runtime/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { type CliIo, printResult } from '../output.ts';
import { deadLettersCommand, describePlace } from './deadLetters.ts';

interface Selection {
  readonly reason?: string;
  readonly leader?: string;
  readonly since?: string;
  readonly by: string;
  readonly json?: boolean;
}

const CONFIRM_TIMEOUT_MS = 15_000;

/** `dead-letters redrive` and `discard`: what operators do with refused records. */
export function register(program: Command, io: CliIo): void {
  const deadLetters = deadLettersCommand(program);

  withSelection(deadLetters.command('redrive'))
    .description(
      'Send refused records again, byte for byte, after what they lacked was mended; each is judged anew and never sent twice.',
    )
    .option('--dry-run', 'only tell which would be sent')
    .option('--json', 'print one JSON object')
    .action(async (ids: string[], { json, ...options }: Selection & { dryRun?: boolean }) => {
      const command = parseInput(RedriveCommand, { ids, ...options });
      const result = RedriveResult.parse(await onStack(io, (deps) => redriveDeadLetters(deps, command)));
      printResult(io, json, result, () =>
        [
          `${result.redriven.length} of ${result.matched} ${result.dryRun ? 'would be redriven' : 'redriven'}`,
          ...result.redriven.map(({ id, to }) =>
            to === null ? `  ${id}` : `  ${id} -> ${describePlace(to)}`,
          ),
          ...describeSkipped(result.skipped),
        ].join('\n'),
      );
    });

  withSelection(deadLetters.command('discard'))
    .description('Mark refused records as of no use. They are kept, with who said so, when and why.')
    .requiredOption('--why <text>', 'the reason, at least four characters')
    .option('--json', 'print one JSON object')
    .action(async (ids: string[], { json, ...options }: Selection & { why: string }) => {
      const command = parseInput(DiscardCommand, { ids, ...options });
      const result = DiscardResult.parse(await onStack(io, (deps) => discardDeadLetters(deps, command)));
      printResult(io, json, result, () =>
        [
          `${result.discarded.length} of ${result.matched} discarded`,
          ...result.discarded.map(({ id }) => `  ${id}`),
          ...describeSkipped(result.skipped),
        ].join('\n'),
      );
    });
}

const withSelection = (command: Command): Command =>
  command
    .argument('[ids...]', 'dead letters by id; or choose the open ones with the filters')
    .option('--reason <code>', 'all open ones refused for this reason')
    .option('--leader <uscc>', 'all open ones of this leader')
    .option('--since <time>', 'all open ones received since a day or an instant')
    .option('--by <name>', 'who decides this; without it the name of this account', userInfo().username);

const describeSkipped = (skipped: RedriveResult['skipped']): string[] =>
  skipped.map(({ id, because }) => `  ${id} left alone: ${because}`);

async function onStack<Result>(io: CliIo, work: (deps: DeadLetterDeps) => Promise<Result>): Promise<Result> {
  const config = loadConfig();
  const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
  const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
  const kafka = openKafka(config, 'redrive', logger);
  try {
    const producer = await createProducer(kafka);
    const now = () => new Date();
    const deps = { db: mongo.db, kafka, producer, now, confirmTimeoutMs: CONFIRM_TIMEOUT_MS };
    return await work({ ...deps, progress: io.err }).finally(() => producer.disconnect());
  } finally {
    await kafka.close();
    await mongo.close();
  }
}
