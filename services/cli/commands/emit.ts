import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { EmitResult } from '../../../schemas/api/emit.ts';
import { isUscc } from '../../../schemas/ids.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import { emitLines } from '../../gateway/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { openKafka } from '../../runtime/kafka.ts';
import { createLogger } from '../../runtime/logger.ts';
import { badUsage, type CliIo, mustBeFile, printResult } from '../output.ts';

/** `emit`: sends a file of events as they are. */
export function register(program: Command, io: CliIo): void {
  program
    .command('emit')
    .description('Send a file of CloudEvents, one a line, byte for byte as they are; ingest judges them.')
    .argument('<file>', 'the file; - for standard input')
    .option('--leader <uscc>', 'chain leader whose topic takes them: erp.<uscc>')
    .option('--topic <topic>', 'another topic')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: { leader?: string; topic?: string; json?: boolean }) => {
      const topic = topicOf(options);
      const input = await openInput(file);
      const config = loadConfig();
      const logger = createLogger('cli', { level: process.env.LOG_LEVEL ?? 'fatal' });
      const kafka = openKafka(config, 'gateway', logger);
      try {
        const result = EmitResult.parse(await emitLines(kafka, input, topic));
        printResult(io, options.json, result, () =>
          [
            `${result.sent} records sent to ${topic}; \`status\` and \`dead-letters list\` tell what became of them`,
            ...result.refusedByBroker.map(({ line, reason }) => `line ${line} was refused: ${reason}`),
          ].join('\n'),
        );
      } finally {
        input.destroy();
        await kafka.close();
      }
    });
}

function topicOf({ leader, topic }: { leader?: string; topic?: string }): string {
  if (leader !== undefined && !isUscc(leader))
    throw badUsage(`--leader: ${leader} is not a unified social credit code`);
  if (topic !== undefined) return topic;
  if (leader === undefined) throw badUsage('--leader <uscc> or --topic <topic> is needed');
  return erpTopic(leader);
}

async function openInput(file: string): Promise<Readable> {
  if (file === '-') return process.stdin;
  await mustBeFile(file);
  return createReadStream(file, { highWaterMark: 1024 * 1024 });
}
